"""Compiling many points at once (§5.1a): the same change, or a withdrawal, goes into one's own drafts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from gongshi.audit.actions import Entry, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.bulk import MOST_POINTS, Alike, made_alike, read_cells, withdrawal_of
from gongshi.catalogue.drafts import checked_ground, draft_of, note_doubts, take_out
from gongshi.catalogue.handing_in import refuse, refuse_what_waits
from gongshi.catalogue.models import Camera, Change, Submission
from gongshi.catalogue.queries import cameras_compiled_by, departments_compiled_by, own_draft_changes
from gongshi.catalogue.reviewers import restricted_without_reviewer, sentence_for
from gongshi.catalogue.rules import Permission
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, Person
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.problems import Problem

BATCH = 500


def look_at_alike(*, actor: Person, camera_ids: Collection[int], cells: Mapping[str, str]) -> Alike:
    """What `draft_alike` would put into drafts; nothing is kept. Raises as it does, but for faulty points."""
    authorise(actor, Permission.CompileFor)
    cameras = _cameras(actor, camera_ids)
    names = DepartmentNames.load()
    sources = set(departments_compiled_by(actor).values_list("pk", flat=True))
    found = made_alike(cameras, _drafted(actor, cameras), read_cells(cells, names), names, sources)
    for change, department in restricted_without_reviewer(found.changes):
        text = sentence_for(names.name_of(department))
        found.errors.append(Problem(0, change.code, text, "no_reviewer"))
    return found


@transaction.atomic
def draft_alike(
    *,
    actor: Person,
    camera_ids: Collection[int],
    cells: Mapping[str, str],
    ground: str = "",
    seen: int | None = None,
) -> list[Submission]:
    """Make some cells (texts by head) of many published points alike, in the actor's drafts; gives these.

    Only points that differ are drafted; there is a draft for each source department. `seen` is how many the
    actor was told would differ. Raises WorkbookRefused with a problem for each point for which a value is
    wrong, Conflict when points wait for review or `seen` is no longer true, Invalid when nothing differs.
    """
    ground = checked_ground(ground)
    found = look_at_alike(actor=actor, camera_ids=camera_ids, cells=cells)
    refuse(found.errors)
    if seen is not None and seen != found.differing:
        raise Conflict(f"目录刚刚有变化，现有 {found.differing} 个点位会改变，请重新查看后再保存。")
    if not found.changes:
        raise Invalid("所选点位已全部是这些内容，没有需要变更的。")
    for change in found.changes:
        change.ground = ground
    return _into_drafts(actor, found.changes, found.doubts)


@transaction.atomic
def draft_withdrawal(*, actor: Person, camera_ids: Collection[int], ground: str) -> list[Submission]:
    """Put the withdrawal (撤回) of published points into the actor's drafts; gives these.

    A point of which something else was drafted is withdrawn instead. Raises Invalid without a reason,
    Conflict when points wait for review.
    """
    authorise(actor, Permission.CompileFor)
    ground = checked_ground(ground, "请填写撤回原因，数源部门和使用部门将看到该原因。")
    changes = [withdrawal_of(camera, ground) for camera in _cameras(actor, camera_ids)]
    return _into_drafts(actor, changes, {})


def _cameras(actor: Person, camera_ids: Collection[int]) -> list[Camera]:
    """The cameras, in the order of their codes. Raises Invalid for none, too many, or what is not his."""
    wanted = set(camera_ids)
    if not wanted:
        raise Invalid("请先选择点位。", field="camera_ids")
    if len(wanted) > MOST_POINTS:
        text = f"一次最多处理 {MOST_POINTS} 个点位，现选择了 {len(wanted)} 个，请缩小范围。"
        raise Invalid(text, field="camera_ids")
    compiled = cameras_compiled_by(actor).filter(pk__in=wanted)
    cameras = list(compiled.prefetch_related("paths").order_by("code"))
    if missing := len(wanted) - len(cameras):
        text = f"其中 {missing} 个点位不存在、已撤回或不由您编目，请重新选择。"
        raise Invalid(text, field="camera_ids")
    return cameras


def _drafted(actor: Person, cameras: Sequence[Camera]) -> dict[str, Change]:
    codes = [camera.code for camera in cameras]
    return {change.code: change for change in own_draft_changes(actor).filter(code__in=codes)}


def _into_drafts(
    actor: Person, changes: Sequence[Change], doubts: Mapping[str, list[Problem]]
) -> list[Submission]:
    by_department: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        assert change.camera is not None  # noqa: S101 - tells the type checker
        by_department[change.camera.source_department_id].append(change)
    departments = Department.objects.in_bulk(by_department)
    drafts = []
    for key, of_department in sorted(by_department.items()):
        draft = draft_of(actor, departments[key])
        refuse_what_waits({change.code: 0 for change in of_department})
        _put_into(draft, of_department, doubts)
        drafts.append(draft)
    record_many(
        AuditAction.ChangeDrafted,
        actor=actor,
        entries=[
            Entry(
                change,
                label=str(change),
                reason=change.ground,
                after={"submission": change.submission.number, "fields": sorted(change.proposed)},
            )
            for change in changes
        ],
    )
    return drafts


def _put_into(draft: Submission, changes: Sequence[Change], doubts: Mapping[str, list[Problem]]) -> None:
    codes = {change.code for change in changes}
    take_out(draft, draft.changes.filter(code__in=codes))
    for change in changes:
        change.submission = draft
    Change.objects.bulk_create(changes, batch_size=BATCH)
    note_doubts(draft, codes, {code: doubts[code] for code in codes if code in doubts})
