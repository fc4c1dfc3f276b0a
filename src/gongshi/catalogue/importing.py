"""Checking an uploaded file by a job (§5.1a): read, validate, compare, and keep what was found of each row.

A chunk of rows is one transaction, in which the import says how far it is: a worker that is killed leaves
whole chunks, and whoever takes the job up again goes on behind the last of them.
"""

from collections.abc import Iterator
from itertools import islice

from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse

from gongshi.catalogue import import_storage
from gongshi.catalogue.columns import BY_FIELD, HEADS, REQUIRED_HEADS, SECRECY_HEAD
from gongshi.catalogue.import_beside import Beside
from gongshi.catalogue.import_deferring import defer_check, defer_copy, defer_handing_in
from gongshi.catalogue.import_keeping import Batch, Keeper, Keeps, OvertakenError, locked
from gongshi.catalogue.import_models import (
    PROBLEMS_HEAD,
    Import,
    ImportRow,
    ImportState,
    PieceKind,
    RowKind,
)
from gongshi.catalogue.import_queries import names_of
from gongshi.catalogue.queries import edition, sources_of
from gongshi.catalogue.validation import Validator
from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel import clock
from gongshi.kernel.errors import GongshiError
from gongshi.kernel.workbook import LARGE, Row, Table, find_table, refuse_missing, unprintable
from gongshi.kernel.workbook_archive import refused
from gongshi.notices.actions import notify

CHUNK = 2000
# From so many rows on a second process is worth its start.
BESIDE_FROM = 5000
MOST_HEADS, MOST_OF_A_HEAD = 200, 64
BROKEN = "检查时出错，请重新上传；如再次失败，请联系系统管理员查看日志。"


def check(whole: Import) -> None:
    """Check the file, or the rest of it, and tell who uploaded it."""
    begun = Import.objects.filter(pk=whole.pk, run=whole.run).filter(
        state__in=[ImportState.WAITING, ImportState.CHECKING]
    )
    if not begun.update(state=ImportState.CHECKING):
        return
    try:
        _check(whole)
    except OvertakenError:
        return
    except GongshiError as error:
        _fail(whole, error.message)
    except Exception:
        _fail(whole, BROKEN)
        raise


def _check(whole: Import) -> None:
    table = find_table(
        import_storage.kept(whole, PieceKind.FILE),
        whole.file_name,
        HEADS,
        {SECRECY_HEAD},
        called=names_of(whole.department),
        limits=LARGE,
    )
    missing = [head for head in REQUIRED_HEADS if head not in table.heads]
    _note(whole, unknown_heads=_presentable(table.unknown), missing_heads=missing, rows_expected=table.length)
    refuse_missing(table, REQUIRED_HEADS)
    if whole.last_row == 0:
        _note(whole, edition=edition())
    Rows(whole).check(table)
    _finish(whole)


def _presentable(heads: list[str]) -> list[str]:
    """Heads as they can be stored and shown."""
    shown = [head for head in heads if head != PROBLEMS_HEAD and not unprintable(head)]
    return [head[:MOST_OF_A_HEAD] for head in shown[:MOST_HEADS]]


class Rows:
    """The rows of one file on their way through the checks."""

    def __init__(self, whole: Import) -> None:
        self._whole = whole
        self._validator = Validator(DepartmentNames.load(), sources_of(whole.asked_by, whole.department))

    def check(self, table: Table) -> None:
        """Chunk by chunk. Raises WorkbookRefused when there are no rows, or too many."""
        # What is not committed yet no other process can see.
        if table.length < BESIDE_FROM or connection.in_atomic_block:
            self._check(table, Keeper(self._whole))
            return
        with Beside(self._whole) as keeper:
            self._check(table, keeper)

    def _check(self, table: Table, keeper: Keeps) -> None:
        count = 0
        for chunk in _chunks(table.rows()):
            count += len(chunk)
            if count > LARGE.rows:
                raise refused(f"一次最多导入 {LARGE.rows} 行，本文件超过此数，请分批提交。")
            # Rows that are done already are looked at as well: later ones may be the same as they.
            batch = Batch(*self._validator.check(chunk))
            if batch.last_row > self._whole.last_row:
                keeper.keep(batch)
        if not count:
            raise refused("表头下面没有数据行，请填写后再提交。")


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _finish(whole: Import) -> None:
    """All rows are done: show them, or hand them in when that was confirmed and nothing is different."""
    with transaction.atomic():
        whole = locked(whole)
        _blame_first_of_same_code(whole)
        _recount(whole)
        whole.rows_expected, whole.checked_at = whole.rows_done, clock.now()
        as_confirmed = whole.confirmed_at is not None and not whole.differing
        whole.state = ImportState.HANDING_IN if as_confirmed else ImportState.CHECKED
        if not as_confirmed:
            whole.confirmed_at = None
        whole.save()
        if as_confirmed:
            defer_handing_in(whole)
            return
        if whole.faulty or whole.doubtful:
            defer_copy(whole)
        notify([whole.asked_by], f"编目文件“{whole.file_name}”{summary(whole)}", page_of(whole))


def _blame_first_of_same_code(whole: Import) -> None:
    """Of rows with one code none may be taken: who should say which is meant?"""
    column = BY_FIELD["code"].head
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT code, (array_agg(number ORDER BY number))[1:2] FROM catalogue_importrow
            WHERE whole_id = %s AND code <> '' GROUP BY code HAVING count(*) > 1
            """,
            [whole.pk],
        )
        found = [
            (numbers[0], column, f"{code} 与第 {numbers[1]} 行重复，请删除或更正其中一行。")
            for code, numbers in cursor.fetchall()
        ]
        if not found:
            return
        cursor.execute(
            """
            UPDATE catalogue_importrow AS row
            SET kind = 'error', previous = '{}', proposed = '{}', proposed_paths = '', camera_id = NULL,
                problems = problems || jsonb_build_array(jsonb_build_array(told.head, told.sentence, 'error'))
            FROM unnest(%s::int[], %s::text[], %s::text[]) AS told (number, head, sentence)
            WHERE row.whole_id = %s AND row.number = told.number
            """,
            [*(list(values) for values in zip(*found, strict=True)), whole.pk],
        )


def _recount(whole: Import) -> None:
    """The kinds as they are in the end."""
    counts = dict.fromkeys(RowKind.values, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, count(*) FROM catalogue_importrow WHERE whole_id = %s GROUP BY kind", [whole.pk]
        )
        counts |= dict(cursor.fetchall())
    whole.new, whole.changed, whole.revived = counts["new"], counts["changed"], counts["revived"]
    whole.same, whole.faulty = counts["same"], counts["error"]


def _note(whole: Import, **values: object) -> None:
    Import.objects.filter(pk=whole.pk, run=whole.run, state=ImportState.CHECKING).update(**values)


def _fail(whole: Import, sentence: str) -> None:
    """Nothing of it can be taken; the file stays, so that its columns may be assigned."""
    with transaction.atomic():
        try:
            whole = locked(whole)
        except OvertakenError:
            return
        ImportRow.objects.filter(whole=whole).delete()
        whole.state, whole.failure, whole.confirmed_at = ImportState.FAILED, sentence[:500], None
        whole.save()
        notify([whole.asked_by], f"编目文件“{whole.file_name}”无法检查：{sentence}"[:300], page_of(whole))


def check_anew(whole: Import) -> None:
    """Have all rows checked again, in the transaction in hand."""
    whole.state, whole.run, whole.failure = ImportState.WAITING, F("run") + 1, ""
    whole.rows_done = whole.last_row = whole.differing = whole.doubtful = 0
    whole.new = whole.changed = whole.revived = whole.same = whole.faulty = 0
    whole.save()
    whole.refresh_from_db()
    defer_check(whole)


def summary(whole: Import) -> str:
    """What the check found, in a sentence."""
    parts = [
        f"{count} 行{word}"
        for word, count in (
            ("新增", whole.new),
            ("修改", whole.changed),
            ("恢复发布", whole.revived),
            ("无变化", whole.same),
            ("有误", whole.faulty),
        )
        if count
    ]
    return f"检查完毕：{'，'.join(parts)}。"


def page_of(whole: Import) -> str:
    return reverse("catalogue:import", args=[whole.pk])
