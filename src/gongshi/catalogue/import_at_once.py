"""An import carried out while somebody waits for it, all rows or none: for the command line."""

from typing import IO

from django.db import transaction

from gongshi.catalogue.import_actions import ask_import, confirm_import
from gongshi.catalogue.import_handing_in import hand_in
from gongshi.catalogue.import_models import Import, ImportRow, ImportState, RowKind
from gongshi.catalogue.importing import check
from gongshi.catalogue.models import Submission
from gongshi.identity.models import Department, Person
from gongshi.kernel.errors import Conflict
from gongshi.kernel.problems import MAX_PROBLEMS, Problem, WorkbookRefused
from gongshi.kernel.workbook_archive import refused


@transaction.atomic
def import_at_once(
    *, actor: Person, department: Department, title: str, file: IO[bytes], file_name: str
) -> Submission:
    """Check a file and hand it in, in one transaction that jobs see the end of only.

    Raises WorkbookRefused with the rows at fault, Invalid when there is nothing to change, and Conflict when
    the same file was uploaded before.
    """
    whole, is_new = ask_import(
        actor=actor, department=department, title=title, file=file, file_name=file_name
    )
    if not is_new:
        raise Conflict(_why_not_again(whole))
    check(whole)
    whole.refresh_from_db()
    if whole.state == ImportState.FAILED:
        raise refused(whole.failure)
    if whole.faulty:
        raise WorkbookRefused(_problems_of(whole))
    hand_in(confirm_import(actor=actor, whole=whole, good_rows_only=False))
    whole.refresh_from_db()
    if whole.submission is None:
        raise Conflict("目录刚刚有变化，未提交，请重新导入。")
    return whole.submission


def _why_not_again(whole: Import) -> str:
    if whole.submission is not None:
        return f"同一文件已提交为编目 {whole.submission.number}，请勿重复提交。"
    return f"同一文件已由{whole.asked_by.name}上传，请在“编目导入 {whole.pk}”中确认或放弃。"


def _problems_of(whole: Import) -> list[Problem]:
    rows = ImportRow.objects.filter(whole=whole, kind=RowKind.ERROR).order_by("number")
    return [
        Problem(number, column, sentence)
        for number, problems in rows.values_list("number", "problems")[:MAX_PROBLEMS]
        for column, sentence, severity in problems
        if severity == "error"
    ]
