"""Reads of point lists, and what the map's filters offer."""

from collections.abc import Iterable
from typing import TypedDict

from django.db.models import Count, Q, QuerySet

from gongshi.atlas.index import current_index
from gongshi.atlas.models import PointList
from gongshi.atlas.rules import Permission
from gongshi.catalogue.codes import Publication, SharingLevel
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Department, Person
from gongshi.kernel.authority import may


def point_lists_visible_to(person: Person) -> QuerySet[PointList]:
    """The lists of the own department."""
    if not may(person, Permission.ReadMap):
        return PointList.objects.none()
    return PointList.objects.filter(department=person.department_id).select_related(
        "created_by", "department"
    )


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


def owners_on_map() -> QuerySet[Department]:
    """The units that own a published point."""
    return Department.objects.filter(pk__in=map(int, current_index().attributes["owner"].values))
