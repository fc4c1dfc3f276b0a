"""Compiling point by point (§5.1a): changes gather in a draft until its compiler hands it in for review."""

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.columns import BY_FIELD, HEADS
from gongshi.catalogue.drafts import checked_ground, draft_of, note_doubts, own_draft, take_out
from gongshi.catalogue.handing_in import announce, changes_of, refuse, refuse_what_waits
from gongshi.catalogue.models import Camera, Change, Submission, SubmissionState
from gongshi.catalogue.proposals import proposed_paths_of
from gongshi.catalogue.queries import departments_compiled_by, sources_of
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.validation import Proposal, Validator, errors_of
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.problems import Problem
from gongshi.kernel.workbook import Row

LONGEST_TITLE = 128
CODE = BY_FIELD["code"].head
# What is found by looking at other points; the rest is looked at again with the addresses that were kept.
BESIDE_THE_ROW = {"duplicate_address", "duplicate_place", "gcj02_shift"}


@transaction.atomic
def draft_point(
    *,
    actor: Person,
    cells: Mapping[str, str],
    camera: Camera | None = None,
    instead_of: Change | None = None,
    ground: str = "",
) -> Change:
    """Put one point into the actor's draft for its source department: a new one, or `camera`, as cells say.

    Cells are texts by head; `ground` tells why. A point that is in the draft already is drafted anew;
    `instead_of` is what was drafted of it, maybe under another code. Raises WorkbookRefused with a problem
    for each cell at fault, Conflict when the point waits for review, Invalid when nothing differs.
    """
    authorise(actor, Permission.CompileFor, camera and camera.source_department)
    if instead_of is not None:
        own_draft(actor, instead_of.submission)
    ground = checked_ground(ground)
    names = DepartmentNames.load()
    row = Row(0, {head: cells.get(head, "").strip() for head in HEADS})
    validator = Validator(names, _sources(actor, camera))
    (proposal,), problems = validator.check([row])
    refuse(errors_of(problems))
    named = names.department(int(proposal.values["source_department_id"] or 0))
    _refuse_another_code(proposal.code, camera)
    submission = draft_of(actor, camera.source_department if camera else named)
    earlier = [
        change for change in (instead_of, submission.changes.filter(code=proposal.code).first()) if change
    ]
    _keep_addresses(proposal, earlier)
    found = changes_of(actor, [proposal], names)
    if not found:
        raise Invalid("与已发布的内容完全一致，没有需要变更的，无需保存。")
    (change,) = found
    for each in earlier:
        take_out(each.submission, Change.objects.filter(pk=each.pk))
    change.submission, change.ground = submission, ground
    change.save()
    elsewhere = [problem for problem in problems if problem.code in BESIDE_THE_ROW]
    doubts = {change.code: [*validator.look_again(row, proposal), *elsewhere]}
    note_doubts(submission, {change.code}, doubts)
    record(
        AuditAction.ChangeDrafted,
        actor=actor,
        thing=change,
        label=str(change),
        after={"submission": submission.number, "fields": sorted(change.proposed)},
    )
    return change


@transaction.atomic
def drop_change(*, actor: Person, change: Change) -> None:
    """Take a point out of one's own draft. Raises Conflict when the draft has been handed in."""
    own_draft(actor, change.submission)
    record(AuditAction.ChangeDropped, actor=actor, thing=change, label=str(change))
    take_out(change.submission, Change.objects.filter(pk=change.pk))


@transaction.atomic
def submit_draft(*, actor: Person, submission: Submission, title: str = "") -> Submission:
    """Hand in one's own draft for review. Raises Conflict when a point was changed since it was drafted."""
    submission = own_draft(actor, submission)
    if len(title.strip()) > LONGEST_TITLE:
        raise Invalid(f"说明最多 {LONGEST_TITLE} 个字，请缩短。", field="title")
    # As when workbooks are handed in: of two with one point the second finds the first.
    Department.objects.select_for_update(no_key=True).get(pk=submission.department_id)
    changes = list(submission.changes.select_related("camera"))
    if not changes:
        raise Invalid("草稿中还没有点位，请先新增或修改点位。")
    _refuse_what_is_out_of_date(changes)
    refuse_what_waits({change.code: 0 for change in changes})
    submission.title = title.strip() or submission.title
    submission.state, submission.submitted_at = SubmissionState.SUBMITTED, clock.now()
    submission.save(update_fields=["title", "state", "submitted_at"])
    announce(submission, actor, changes=len(changes))
    return submission


def _sources(actor: Person, camera: Camera | None) -> set[int]:
    """The source departments that a point may name: a new one any for which the actor compiles."""
    if camera is None:
        return set(departments_compiled_by(actor).values_list("pk", flat=True))
    return sources_of(actor, camera.source_department)


def _refuse_another_code(code: str, camera: Camera | None) -> None:
    """A point keeps its code; a new one has a code of its own."""
    if camera is not None and code != camera.code:
        refuse([Problem(0, CODE, f"视频编号不能修改，应为 {camera.code}。", "other_code")])
    there = Camera.objects.filter(code=code).first() if camera is None else None
    if there is not None:
        how = "已撤回，请打开该点位的页面恢复" if there.is_withdrawn else "已在目录中，请打开该点位的页面修改"
        refuse([Problem(0, CODE, f"{code} {how}。", "taken")])


def _keep_addresses(proposal: Proposal, earlier: list[Change]) -> None:
    """Addresses are shown to nobody, so a point that is drafted anew keeps those that are left empty."""
    drafted = next(iter(earlier), None)
    known = {path.key: path.addresses for path in (drafted and proposed_paths_of(drafted)) or []}
    proposal.paths = [replace(path, **(known.get(path.key, {}) | path.addresses)) for path in proposal.paths]


def _refuse_what_is_out_of_date(changes: list[Change]) -> None:
    new = [change.code for change in changes if change.camera is None]
    if taken := Camera.objects.filter(code__in=new).first():
        raise Conflict(f"{taken} 在起草后已由其他批次发布，请从草稿移出，再打开该点位的页面修改。")
    for change in changes:
        if change.camera is not None and change.camera.version != change.base_version:
            raise Conflict(f"{change.camera} 在起草后已有新版本，请重新打开该点位修改后再提交。")
