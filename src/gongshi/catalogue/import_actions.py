"""What people do with an import: upload a file, say what its columns are, confirm it, give it up (§5.1a)."""

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import IO

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue import import_storage
from gongshi.catalogue.columns import HEADS
from gongshi.catalogue.import_deferring import defer_check, defer_handing_in
from gongshi.catalogue.import_models import (
    OPEN_IMPORTS,
    ColumnNames,
    Import,
    ImportRow,
    ImportState,
    PieceKind,
)
from gongshi.catalogue.import_queries import earlier_import, names_of
from gongshi.catalogue.importing import check_anew
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.workbook import LARGE, refuse_at_the_door

MAX_TITLE, MAX_FILE_NAME = 128, 200
KEPT_FOR = timedelta(days=7)
MAY_BE_ASSIGNED = {ImportState.CHECKED, ImportState.FAILED}
WHY_NOT = {
    ImportState.WAITING: "文件还在等待检查，请在检查完成后再操作。",
    ImportState.CHECKING: "文件还在检查，请在检查完成后再操作。",
    ImportState.HANDING_IN: "该导入已确认，正在提交，请稍候查看结果。",
    ImportState.DONE: "该导入已提交，不能再次操作；如需更改，请重新上传文件。",
    ImportState.FAILED: "文件无法检查，请按提示更正后重新上传。",
    ImportState.GIVEN_UP: "该导入已放弃，请重新上传文件。",
}


@transaction.atomic
def ask_import(
    *, actor: Person, department: Department, title: str, file: IO[bytes], file_name: str
) -> tuple[Import, bool]:
    """Have a file checked by a job; gives the import, and whether it is a new one.

    The same file of a department that is open, or was handed in and the catalogue is as it was, is not taken
    twice: whoever comes second is led to the first. Raises WorkbookRefused, Invalid.
    """
    authorise(actor, Permission.CompileFor, department)
    if len(title.strip()) > MAX_TITLE:
        raise Invalid(f"说明最多 {MAX_TITLE} 个字，请缩短。", field="title")
    content = file.read(LARGE.bytes + 1)
    refuse_at_the_door(content, file_name, LARGE)
    digest = import_storage.digest_of(content)
    # One after the other, so that of two who upload the same file the second one finds the first one's.
    Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    earlier = earlier_import(department, digest)
    if earlier is not None:
        return earlier, False
    asked = Import.objects.create(
        department=department,
        asked_by=actor,
        asked_at=clock.now(),
        title=title.strip(),
        file_name=file_name[-MAX_FILE_NAME:],
        size=len(content),
        digest=digest,
    )
    import_storage.keep(asked, PieceKind.FILE, io.BytesIO(content))
    record(AuditAction.ImportAsked, actor=actor, thing=asked, after={"department": department.name})
    defer_check(asked)
    return asked, True


@transaction.atomic
def confirm_import(*, actor: Person, whole: Import, good_rows_only: bool) -> Import:
    """Hand in what was shown, by a job: all rows, or those without a fault. Raises Invalid, Conflict."""
    authorise(actor, Permission.ConfirmImport, whole)
    whole = _locked(whole)
    if whole.state != ImportState.CHECKED:
        raise Conflict(WHY_NOT[ImportState(whole.state)])
    if whole.faulty and not good_rows_only:
        raise Invalid(
            f"有 {whole.faulty} 行有误，不能整体提交；请改正后重新上传，或选择只提交无误的行。",
            field="good_rows_only",
        )
    if not whole.differences:
        raise Invalid("没有需要变更的点位，无需提交；请放弃本次导入。", field="good_rows_only")
    whole.state, whole.good_rows_only, whole.confirmed_at = (
        ImportState.HANDING_IN,
        good_rows_only,
        clock.now(),
    )
    whole.failure = ""
    whole.save(update_fields=["state", "good_rows_only", "confirmed_at", "failure"])
    shown = {"rows": whole.differences, "left_out": whole.faulty}
    record(AuditAction.ImportConfirmed, actor=actor, thing=whole, after=shown)
    defer_handing_in(whole)
    return whole


@transaction.atomic
def give_up_import(*, actor: Person, whole: Import) -> Import:
    """End an import that is not handed in; its file is deleted. Raises Conflict."""
    authorise(actor, Permission.CompileFor, whole.department)
    whole = _locked(whole)
    if whole.state not in {*OPEN_IMPORTS, ImportState.FAILED} or whole.state == ImportState.HANDING_IN:
        raise Conflict(WHY_NOT[ImportState(whole.state)])
    _end(whole)
    record(AuditAction.ImportGivenUp, actor=actor, thing=whole)
    return whole


@transaction.atomic
def assign_columns(*, actor: Person, whole: Import, heads: Mapping[str, str]) -> Import:
    """Say which of our columns the heads of a file are, and have it checked again. Raises Invalid, Conflict.

    `heads`: its head → our head, or nothing for a column that is none of ours. Remembered for the
    department's next files.
    """
    authorise(actor, Permission.ConfirmImport, whole)
    whole = _locked(whole)
    if whole.state not in MAY_BE_ASSIGNED:
        raise Conflict(WHY_NOT[ImportState(whole.state)])
    names = names_of(whole.department)
    _refuse_unknown(heads, {*whole.unknown_heads, *names})
    wanted = {theirs: ours for theirs, ours in (names | dict(heads)).items() if ours}
    _refuse_twice(heads)
    ColumnNames.objects.update_or_create(
        department=whole.department,
        defaults={"heads": wanted, "set_by": actor, "set_at": clock.now()},
    )
    record(
        AuditAction.ColumnsAssigned,
        actor=actor,
        thing=whole.department,
        before=dict(names),
        after=dict(wanted),
    )
    ImportRow.objects.filter(whole=whole).delete()
    _drop_copy(whole)
    check_anew(whole)
    return whole


@transaction.atomic
def take_out_copy(*, actor: Person, whole: Import) -> None:
    """Record that the annotated copy leaves the portal, before it does. Raises Conflict: there is none."""
    authorise(actor, Permission.ConfirmImport, whole)
    if not whole.has_copy:
        raise Conflict("标注副本尚未生成，或已从服务器删除；如仍需要，请重新上传文件。")
    record(AuditAction.ImportCopyTakenOut, actor=actor, thing=whole)


@transaction.atomic
def forget_imports() -> int:
    """End imports that nobody confirmed for a week, and delete the copies of others; gives how many ended."""
    before = clock.now() - KEPT_FOR
    old = Import.objects.select_for_update(skip_locked=True).filter(asked_at__lt=before)
    ended = list(
        old.filter(state__in=[*OPEN_IMPORTS, ImportState.FAILED]).exclude(state=ImportState.HANDING_IN)
    )
    for whole in ended:
        _end(whole, "超过 7 天没有确认，已自动放弃。")
        record(AuditAction.ImportGivenUp, actor=None, thing=whole, reason=whole.failure)
    for whole in old.filter(has_copy=True):
        _drop_copy(whole)
        whole.save(update_fields=["has_copy"])
    return len(ended)


def _end(whole: Import, why: str = "") -> None:
    whole.state, whole.ended_at, whole.has_copy = ImportState.GIVEN_UP, clock.now(), False
    whole.failure = why or whole.failure
    whole.save(update_fields=["state", "ended_at", "failure", "has_copy"])
    import_storage.drop(whole, *PieceKind)
    ImportRow.objects.filter(whole=whole).delete()


def _drop_copy(whole: Import) -> None:
    import_storage.drop(whole, PieceKind.COPY)
    whole.has_copy = False


def _locked(whole: Import) -> Import:
    found = Import.objects.select_for_update(of=("self",)).select_related("department", "asked_by")
    return found.get(pk=whole.pk)


def _refuse_unknown(heads: Mapping[str, str], known: set[str]) -> None:
    for theirs, ours in heads.items():
        if theirs not in known:
            raise Invalid(f"文件没有“{theirs}”这一列，请刷新页面后重新选择。", field="heads")
        if ours and ours not in HEADS:
            raise Invalid(f"目录没有“{ours}”这一列，请重新选择。", field="heads")


def _refuse_twice(heads: Mapping[str, str]) -> None:
    """Of the heads of one file no two can be the same column of ours."""
    chosen = [ours for ours in heads.values() if ours]
    twice = sorted({ours for ours in chosen if chosen.count(ours) > 1})
    if twice:
        raise Invalid(f"有两列都对应到“{twice[0]}”，请只保留一列。", field="heads")
