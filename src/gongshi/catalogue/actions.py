"""Every change to the catalogue: handing in, and deciding what is published (§5.1)."""

from collections.abc import Sequence
from typing import IO

from django.db import transaction

from gongshi.audit.actions import Entry, record, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue import publishing
from gongshi.catalogue.columns import HEADS, REQUIRED_HEADS, SECRECY_HEAD
from gongshi.catalogue.deciding import carry_out, note_verdicts
from gongshi.catalogue.handing_in import announce, changes_of, refuse
from gongshi.catalogue.models import Change, Submission, SubmissionState
from gongshi.catalogue.publishing_job import put_off
from gongshi.catalogue.queries import open_submissions, sources_of
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.validation import Validator
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.numbering import next_number
from gongshi.kernel.problems import Severity
from gongshi.kernel.workbook import MAX_BYTES, read_workbook

BATCH = 500
MAX_WARNINGS = 200
# What somebody waits for; more is published by a job.
MOST_AT_ONCE = 300
DECIDED = {
    SubmissionState.DRAFT: "该编目批次尚未提交，不能审核。",
    SubmissionState.PUBLISHING: "该编目批次已审核，正在发布，不能再次审核。请刷新页面查看进度。",
    SubmissionState.DECIDED: "该编目批次已审核，不能再次审核。请刷新页面查看结果。",
}


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
    at_once: bool = False,
) -> Submission:
    """Publish what is approved and return the rest (§5.1a), once and for all changes of the submission.

    `verdict` is "approve" or "return"; returning everything needs a `reason`. With "approve", `returned` has
    the changes that go back nevertheless, as (id, reason). Many are published by a job, unless the caller
    waits for them (`at_once`): then the submission is 发布中. Raises Invalid, and Conflict when it is decided
    already or a camera was changed since it was handed in.
    """
    authorise(actor, Permission.ReviewSubmissions, submission)
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    if submission.state in DECIDED:
        raise Conflict(DECIDED[SubmissionState(submission.state)])
    if submission.compiled_by_id == actor.pk:
        raise Conflict("编目与审核须由不同的人办理，请由其他数据管理员审核本批次。")
    sent_back = note_verdicts(submission, verdict, reason, dict(returned))
    approved = submission.changes.count() - sent_back
    submission.decided_by, submission.decided_at, submission.failure = actor, clock.now(), ""
    counts = {"approved": approved, "returned": sent_back}
    record(AuditAction.SubmissionDecided, actor=actor, thing=submission, reason=reason, after=counts)
    if approved > MOST_AT_ONCE and not at_once:
        put_off(submission, approved)
    else:
        carry_out(submission)
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
