"""The portal's own role: enough for all that the portal does, and nothing to hide something with."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.grants.actions import expire_grants, revoke_grant
from gongshi.identity.actions import lock_person
from gongshi.identity.roles import Role
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
