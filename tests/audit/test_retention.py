"""No person deletes the record; a month goes only when law, seal, export and auditor all allow it (§10)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from gongshi.audit.auditing import confirm_bundle
from gongshi.audit.encoding import Part
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent, Bundle, RecordExport, Seal, WorkState
from gongshi.audit.retention import drop_expired_months, make_months, months_of
from gongshi.audit.sealing import seal_all
from gongshi.audit.verifying import Fault, verify
from gongshi.config.postgres import PostgresServer, Role
from gongshi.identity import roles
from gongshi.identity.actions import lock_person
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.models import ParameterValue
from tests.audit.sealed import rows, write_events, write_look
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "audit_auditevent"


def months_ago(count: int) -> str:
    today = clock.today()
    index = today.year * 12 + today.month - 1 - count
    return f"{index // 12}-{index % 12 + 1:02d}"


@pytest.fixture
def old_month(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Two sealed events of seven months ago, in a partition of their own."""
    month = months_ago(7)
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_make_month(%s, %s)", [TABLE, f"{month}-01"])
    then = datetime.fromisoformat(f"{month}-15T12:00:00+08:00")
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: then)
        write_events(2)
    write_events(1)
    write_look()
    seal_all()
    yield month
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {partition(month)}")


@pytest.fixture
def keeper(settings: Settings, postgres_server: PostgresServer | None) -> str:
    assert postgres_server is not None
    settings.DATABASE_KEEPER_URL = postgres_server.dsn(Role.KEEPER, str(connection.settings_dict["NAME"]))
    return str(settings.DATABASE_KEEPER_URL)


def partition(month: str) -> str:
    return f"{TABLE}_{month.replace('-', '_')}"


def confirm_export(month: str, rows: int = 2) -> RecordExport:
    """As on the page: the auditor shows that he keeps the file, and the portal's role writes it down."""
    auditor = make_person(roles.Role.AUDIT_ADMINISTRATOR, name="沈计")
    export = RecordExport.objects.create(
        table=TABLE,
        month=month,
        rows=rows,
        digest="a" * 64,
        made_at=clock.now(),
        made_by_id=auditor.pk,
        made_by=auditor.name,
    )
    bundle = Bundle.objects.create(
        from_month=month,
        until_month=month,
        digest=export.digest,
        state=WorkState.DONE,
        asked_at=clock.now(),
        asked_by_id=auditor.pk,
        asked_by=auditor.name,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {Role.APP}")
        confirm_bundle(actor=auditor, bundle=bundle, digest=bundle.digest)
    export.refresh_from_db()
    return export


def drop(keeper: str, month: str, table: str = TABLE) -> None:
    with psycopg.connect(keeper, autocommit=True) as connected:
        connected.execute("SELECT audit_drop_month(%s, %s)", [table, month])


def test_an_expired_month_that_the_auditor_keeps_is_dropped_and_the_record_stays_whole(
    old_month: str, keeper: str
) -> None:
    confirm_export(old_month)
    assert drop_expired_months() == [Part(TABLE, old_month, 2, "a" * 64)]
    assert old_month not in months_of(AuditEvent)
    assert AuditEvent.objects.filter(action=AuditAction.MonthDropped).count() == 1
    seal_all()
    verdict = verify()
    assert verdict.is_whole and verdict.rows == rows()
    assert drop_expired_months() == []


def test_the_same_absence_without_a_seal_that_tells_of_it_is_a_fault(
    old_month: str, postgres_server: PostgresServer
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {partition(old_month)}")
    assert {finding.fault for finding in verify().findings} == {Fault.MISSING}


def test_a_drop_that_was_told_but_interrupted_is_carried_out_next_time(
    old_month: str, settings: Settings, keeper: str
) -> None:
    confirm_export(old_month)
    settings.DATABASE_KEEPER_URL = keeper.replace("gongshi_keeper:", "gongshi_keeper:wrong")
    with pytest.raises(psycopg.OperationalError):
        drop_expired_months()
    assert verify().is_whole and old_month in months_of(AuditEvent)
    settings.DATABASE_KEEPER_URL = keeper
    assert len(drop_expired_months()) == 1
    assert AuditEvent.objects.filter(action=AuditAction.MonthDropped).count() == 1


def test_without_a_confirmed_export_nothing_is_dropped(old_month: str, keeper: str) -> None:
    confirm_export(months_ago(8))
    RecordExport.objects.create(
        table=TABLE,
        month=old_month,
        rows=2,
        digest="b" * 64,
        made_at=clock.now(),
        made_by_id=1,
        made_by="沈计",
    )
    assert drop_expired_months() == []
    with pytest.raises(psycopg.errors.CheckViolation, match="no export"):
        drop(keeper, old_month)


def test_who_is_auditor_no_more_confirmed_all_the_same(old_month: str, keeper: str) -> None:
    auditor = Person.objects.get(pk=confirm_export(old_month).confirmed_by_id)
    lock_person(actor=make_person(roles.Role.SECURITY_ADMINISTRATOR), person=auditor, reason="离岗")
    assert drop_expired_months() == [Part(TABLE, old_month, 2, "a" * 64)]


def test_what_no_auditor_confirmed_does_not_count(
    old_month: str, keeper: str, postgres_server: PostgresServer
) -> None:
    person = make_person(roles.Role.SECURITY_ADMINISTRATOR)
    # As somebody would have written it whom no trigger stops.
    with psycopg.connect(postgres_server.dsn(Role.ADMIN, str(connection.settings_dict["NAME"]))) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            'INSERT INTO audit_recordexport ("table", month, rows, digest, made_at, made_by_id, made_by,'
            " confirmed_at, confirmed_by_id, confirmed_by, confirmed_as)"
            " VALUES (%s, %s, 2, %s, now(), %s, %s, now(), %s, %s, '')",
            [TABLE, old_month, "a" * 64, *[person.pk, person.name] * 2],
        )
    assert drop_expired_months() == [] and old_month in months_of(AuditEvent)
    with pytest.raises(psycopg.errors.CheckViolation, match="no export"):
        drop(keeper, old_month)


def test_an_export_that_lacks_a_row_does_not_count(old_month: str, keeper: str) -> None:
    confirm_export(old_month, rows=1)
    assert drop_expired_months() == []
    with pytest.raises(psycopg.errors.CheckViolation, match="no export"):
        drop(keeper, old_month)


def test_a_month_within_its_term_is_kept_whatever_was_confirmed(old_month: str, keeper: str) -> None:
    confirm_export(clock.today().strftime("%Y-%m"), rows=1)
    assert drop_expired_months() == []
    with pytest.raises(psycopg.errors.CheckViolation, match="kept until"):
        drop(keeper, clock.today().strftime("%Y-%m"))


def test_a_longer_term_that_the_administrator_set_holds_in_the_database_too(
    old_month: str, keeper: str
) -> None:
    confirm_export(old_month)
    ParameterValue.objects.create(key="audit.event_months", value=12)
    assert drop_expired_months() == []
    with pytest.raises(psycopg.errors.CheckViolation, match="kept until"):
        drop(keeper, old_month)


def test_the_keeper_drops_nothing_that_no_seal_tells_of(old_month: str, keeper: str) -> None:
    confirm_export(old_month)
    with pytest.raises(psycopg.errors.CheckViolation, match="no seal tells"):
        drop(keeper, old_month)


@pytest.mark.parametrize(
    ("table", "month"), [("identity_person", "2026-01"), (TABLE, "rest"), (TABLE, "1999-01")]
)
def test_the_keeper_drops_nothing_else(table: str, month: str, keeper: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="there is no month"):
        drop(keeper, month, table)


@pytest.mark.parametrize(
    "statement",
    [f"SELECT * FROM {TABLE}", f"DROP TABLE {TABLE}", "DELETE FROM audit_seal", "SET ROLE gongshi_app"],
)
def test_the_keeper_can_call_that_one_function_only(statement: str, keeper: str) -> None:
    with psycopg.connect(keeper) as connected, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connected.execute(statement.encode())


def test_the_portal_cannot_call_it(old_month: str) -> None:
    confirm_export(old_month)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SET LOCAL ROLE {Role.APP}")
        cursor.execute("SELECT audit_drop_month(%s, %s)", [TABLE, old_month])


def test_without_a_keeper_in_the_settings_nothing_is_dropped(old_month: str) -> None:
    confirm_export(old_month)
    assert drop_expired_months() == [] and not Seal.objects.exclude(drops_kept=[]).exists()


def test_a_confirmed_export_is_never_changed_again(old_month: str) -> None:
    export = confirm_export(old_month)
    for change in ({"rows": 3}, {"digest": "c" * 64}, {"confirmed_by": "别人"}, {"confirmed_at": None}):
        with pytest.raises(DatabaseError, match="confirmed once"), transaction.atomic():
            RecordExport.objects.filter(pk=export.pk).update(**change)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        export.delete()


def test_months_are_made_ahead_by_the_portals_role_which_owns_none_of_them() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {Role.APP}")
        make_months()
    assert set(months_of(AuditEvent)) >= {months_ago(0), months_ago(-1), months_ago(-2)}


def test_a_row_of_a_month_that_nobody_made_is_kept_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + timedelta(days=400)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        write_events(1)
    seal_all()
    assert verify().is_whole and verify().rows == 1
