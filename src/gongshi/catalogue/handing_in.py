"""What workbooks and drafts have in common on their way to review: what changes, what refuses them."""

from collections.abc import Iterable, Mapping

from django.urls import reverse

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.columns import BY_FIELD
from gongshi.catalogue.models import Camera, Change, Submission
from gongshi.catalogue.proposals import change_for
from gongshi.catalogue.queries import departments_compiled_by, open_submissions
from gongshi.catalogue.validation import Proposal
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict
from gongshi.kernel.problems import Problem, WorkbookRefused
from gongshi.notices.actions import notify


def changes_of(actor: Person, proposals: list[Proposal], names: DepartmentNames) -> list[Change]:
    """What the rows change, with cameras and open changes read in one query each."""
    codes = [proposal.code for proposal in proposals]
    cameras = {
        camera.code: camera for camera in Camera.objects.filter(code__in=codes).prefetch_related("paths")
    }
    _refuse_cameras_of_others(actor, proposals, cameras, names)
    changed = [
        (proposal, change)
        for proposal in proposals
        if (change := _change(proposal, cameras.get(proposal.code)))
    ]
    refuse_what_waits({proposal.code: proposal.row for proposal, _ in changed})
    return [change for _, change in changed]


def _change(proposal: Proposal, camera: Camera | None) -> Change | None:
    return change_for(proposal, camera, list(camera.paths.all()) if camera else [])


def _refuse_cameras_of_others(
    actor: Person, proposals: list[Proposal], cameras: dict[str, Camera], names: DepartmentNames
) -> None:
    compiled = set(departments_compiled_by(actor).values_list("pk", flat=True))
    refuse(
        Problem(
            proposal.row,
            BY_FIELD["code"].head,
            f"{proposal.code} 由“{names.name_of(camera.source_department_id)}”编目，您不能修改，请核对编号。",
            "other_department",
        )
        for proposal in proposals
        if (camera := cameras.get(proposal.code)) and camera.source_department_id not in compiled
    )


def refuse_what_waits(rows: Mapping[str, int]) -> None:
    """A camera waits for one review at a time. `rows` are codes with the row in which each stands, or 0."""
    codes = list(rows)
    field = "file" if any(rows.values()) else None
    waiting = dict(
        Change.objects.filter(submission__in=open_submissions(), code__in=codes).values_list(
            "code", "submission__number"
        )
    )
    if waiting and len(waiting) == len(codes) and len(set(waiting.values())) == 1:
        raise Conflict(f"这些点位已在编目批次 {waiting[codes[0]]} 中等待审核，请勿重复提交。", field=field)
    refuse(
        Problem(
            row,
            BY_FIELD["code"].head,
            f"{code} 已在编目批次 {waiting[code]} 中等待审核，请在审核后再提交。",
            "waiting",
        )
        for code, row in rows.items()
        if code in waiting
    )


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
