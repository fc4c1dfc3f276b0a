"""Handing in what was confirmed: the rows of an import become the changes of a submission, all at once.

A worker that is killed in it leaves everything as it was; whoever takes the job up again begins anew.
"""

from typing import Any

from django.db import connection, transaction

from gongshi.catalogue import import_storage
from gongshi.catalogue.handing_in import announce
from gongshi.catalogue.import_models import Import, ImportRow, ImportState, PieceKind, RowKind
from gongshi.catalogue.import_queries import CHANGE_KINDS
from gongshi.catalogue.importing import check_anew, page_of
from gongshi.catalogue.models import OPEN_SUBMISSIONS, Change, ChangeKind, Submission, SubmissionState
from gongshi.catalogue.queries import edition
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department
from gongshi.kernel import clock
from gongshi.kernel.authority import may
from gongshi.kernel.numbering import next_number
from gongshi.notices.actions import notify

MAX_WARNINGS = 200
BROKEN = "提交时出错，请重新确认；如再次失败，请联系系统管理员查看日志。"
NO_LONGER = "您已不能为该部门编目，未提交；请由该部门的数据专员重新上传。"


def hand_in(whole: Import) -> None:
    """Make the submission, or have the rows checked anew when the catalogue has gone on since."""
    try:
        with transaction.atomic():
            _hand_in(whole)
    except Exception:
        with transaction.atomic():
            confirmed = Import.objects.filter(pk=whole.pk, state=ImportState.HANDING_IN)
            confirmed.update(state=ImportState.CHECKED, confirmed_at=None, failure=BROKEN)
        raise


def _hand_in(whole: Import) -> None:
    found = Import.objects.select_for_update(of=("self",)).select_related("department", "asked_by")
    whole = found.get(pk=whole.pk)
    if whole.state != ImportState.HANDING_IN:
        return
    person, department = whole.asked_by, whole.department
    if not may(person, Permission.ConfirmImport, whole):
        _send_back(whole, NO_LONGER)
        return
    # As everybody does who hands in for this department: one after the other.
    Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    if is_stale(whole):
        check_anew(whole)
        return
    submission = Submission.objects.create(
        number=next_number("BM"),
        title=whole.title or whole.file_name[:128],
        department=department,
        compiled_by=person,
        state=SubmissionState.SUBMITTED,
        submitted_at=clock.now(),
        warnings=_warnings(whole),
    )
    count = _copy_rows(whole, submission)
    announce(submission, person, changes=count, file=whole.file_name)
    _end(whole, submission)
    sentence = f"编目文件“{whole.file_name}”已提交为编目 {submission.number}（{count} 项），等待审核。"
    notify([person], sentence, page_of(whole))


def is_stale(whole: Import) -> bool:
    """Whether a camera is another than the one that was shown, or waits for review meanwhile."""
    if whole.edition != edition() and _any(
        """
        SELECT EXISTS (
            SELECT FROM catalogue_importrow r LEFT JOIN catalogue_camera c ON c.code = r.code
            WHERE r.whole_id = %s AND r.kind <> 'error'
              AND (c.id IS DISTINCT FROM r.camera_id OR coalesce(c.version, 0) <> r.base_version))
        """,
        [whole.pk],
    ):
        return True
    return _any(
        """
        SELECT EXISTS (
            SELECT FROM catalogue_importrow r
            JOIN catalogue_change c ON c.code = r.code AND c.verdict = 'open'
            JOIN catalogue_submission s ON s.id = c.submission_id AND s.state = ANY(%s)
            WHERE r.whole_id = %s AND r.kind = ANY(%s))
        """,
        [[state.value for state in OPEN_SUBMISSIONS], whole.pk, list(CHANGE_KINDS)],
    )


def _any(sql: str, parameters: list[Any]) -> bool:
    """Of tables that were filled a moment ago the planner knows no sizes: row by row would take minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(sql, parameters)
        found = bool(cursor.fetchone()[0])
        cursor.execute("SET LOCAL enable_nestloop = on")
        return found


def _copy_rows(whole: Import, submission: Submission) -> int:
    """The rows as changes, in one statement: addresses are encrypted for that column already."""
    own: dict[str, tuple[str, list[Any]]] = {
        "submission_id": ("%s", [submission.pk]),
        "kind": ("CASE r.kind WHEN 'new' THEN %s ELSE %s END", [ChangeKind.CREATE, ChangeKind.UPDATE]),
    }
    copied = {field.column for field in ImportRow._meta.concrete_fields}
    columns: dict[str, str] = {}
    values: list[Any] = []
    for field in Change._meta.concrete_fields:
        if field.primary_key:
            continue
        if field.column not in own and field.column in copied:
            columns[field.column] = f"r.{field.column}"
            continue
        default = field.get_db_prep_save(field.get_default(), connection)
        columns[field.column], given = own.get(field.column, ("%s", [default]))
        values += given
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO catalogue_change ({', '.join(columns)}) SELECT {', '.join(columns.values())} "  # noqa: S608
            "FROM catalogue_importrow r WHERE r.whole_id = %s AND r.kind = ANY(%s) ORDER BY r.number",
            [*values, whole.pk, list(CHANGE_KINDS)],
        )
        return int(cursor.rowcount)


def _warnings(whole: Import) -> list[str]:
    """For the reviewer: what was left out, and what is doubtful in what was not."""
    found = []
    if whole.faulty:
        found.append(f"文件共 {whole.rows_done} 行，其中 {whole.faulty} 行有误，未提交。")
    doubtful = ImportRow.objects.filter(whole=whole, kind__in=CHANGE_KINDS).exclude(problems=[])
    for number, problems in doubtful.order_by("number").values_list("number", "problems")[:MAX_WARNINGS]:
        found += [f"第 {number} 行“{column}”：{sentence}" for column, sentence, _ in problems]
    return found[:MAX_WARNINGS]


def _end(whole: Import, submission: Submission) -> None:
    """Only rows that were left out stay to be looked up, with the copy in which they are marked."""
    whole.state, whole.submission, whole.ended_at = ImportState.DONE, submission, clock.now()
    whole.edition = edition()
    ImportRow.objects.filter(whole=whole).exclude(kind=RowKind.ERROR).delete()
    import_storage.drop(whole, PieceKind.FILE)
    if not whole.faulty:
        import_storage.drop(whole, PieceKind.COPY)
        whole.has_copy = False
    whole.save()


def _send_back(whole: Import, why: str) -> None:
    whole.state, whole.failure, whole.confirmed_at = ImportState.CHECKED, why, None
    whole.save(update_fields=["state", "failure", "confirmed_at"])
    notify([whole.asked_by], why, page_of(whole))
