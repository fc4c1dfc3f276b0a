"""Every change to point lists."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import StreamingHttpResponse

from gongshi.atlas.models import PointList
from gongshi.atlas.rules import Permission
from gongshi.audit.actions import Entry, record, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.export_actions import take_out_cameras
from gongshi.catalogue.queries import cameras_visible_to
from gongshi.identity.mergers import name_beside
from gongshi.identity.models import Department, Person
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid

MOST_POINTS = 20_000
NAME_LENGTH = 64


@transaction.atomic
def create_point_list(*, actor: Person, name: str, camera_ids: Iterable[int]) -> PointList:
    """Keep points under a name for demands of the actor's department (§6.2).

    1 to 20,000 points, all visible to the actor. Raises Invalid; then nothing is kept.
    """
    authorise(actor, Permission.CreatePointList)
    name = _name(name)
    wanted = set(camera_ids)
    if not wanted:
        raise Invalid("清单中还没有点位，请先在地图上选择点位。", field="camera_ids")
    _refuse_too_many(len(wanted))
    visible = _visible(actor, wanted)
    point_list = _named(name, actor)
    point_list.cameras.add(*sorted(visible))
    record(
        AuditAction.PointListCreated,
        actor=actor,
        thing=point_list,
        after={"name": name, "points": len(visible)},
    )
    return point_list


@transaction.atomic
def rename_point_list(*, actor: Person, point_list: PointList, name: str) -> PointList:
    """Raises Invalid for a bad name, or one that the department has given already."""
    point_list = _locked(actor, point_list)
    before, point_list.name = point_list.name, _name(name)
    if point_list.name == before:
        return point_list
    _save_name(point_list)
    record(
        AuditAction.PointListChanged,
        actor=actor,
        thing=point_list,
        before={"name": before},
        after={"name": point_list.name},
    )
    return point_list


@transaction.atomic
def change_points(
    *, actor: Person, point_list: PointList, add: Iterable[int] = (), remove: Iterable[int] = ()
) -> int:
    """Put points into a list and take others out; gives how many it has then. Demands keep their own copies.

    Raises Invalid when one to be added is not published, when none is left, and when there are too many.
    """
    point_list = _locked(actor, point_list)
    there = set(point_list.cameras.values_list("pk", flat=True))
    gone = (there & set(remove)) - (wanted := set(add))
    new = _visible(actor, wanted - there)
    count = len(there) + len(new) - len(gone)
    _refuse_too_many(count)
    if not count:
        raise Invalid("清单中至少要有一个点位；不再需要的清单可以删除。", field="remove")
    point_list.cameras.remove(*sorted(gone))
    point_list.cameras.add(*sorted(new))
    if new or gone:
        after = {"added": len(new), "removed": len(gone), "points": count}
        record(AuditAction.PointListChanged, actor=actor, thing=point_list, after=after)
    return count


@transaction.atomic
def delete_point_list(*, actor: Person, point_list: PointList) -> None:
    """Raises Conflict for a list that a demand names."""
    point_list = _locked(actor, point_list)
    before = {"name": point_list.name, "points": point_list.cameras.count()}
    record(AuditAction.PointListDeleted, actor=actor, thing=point_list, before=before)
    try:
        point_list.delete()
    except ProtectedError:
        raise Conflict(f"已有需求使用清单“{point_list.name}”，不能删除，可以改名或调整点位。") from None


@transaction.atomic
def take_out_points(*, actor: Person, point_list: PointList, form: str) -> StreamingHttpResponse:
    """The published points of a list as the catalogue exports them. `form`: csv, xlsx or geojson."""
    authorise(actor, Permission.ReadPointList, point_list)
    cameras = cameras_visible_to(actor).filter(pk__in=point_list.cameras.values("pk")).order_by("code")
    return take_out_cameras(
        actor=actor, cameras=cameras, conditions=f"点位需求清单：{point_list.name}", form=form
    )


@transaction.atomic
def take_over_lists(*, actor: Person | None, department: Department, into: Department, reason: str) -> int:
    """The lists of a department that became part of another are that one's; gives how many.

    Where it has a list of the same name, the name says which one came.
    """
    lists = list(PointList.objects.select_for_update().filter(department=department).order_by("pk"))
    taken = set(PointList.objects.filter(department=into).values_list("name", flat=True))
    for point_list in lists:
        point_list.department = into
        point_list.name = name_beside(point_list.name, taken, department, NAME_LENGTH)
        taken.add(point_list.name)
    PointList.objects.bulk_update(lists, ["department", "name"])
    before, after = {"department": department.name}, {"department": into.name}
    entries = [Entry(point_list, before=before, after=after, reason=reason) for point_list in lists]
    record_many(AuditAction.PointListTakenOver, actor=actor, entries=entries)
    return len(lists)


def _locked(actor: Person, point_list: PointList) -> PointList:
    authorise(actor, Permission.KeepPointList, point_list)
    return PointList.objects.select_for_update(of=("self",)).get(pk=point_list.pk)


def _refuse_too_many(count: int) -> None:
    if count > MOST_POINTS:
        raise Invalid(f"一份清单最多 {MOST_POINTS} 个点位，现有 {count} 个，请分成几份。", field="camera_ids")


def _visible(actor: Person, wanted: set[int]) -> set[int]:
    visible = set(cameras_visible_to(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    if missing := len(wanted - visible):
        raise Invalid(f"其中 {missing} 个点位不存在或已撤回，请移出清单后再提交。", field="camera_ids")
    return visible


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("请给清单起一个名称，方便以后找到它。", field="name")
    if len(name) > NAME_LENGTH:
        raise Invalid(f"清单名称不能超过 {NAME_LENGTH} 个字，请缩短后再提交。", field="name")
    return name


def _named(name: str, actor: Person) -> PointList:
    point_list = PointList(name=name, department=actor.department, created_by=actor)
    _save_name(point_list)
    return point_list


def _save_name(point_list: PointList) -> None:
    """The database has the last word on the name, so that of two at once one is refused."""
    try:
        with transaction.atomic():
            point_list.save()
    except IntegrityError:
        raise Invalid("本部门已有同名清单，请换一个名称。", field="name") from None
