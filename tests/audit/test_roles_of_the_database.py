"""The portal's own role: enough for all that the portal does, and nothing to hide something with."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from gongshi.audit.auditing import confirm_bundle
from gongshi.audit.models import AccessRecord, AuditEvent, Bundle, RecordExport, WorkState
from gongshi.grants.actions import expire_grants, revoke_grant
from gongshi.identity.actions import lock_person
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.viewing.models import PlayState
from tests.demand.making import City
from tests.factories import make_person
from tests.viewing.making import make_node, open_look, play_message, report_message, state_of, tell

pytestmark = pytest.mark.django_db

AsApplication = Callable[[], AbstractContextManager[None]]
RECORD = ("audit_auditevent", "audit_accessrecord", "audit_accessoutcome")


def looked() -> None:
    """A city in which everything happened once, with a look that ended."""
    city = City()
    order = city.accepted()
    grant = order.lines.latest("pk").grant
    make_node()
    look = open_look(city.viewer, grant.camera)
    assert tell("on_play", play_message(look))["code"] == 0
    revoke_grant(actor=city.administrator, grant=grant, reason="用途不符")
    assert state_of(look)[0] == PlayState.ENDING
    tell("on_flow_report", report_message(look))
    assert state_of(look)[0] == PlayState.ENDED
    lock_person(actor=make_person(Role.SECURITY_ADMINISTRATOR), person=city.viewer, reason="离岗")
    expire_grants()


def test_the_portals_role_suffices_for_the_whole_chain(as_application: AsApplication) -> None:
    with as_application():
        looked()
        assert AccessRecord.objects.exists()


FORBIDDEN = [
    *(
        statement.format(table=table)
        for table in RECORD
        for statement in (
            "UPDATE {table} SET id = id",
            "DELETE FROM {table}",
            "TRUNCATE {table} CASCADE",
            "ALTER TABLE {table} DISABLE TRIGGER ALL",
            "ALTER TABLE {table} DISABLE TRIGGER refuse_change",
            "DROP TRIGGER refuse_change ON {table}",
            "DROP TABLE {table}",
            "ALTER TABLE {table} RENAME TO hidden",
            "CREATE RULE hide AS ON INSERT TO {table} DO INSTEAD NOTHING",
            "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
        )
    ),
    *(
        statement.format(table=table)
        for table in ("audit_auditevent_rest", "audit_seal", "audit_dailyseal", "audit_era")
        for statement in ("DELETE FROM {table}", "TRUNCATE {table}", "DROP TABLE {table}")
    ),
    "INSERT INTO audit_auditevent_rest SELECT * FROM audit_auditevent",
    "INSERT INTO audit_era (base, cluster) VALUES (1, 'x')",
    "DELETE FROM audit_recordexport",
    "SELECT audit_drop_month('audit_auditevent', '2020-01')",
    "SELECT audit_make_month('audit_auditevent', '2020-01-01')",
    "DROP FUNCTION audit_refuse_truncate() CASCADE",
    "DROP FUNCTION audit_refuse_change() CASCADE",
    "ALTER FUNCTION audit_refuse_change() RENAME TO hidden",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (id int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "CREATE EXTENSION file_fdw",
    "SELECT * FROM pg_authid",
    "SELECT pg_read_file('/etc/hostname')",
    "COPY audit_auditevent TO PROGRAM 'cat'",
    "COPY audit_auditevent FROM '/etc/hostname'",
    "ALTER ROLE gongshi_app SUPERUSER",
    "SET ROLE gongshi_admin",
    "DROP TABLE identity_person CASCADE",
    "TRUNCATE identity_person CASCADE",
    "ALTER TABLE demand_laneact DROP CONSTRAINT nobody_decides_twice",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_portals_role_can_do_nothing_behind_the_record(
    statement: str, as_application: AsApplication
) -> None:
    make_person(Role.VIEWER)
    events = list(AuditEvent.objects.values())
    with (
        pytest.raises(DatabaseError, match=r"denied|must be owner|never changed|does not exist"),
        as_application(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(AuditEvent.objects.values()) == events


class TestConfirmingAnExport:
    """What the auditor has not confirmed, the portal's role cannot have him confirm behind his back."""

    @pytest.fixture
    def auditor(self) -> Person:
        return make_person(Role.AUDIT_ADMINISTRATOR, name="沈计")

    def made(self, auditor: Person, **changes: Any) -> dict[str, Any]:
        """An export of a month as it is written before anybody confirms it."""
        given = {"table": "audit_auditevent", "month": "2026-01", "rows": 2, "digest": "a" * 64}
        by = {"made_at": clock.now(), "made_by_id": auditor.pk, "made_by": auditor.name}
        return given | by | changes

    def confirmed(self, by: Person, **changes: Any) -> dict[str, Any]:
        given = {"confirmed_at": clock.now(), "confirmed_by_id": by.pk, "confirmed_by": by.name}
        return given | changes

    def refuse(self, as_application: AsApplication, export: RecordExport, given: dict[str, Any]) -> None:
        before = RecordExport.objects.values().get()
        with pytest.raises(DatabaseError, match="an export is confirmed"), as_application():
            RecordExport.objects.filter(pk=export.pk).update(**given)
        assert RecordExport.objects.values().get() == before

    def test_none_is_confirmed_from_the_start(self, auditor: Person, as_application: AsApplication) -> None:
        whole = self.confirmed(auditor)
        for given in (
            whole,
            {"confirmed_at": clock.now()},
            {"confirmed_by_id": auditor.pk},
            {"confirmed_as": "audit_administrator"},
        ):
            with pytest.raises(DatabaseError, match="confirmed after it was made"), as_application():
                RecordExport.objects.create(**self.made(auditor, **given))
        assert not RecordExport.objects.exists()

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDIT_ADMINISTRATOR])
    def test_nobody_but_an_auditor_confirms(
        self, role: Role, auditor: Person, as_application: AsApplication
    ) -> None:
        export = RecordExport.objects.create(**self.made(auditor))
        self.refuse(as_application, export, self.confirmed(make_person(role)))

    def test_nobody_confirms_under_an_auditors_number_or_name_alone(
        self, auditor: Person, as_application: AsApplication
    ) -> None:
        export, other = RecordExport.objects.create(**self.made(auditor)), make_person(Role.VIEWER)
        for changes in (
            {"confirmed_by_id": other.pk},
            {"confirmed_by": other.name},
            {"confirmed_by_id": None},
            {"confirmed_by_id": 10**9},
            {"confirmed_by_id": other.pk, "confirmed_as": "audit_administrator"},
        ):
            self.refuse(as_application, export, self.confirmed(auditor, **changes))

    def test_no_auditor_confirms_who_is_locked(self, auditor: Person, as_application: AsApplication) -> None:
        export = RecordExport.objects.create(**self.made(auditor))
        lock_person(actor=make_person(Role.SECURITY_ADMINISTRATOR), person=auditor, reason="离岗")
        self.refuse(as_application, export, self.confirmed(auditor))

    def test_nobody_confirms_for_another_time(self, auditor: Person, as_application: AsApplication) -> None:
        export = RecordExport.objects.create(**self.made(auditor))
        for minutes in (-6, 6):
            moment = clock.now() + timedelta(minutes=minutes)
            self.refuse(as_application, export, self.confirmed(auditor, confirmed_at=moment))

    def test_with_a_confirmation_nothing_else_changes(
        self, auditor: Person, as_application: AsApplication
    ) -> None:
        export = RecordExport.objects.create(**self.made(auditor))
        self.refuse(as_application, export, self.confirmed(auditor, rows=9))

    def test_the_auditor_himself_confirms_through_the_action(
        self, auditor: Person, as_application: AsApplication
    ) -> None:
        asked = {"asked_at": clock.now(), "asked_by_id": auditor.pk, "asked_by": auditor.name}
        months = {"from_month": "2026-01", "until_month": "2026-01"}
        with as_application():
            export = RecordExport.objects.create(**self.made(auditor))
            bundle = Bundle.objects.create(**asked, **months, digest="a" * 64, state=WorkState.DONE)
            confirm_bundle(actor=auditor, bundle=bundle, digest="a" * 64)
        export.refresh_from_db()
        assert (export.confirmed_by_id, export.confirmed_as) == (auditor.pk, "audit_administrator")


@pytest.mark.parametrize(
    "table", [*RECORD, "audit_auditevent_rest", "audit_seal", "audit_era", "audit_recordexport"]
)
def test_not_even_the_owner_of_the_tables_empties_one(table: str) -> None:
    months_and_seals = import_module("gongshi.audit.migrations.0003_months_and_seals")
    with (
        pytest.raises(DatabaseError, match="never emptied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # The function as it is everywhere but in the database of the tests.
        cursor.execute(months_and_seals.REFUSE_TRUNCATE)
        cursor.execute(f"TRUNCATE {table}")
