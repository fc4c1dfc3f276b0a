"""What workbooks and drafts have in common on their way to review: what changes, what refuses them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.columns import BY_FIELD
from gongshi.catalogue.models import OPEN_SUBMISSIONS, Camera, Change, Submission
from gongshi.catalogue.proposals import change_for
from gongshi.catalogue.queries import departments_compiled_by
from gongshi.catalogue.reviewers import no_reviewer, restricted_without_reviewer
from gongshi.catalogue.validation import Proposal
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict
from gongshi.kernel.problems import Problem, WorkbookRefused
from gongshi.notices.actions import notify


@dataclass(frozen=True)
class Compared:
    """A row beside the catalogue: the published camera of its code, what it changes, what forbids that."""

    proposal: Proposal
    camera: Camera | None
    change: Change | None
    problems: list[Problem]


def compare(
    compiled: Collection[int], proposals: Sequence[Proposal], names: DepartmentNames
) -> list[Compared]:
    """Each row beside the catalogue, in two queries, and a third one for what waits for review.

    `compiled` are the departments whose cameras may be changed.
    """
    there = _keys_of([proposal.code for proposal in proposals])
    cameras = {
        camera.code: camera for camera in Camera.objects.filter(pk__in=there).prefetch_related("paths")
    }
    found = [_compared(compiled, proposal, cameras.get(proposal.code), names) for proposal in proposals]
    waiting = _waiting([each.proposal.code for each in found if each.change])
    for each in found:
        if each.change and (number := waiting.get(each.proposal.code)):
            each.problems.append(_waits(each.proposal.row, each.proposal.code, number))
    by_change = {id(each.change): each for each in found}
    for change, department in restricted_without_reviewer(each.change for each in found if each.change):
        each = by_change[id(change)]
        each.problems.append(no_reviewer(each.proposal.row, names.name_of(department)))
    return found


def _compared(
    compiled: Collection[int], proposal: Proposal, camera: Camera | None, names: DepartmentNames
) -> Compared:
    if camera and camera.source_department_id not in compiled:
        owner = names.name_of(camera.source_department_id)
        sentence = f"{proposal.code} 由“{owner}”编目，您不能修改，请核对编号。"
        return Compared(
            proposal,
            camera,
            None,
            [Problem(proposal.row, BY_FIELD["code"].head, sentence, "other_department")],
        )
    change = change_for(proposal, camera, list(camera.paths.all()) if camera else [])
    return Compared(proposal, camera, change, [])


def changes_of(actor: Person, proposals: list[Proposal], names: DepartmentNames) -> list[Change]:
    """What the rows change. Raises WorkbookRefused and Conflict for what may not be changed now."""
    compiled = set(departments_compiled_by(actor).values_list("pk", flat=True))
    found = compare(compiled, proposals, names)
    refuse(problem for each in found for problem in each.problems if problem.code != "waiting")
    changed = [each for each in found if each.change]
    refuse_what_waits({each.proposal.code: each.proposal.row for each in changed})
    return [each.change for each in changed if each.change]


def refuse_what_waits(rows: Mapping[str, int]) -> None:
    """A camera waits for one review at a time. `rows` are codes with the row in which each stands, or 0."""
    codes = list(rows)
    field = "file" if any(rows.values()) else None
    waiting = _waiting(codes)
    if waiting and len(waiting) == len(codes) and len(set(waiting.values())) == 1:
        raise Conflict(f"这些点位已在编目批次 {waiting[codes[0]]} 中等待审核，请勿重复提交。", field=field)
    refuse(_waits(row, code, waiting[code]) for code, row in rows.items() if code in waiting)


def _waiting(codes: Collection[str]) -> dict[str, str]:
    """Of these codes those that wait for review, with the number of their submission."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.code, s.number
            FROM catalogue_change c JOIN catalogue_submission s ON s.id = c.submission_id
            WHERE s.state = ANY(%s) AND c.code = ANY(string_to_array(%s, ','))
            """,
            [[state.value for state in OPEN_SUBMISSIONS], ",".join(codes)],
        )
        return dict(cursor.fetchall())


def _keys_of(codes: list[str]) -> list[int]:
    """Thousands of codes as one text, none of which has a comma: soon put together, and most are new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM catalogue_camera WHERE code = ANY(string_to_array(%s, ','))", [",".join(codes)]
        )
        return [key for (key,) in cursor.fetchall()]


def _waits(row: int, code: str, number: str) -> Problem:
    sentence = f"{code} 已在编目批次 {number} 中等待审核，请在审核后再提交。"
    return Problem(row, BY_FIELD["code"].head, sentence, "waiting")


def refuse(problems: Iterable[Problem]) -> None:
    """Raises WorkbookRefused when there are any."""
    found = list(problems)
    if found:
        raise WorkbookRefused(found)


def announce(submission: Submission, by: Person, *, changes: int, **facts: str) -> None:
    """Record that a submission waits for review, and tell who may review it."""
    department = submission.department.name
    after = {"department": department, **facts, "changes": changes}
    record(AuditAction.SubmissionSubmitted, actor=by, thing=submission, after=after)
    reviewers = [person for person in holders(Role.BUREAU_ADMINISTRATOR) if person.pk != by.pk]
    sentence = f"{department}提交了编目 {submission.number}（{changes} 项），请审核。"
    notify(reviewers, sentence, page_of(submission))


def page_of(submission: Submission) -> str:
    return reverse("catalogue:submission", args=[submission.pk])
