"""Months of the record: made ahead, and dropped when law, seal, export and auditor all allow it (ADR 19)."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connection, transaction

from gongshi.audit import sealing
from gongshi.audit.actions import record
from gongshi.audit.encoding import TIMES, Part
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import RECORD, AuditEvent, RecordExport, RecordRow, Seal
from gongshi.audit.policy import EVENT_MONTHS, REGISTER_MONTHS
from gongshi.audit.rules import AUDITOR
from gongshi.kernel import clock
from gongshi.kernel.parameters import Parameter

TERMS: Final[dict[type[RecordRow], Parameter]] = {
    model: EVENT_MONTHS if model is AuditEvent else REGISTER_MONTHS for model in RECORD
}


def make_months() -> None:
    """Make the partitions of this month and the next two, and begin an era if the server is another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_make_months(), audit_begin_era()")


def make_months_after_migrations(**_: Any) -> None:
    """Once the tables are there; a migration back to before them asks for nothing."""
    if Seal._meta.db_table in connection.introspection.table_names():
        make_months()


def months_of(model: type[RecordRow]) -> list[str]:
    """The months (`2026-11`) that have a partition of their own, oldest first."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
            "WHERE inhparent = %s::regclass AND relname ~ '_[0-9]{4}_[0-9]{2}$' ORDER BY relname",
            [table],
        )
        return [name[-7:].replace("_", "-") for (name,) in cursor.fetchall()]


def expired_months() -> Iterator[Part]:
    """What may be dropped now: its term is over, its export, with just its rows, confirmed by the auditor."""
    today = clock.today()
    this_month = today.year * 12 + today.month
    for model, term in TERMS.items():
        kept = term.value()
        for month in months_of(model):
            year, number = month.split("-")
            if int(year) * 12 + int(number) + kept >= this_month:
                break
            confirmed = _confirmed_export(model, month)
            if confirmed is not None:
                yield Part(confirmed.table, month, confirmed.rows, confirmed.digest)


def drop_expired_months() -> list[Part]:
    """Drop what may be dropped, each after a seal has told so for ever; gives what was dropped.

    Does nothing where the settings name no connection of the keeper. The keeper's role can call one function
    of the database, which checks all conditions by itself. Raises psycopg.Error when it refuses.
    """
    if not settings.DATABASE_KEEPER_URL:
        return []
    dropped = []
    sealing.seal_all()
    for part in [*expired_months()]:
        _tell(part)
        with psycopg.connect(settings.DATABASE_KEEPER_URL, autocommit=True) as keeper:
            keeper.execute("SELECT audit_drop_month(%s, %s)", [part.table, part.month])
        dropped.append(part)
    return dropped


@transaction.atomic
def _tell(part: Part) -> None:
    """Write the drop into the record and into the chain of seals, once."""
    if any(part in seal.drops for seal in Seal.objects.exclude(drops_kept=[])):
        return
    export = RecordExport.objects.filter(table=part.table, month=part.month, digest=part.digest).latest("id")
    record(
        AuditAction.MonthDropped,
        actor=None,
        thing=export,
        reason=f"保存期已满，导出已由{export.confirmed_by}确认",
        after={"rows": part.count, "digest": part.digest},
    )
    sealing.seal(drops=[part])


def _confirmed_export(model: type[RecordRow], month: str) -> RecordExport | None:
    """The first export with just the rows of the month that somebody confirmed who was auditor then."""
    table, time = model._meta.db_table, TIMES[model._meta.db_table]
    confirmed = RecordExport.objects.filter(table=table, month=month, confirmed_at__isnull=False)
    confirmed = confirmed.filter(confirmed_as=AUDITOR)
    if not confirmed.exists():
        return None
    year, number = month.split("-")
    of_month = {f"{time}__year": int(year), f"{time}__month": int(number)}
    rows = model._default_manager.filter(**of_month).count()
    return confirmed.filter(rows=rows).order_by("confirmed_at").first()
