"""Reads of point lists, and of points by their codes."""

from collections.abc import Collection, Iterable
from typing import TypedDict

from django.db.models import Count, Q, QuerySet

from gongshi.atlas.models import PointList
from gongshi.atlas.rules import Permission
from gongshi.catalogue.codes import Publication, SharingLevel
from gongshi.catalogue.models import Camera
from gongshi.catalogue.queries import cameras_visible_to
from gongshi.identity.models import Person
from gongshi.kernel.authority import may
from gongshi.kernel.errors import NotFound


def point_lists_visible_to(person: Person) -> QuerySet[PointList]:
    """The lists of the own department."""
    if not may(person, Permission.ReadMap):
        return PointList.objects.none()
    return PointList.objects.filter(department=person.department_id).select_related(
        "created_by", "department"
    )


def point_list_of(person: Person, number: int) -> PointList:
    """Raises NotFound for a list that this person may not know of."""
    found = point_lists_visible_to(person).filter(pk=number).first()
    if found is None:
        raise NotFound("本部门没有这个点位需求清单，请在清单列表中重新选择。")
    return found


def with_point_count(lists: QuerySet[PointList]) -> QuerySet[PointList]:
    """Adds `point_count`, and how many of them were withdrawn since: `withdrawn_count`."""
    withdrawn = Q(cameras__publication=Publication.WITHDRAWN)
    return lists.annotate(point_count=Count("cameras"), withdrawn_count=Count("cameras", filter=withdrawn))


def points_of(point_list: PointList) -> QuerySet[Camera]:
    """The points of a list, also those that were withdrawn since."""
    return point_list.cameras.select_related("owner", "source_department").order_by("code")


class Total(TypedDict):
    """How many points of one sharing level one source department has in a list."""

    department: str
    sharing_level: str
    count: int


def totals_of(point_list: PointList) -> list[Total]:
    """Who decides over how many points of the list, most first."""
    groups = point_list.cameras.order_by().values("source_department__name", "sharing_level")
    return [
        {
            "department": group["source_department__name"],
            "sharing_level": group["sharing_level"],
            "count": group["count"],
        }
        for group in groups.annotate(count=Count("pk")).order_by("-count", "source_department__name")
    ]


def withdrawn_from(point_list: PointList) -> int:
    """How many points of the list were withdrawn from the catalogue since."""
    return point_list.cameras.filter(publication=Publication.WITHDRAWN).count()


def needing_review(totals: Iterable[Total]) -> int:
    """How many of these points their source departments have to be asked for (§6.3b)."""
    return sum(total["count"] for total in totals if total["sharing_level"] != SharingLevel.UNCONDITIONAL)


def camera_ids_of(point_list: PointList) -> list[int]:
    """The points of a list by number, also those that were withdrawn since."""
    return list(point_list.cameras.order_by().values_list("pk", flat=True))


def ids_of_codes(person: Person, codes: Collection[str]) -> dict[str, int]:
    """The published points of these 视频编号, by code; those that there are."""
    return dict(cameras_visible_to(person).filter(code__in=codes).values_list("code", "pk"))
