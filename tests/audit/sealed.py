"""A record with rows under several seals, and the hand of somebody who may do anything in the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AccessKind, AccessOutcome, AccessRecord, AuditEvent
from gongshi.audit.sealing import seal_all
from gongshi.config.postgres import PostgresServer, Role
from gongshi.kernel import clock
from gongshi.kernel.models import NumberSeries

Execute = Callable[[str], None]


def write_events(count: int) -> list[int]:
    """So many events, each in a transaction of its own; their ids."""
    ids = []
    for number in range(count):
        with transaction.atomic():
            thing = NumberSeries(prefix="甲", year=2026, last=number)
            event = record(AuditAction.LoggedIn, actor=None, thing=thing, after={"次数": number, "比例": 0.1})
        ids.append(event.pk)
    return ids


def write_look() -> AccessRecord:
    """One look in the register, with its outcome."""
    now = clock.now()
    with transaction.atomic():
        look = AccessRecord.objects.create(
            opened_at=now,
            kind=AccessKind.LIVE,
            reason="防汛值守",
            camera_code="33110000001310000001",
            camera_name="中山街路口",
            source_department="公安局",
            person_id=1,
            person_account="shuili",
            person_name="陈静",
            department_id=1,
            department_name="水利局",
            grant_number="SQ-2026-0001",
            basis="职责",
            address="2001:db8::1",
        )
        AccessOutcome.objects.create(record=look, ended_at=now, bytes=5, ending="关闭")
    return look


def sealed_record() -> list[int]:
    """Nine events and three looks under three seals; the ids of the events."""
    ids = []
    for _ in range(3):
        ids += write_events(3)
        write_look()
        seal_all()
    return ids


TABLES = ("audit_auditevent", "audit_accessrecord", "audit_accessoutcome", "audit_seal")


@contextmanager
def superuser(server: PostgresServer | None) -> Iterator[Execute]:
    """Statements by a role whom no trigger stops; in the end the tables of the record are as they were."""
    assert server is not None, "tampering needs the embedded server"
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(server.dsn(Role.ADMIN, name), autocommit=True) as admin:

        def execute(statement: str) -> None:
            admin.execute(statement.encode())

        execute("SET session_replication_role = replica")
        for table in TABLES:
            execute(f"CREATE TEMPORARY TABLE kept_{table} AS SELECT * FROM {table}")
        yield execute
        for table in TABLES:
            execute(f"DELETE FROM {table}")
            execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def rows() -> int:
    return sum(model.objects.count() for model in (AuditEvent, AccessRecord, AccessOutcome))
