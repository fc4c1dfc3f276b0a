"""Every change to point lists."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from gongshi.atlas.models import PointList
from gongshi.atlas.rules import Permission
from gongshi.audit.actions import Entry, record, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.queries import cameras_visible_to
from gongshi.identity.mergers import name_beside
from gongshi.identity.models import Department, Person
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid

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
    if len(wanted) > MOST_POINTS:
        raise Invalid(
            f"一份清单最多 {MOST_POINTS} 个点位，现有 {len(wanted)} 个，请分成几份。", field="camera_ids"
        )
    visible = set(cameras_visible_to(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    if missing := len(wanted - visible):
        raise Invalid(f"其中 {missing} 个点位不存在或已撤回，请移出清单后再提交。", field="camera_ids")
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


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("请给清单起一个名称，方便以后找到它。", field="name")
    if len(name) > NAME_LENGTH:
        raise Invalid(f"清单名称不能超过 {NAME_LENGTH} 个字，请缩短后再提交。", field="name")
    return name


def _named(name: str, actor: Person) -> PointList:
    """The database has the last word on the name, so that of two at once one is refused."""
    try:
        with transaction.atomic():
            return PointList.objects.create(name=name, department=actor.department, created_by=actor)
    except IntegrityError:
        raise Invalid("本部门已有同名清单，请换一个名称。", field="name") from None
