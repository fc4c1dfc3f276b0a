"""Recording that a construction unit has filed, and taking its sheet out (Order 799 Art. 14)."""

from datetime import date
from hashlib import sha256

from django.db import connection, transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.filing_models import FiledPoint, Filing
from gongshi.catalogue.filing_queries import FACTS, FactsDigest, points_of
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid

POINTS_AT_ONCE = 5_000


@transaction.atomic
def record_filing(*, actor: Person, department: Department, filed_on: date, receipt_number: str) -> Filing:
    """The unit has filed what the catalogue has of it now; that is kept beside the receipt.

    Raises Forbidden, Invalid when day or receipt are wrong or there is nothing to file, Conflict when the
    receipt is recorded already.
    """
    authorise(actor, Permission.RecordFiling, department)
    number = receipt_number.strip()
    if not number or len(number) > 64:
        raise Invalid("请填写公安机关出具的备案回执编号，最多 64 个字。", field="receipt_number")
    if filed_on > clock.today():
        raise Invalid("备案日期不能晚于今天，请更正。", field="filed_on")
    # One at a time for each unit; nothing that names it need wait.
    Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    if Filing.objects.filter(department=department, receipt_number=number).exists():
        raise Conflict(f"回执编号 {number} 已登记，请核对后重新填写。", field="receipt_number")
    if not points_of(department).exists():
        raise Invalid("该单位在目录中没有已发布的点位，无需备案。")
    filing = Filing.objects.create(
        department=department,
        filed_on=filed_on,
        receipt_number=number,
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    filing.points, filing.digest = _keep_points(filing)
    filing.save(update_fields=["points", "digest"])
    facts = {"filed_on": filed_on, "receipt_number": number, "points": filing.points, "digest": filing.digest}
    record(AuditAction.FilingRecorded, actor=actor, thing=filing, after=facts)
    return filing


@transaction.atomic
def note_sheet_taken_out(*, actor: Person, department: Department, points: int) -> None:
    """Record that somebody takes a unit's sheet out, before it is sent."""
    authorise(actor, Permission.ReadFiling, department)
    record(AuditAction.FilingTakenOut, actor=actor, thing=department, after={"points": points})


def _keep_points(filing: Filing) -> tuple[int, str]:
    """Copy the points as they are, in one statement; gives their number and one digest of all."""
    points = points_of(filing.department).order_by().annotate(facts=FactsDigest())
    query, values = points.values_list("code", *FACTS, "facts").query.sql_with_params()
    columns = ", ".join(("filing_id", "code", *FACTS, "facts"))
    table = FiledPoint._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT %s, points.* FROM ({query}) AS points",  # noqa: S608
            [filing.pk, *values],
        )
    facts = filing.filed.order_by("code").values_list("code", "facts")
    digest, count = sha256(), 0
    for count, (code, fact) in enumerate(facts.iterator(chunk_size=POINTS_AT_ONCE), start=1):  # noqa: B007
        digest.update(f"{code}{fact}\n".encode())
    return count, digest.hexdigest()
