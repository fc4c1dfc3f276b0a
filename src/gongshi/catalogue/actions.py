"""Every change to the catalogue: handing in, and deciding what is published (§5.1)."""

from collections.abc import Mapping, Sequence
from typing import IO

from django.db import transaction

from gongshi.audit.actions import Entry, record, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue import publishing
from gongshi.catalogue.columns import HEADS, REQUIRED_HEADS, SECRECY_HEAD
from gongshi.catalogue.handing_in import announce, changes_of, page_of, refuse
from gongshi.catalogue.models import Camera, Change, ChangeKind, Submission, SubmissionState, Verdict
from gongshi.catalogue.queries import open_submissions, sources_of
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.signals import cameras_withdrawn, security_levels_changed
from gongshi.catalogue.validation import Validator
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.numbering import next_number
from gongshi.kernel.problems import Severity
from gongshi.kernel.workbook import MAX_BYTES, read_workbook
from gongshi.notices.actions import notify

BATCH = 500
MAX_WARNINGS = 200
APPROVE, RETURN = "approve", "return"


@transaction.atomic
def submit_import(
    *, actor: Person, department: Department, title: str, file: IO[bytes], file_name: str
) -> Submission:
    """Hand in the rows of a workbook for review (§5.1a): cameras, by 视频编号, that are new or differ.

    All or nothing. Raises WorkbookRefused with the problems of the file, Invalid when there is nothing to
    change, Conflict when the same rows wait for review already.
    """
    authorise(actor, Permission.CompileFor, department)
    if len(title.strip()) > 128:
        raise Invalid("说明最多 128 个字，请缩短。", field="title")
    names = DepartmentNames.load()
    content = file.read(MAX_BYTES + 1)
    rows = read_workbook(content, file_name, HEADS, {SECRECY_HEAD}, needed=REQUIRED_HEADS)
    proposals, problems = Validator(names, sources_of(actor, department)).check(rows)
    refuse(problem for problem in problems if problem.severity is Severity.ERROR)

    # Two people of one department who hand in the same file: the second one finds the first one's.
    Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    changes = changes_of(actor, proposals, names)
    if not changes:
        raise Invalid("文件内容与已发布的目录完全一致，没有需要变更的点位，无需提交。", field="file")
    submission = Submission.objects.create(
        number=next_number("BM"),
        title=title.strip() or file_name[:128],
        department=department,
        compiled_by=actor,
        state=SubmissionState.SUBMITTED,
        submitted_at=clock.now(),
        warnings=[str(problem) for problem in problems][:MAX_WARNINGS],
    )
    for change in changes:
        change.submission = submission
    Change.objects.bulk_create(changes, batch_size=BATCH)
    announce(submission, actor, changes=len(changes), file=file_name)
    return submission


@transaction.atomic
def decide_submission(
    *,
    actor: Person,
    submission: Submission,
    verdict: str,
    reason: str = "",
    returned: Sequence[tuple[int, str]] = (),
) -> Submission:
    """Publish what is approved and return the rest (§5.1a), once and for all changes of the submission.

    `verdict` is "approve" or "return"; returning everything needs a `reason`. With "approve", `returned` has
    the changes that go back nevertheless, as (id, reason). Raises Invalid, and Conflict when it is decided
    already or a camera was changed since it was handed in.
    """
    authorise(actor, Permission.ReviewSubmissions, submission)
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    if submission.state != SubmissionState.SUBMITTED:
        raise Conflict("该编目批次已审核，不能再次审核。请刷新页面查看结果。")
    if submission.compiled_by_id == actor.pk:
        raise Conflict("编目与审核须由不同的人办理，请由其他数据管理员审核本批次。")
    changes = list(submission.changes.all())
    _give_verdicts(changes, verdict, reason.strip(), {key: why.strip() for key, why in returned})
    approved = [change for change in changes if change.verdict == Verdict.APPROVED]
    sent_back = [change for change in changes if change.verdict == Verdict.RETURNED]
    Change.objects.filter(pk__in=[change.pk for change in approved]).update(verdict=Verdict.APPROVED)
    Change.objects.bulk_update(sent_back, ["verdict", "reason"], batch_size=BATCH)
    published = publishing.publish(approved)
    submission.state = SubmissionState.DECIDED
    submission.decided_by, submission.decided_at = actor, clock.now()
    submission.save(update_fields=["state", "decided_by", "decided_at"])

    record(
        AuditAction.SubmissionDecided,
        actor=actor,
        thing=submission,
        reason=reason,
        after={"approved": len(approved), "returned": len(sent_back)},
    )
    withdrawn = {change.camera_id: change.ground for change in approved if change.kind == ChangeKind.WITHDRAW}
    _record_published(actor, submission, published, withdrawn)
    record_many(
        AuditAction.ChangeReturned,
        actor=actor,
        entries=[Entry(change, label=str(change), reason=change.reason) for change in sent_back],
    )
    leveled = [each.camera.pk for each in published if "security_level" in each.after]
    if leveled:
        security_levels_changed.send(Camera, cameras=leveled)
    if withdrawn:
        cameras_withdrawn.send(Camera, cameras=withdrawn, actor=actor)
    result = f"通过 {len(approved)} 项，退回 {len(sent_back)} 项"
    notify([submission.compiled_by], f"编目 {submission.number} 已审核：{result}。", page_of(submission))
    return submission


@transaction.atomic
def take_over_cameras(*, actor: Person | None, department: Department, into: Department, reason: str) -> int:
    """The cameras of a department that became part of another go on under that one's name; gives how many.

    So do submissions that wait for review, and drafts. What was decided stays under the old name.
    """
    open_submissions().filter(department=department).update(department=into)
    # Drafts go along, so that their compilers still find them; nobody has two for one department.
    drafts = Submission.objects.filter(state=SubmissionState.DRAFT)
    busy = drafts.filter(department=into).values("compiled_by")
    drafts.filter(department=department).exclude(compiled_by__in=busy).update(department=into)
    handed = publishing.hand_over(department, into)
    record_many(
        AuditAction.CameraTakenOver,
        actor=actor,
        entries=[Entry(each.camera, reason=reason, before=each.before, after=each.after) for each in handed],
    )
    return len(handed)


def _record_published(
    actor: Person,
    submission: Submission,
    published: list[publishing.Published],
    withdrawn: Mapping[int | None, str],
) -> None:
    """One event for each camera; of those withdrawn with the reason."""
    entries: dict[AuditAction, list[Entry]] = {
        AuditAction.CameraPublished: [],
        AuditAction.CameraWithdrawn: [],
    }
    for each in published:
        ground = withdrawn.get(each.camera.pk)
        action = AuditAction.CameraPublished if ground is None else AuditAction.CameraWithdrawn
        reason = submission.number if ground is None else f"{submission.number}：{ground}"
        entries[action].append(Entry(each.camera, reason=reason, before=each.before, after=each.after))
    for action, of_action in entries.items():
        record_many(action, actor=actor, entries=of_action)


def _give_verdicts(changes: list[Change], verdict: str, reason: str, returned: dict[int, str]) -> None:
    if verdict not in {APPROVE, RETURN}:
        raise Invalid("请选择通过或退回。", field="verdict")
    if verdict == RETURN and not reason:
        raise Invalid("退回须写明理由，以便编目部门更正。", field="reason")
    if unknown := set(returned) - {change.pk for change in changes}:
        raise Invalid(f"本批次没有编号为 {min(unknown)} 的变更，请刷新页面后重新审核。", field="returned")
    for change in changes:
        why = reason if verdict == RETURN else returned.get(change.pk)
        if why == "":
            raise Invalid(f"退回 {change.code} 须写明理由，以便编目部门更正。", field="returned")
        if why is not None and len(why) > 300:
            raise Invalid("退回理由最多 300 个字，请缩短。", field="reason")
        change.verdict, change.reason = (Verdict.APPROVED, "") if why is None else (Verdict.RETURNED, why)
