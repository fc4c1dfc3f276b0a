"""The draft of one compiler for one department: finding it, its doubts, and what goes in and out of it."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet

from gongshi.catalogue.models import Change, Submission, SubmissionState
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department, Person
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.numbering import next_number
from gongshi.kernel.problems import Problem, Severity

TITLE = "逐个编目"
LONGEST_GROUND = 300


def draft_of(actor: Person, department: Department) -> Submission:
    """The one draft of this compiler for this department, locked."""
    Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    there = Submission.objects.select_for_update(of=("self",)).filter(
        department=department, compiled_by=actor, state=SubmissionState.DRAFT
    )
    return there.first() or Submission.objects.create(
        number=next_number("BM"), title=TITLE, department=department, compiled_by=actor
    )


def own_draft(actor: Person, submission: Submission) -> Submission:
    """The draft as it is now, locked. Raises Forbidden for another's, Conflict when it is none any more."""
    submission = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    authorise(actor, Permission.CompileFor, submission.department)
    if submission.compiled_by_id != actor.pk:
        raise Forbidden("这是其他编目人的草稿，请由编目人本人办理。")
    if submission.state != SubmissionState.DRAFT:
        raise Conflict("该编目批次已提交，不能再修改。请刷新页面查看。")
    return submission


def take_out(submission: Submission, changes: QuerySet[Change]) -> None:
    """Take points out of a draft, with what was doubtful of them."""
    codes = set(changes.values_list("code", flat=True))
    changes.delete()
    note_doubts(submission, codes, {})


def note_doubts(
    submission: Submission, codes: Collection[str], found: Mapping[str, Iterable[Problem]]
) -> None:
    """Keep what the checks found doubtful for the reviewer; a point that is drafted anew is checked anew."""
    submission.refresh_from_db(fields=["warnings"])
    others = [warning for warning in submission.warnings if warning.split(" ", 1)[0] not in codes]
    doubtful = [
        f"{code} {problem}"
        for code, problems in found.items()
        for problem in problems
        if problem.severity is Severity.WARNING
    ]
    submission.warnings = [*others, *doubtful]
    submission.save(update_fields=["warnings"])


def checked_ground(text: str, needed: str = "") -> str:
    """Why points are changed, as it is kept. Raises Invalid with the sentence `needed` when it is empty."""
    text = text.strip()
    if needed and not text:
        raise Invalid(needed, field="ground")
    if len(text) > LONGEST_GROUND:
        raise Invalid(f"变更原因最多 {LONGEST_GROUND} 个字，请精简。", field="ground")
    return text
