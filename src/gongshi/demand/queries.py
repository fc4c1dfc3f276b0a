"""Reads of items, demands and lanes, scoped to who asks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Count, Exists, Model, OuterRef, Prefetch, Q, QuerySet

from gongshi.atlas.models import PointList
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.audit.queries import events_of
from gongshi.catalogue.clearance import is_cleared
from gongshi.catalogue.codes import Publication, SharingLevel
from gongshi.catalogue.models import Camera
from gongshi.demand.holders import BallHolders
from gongshi.demand.models import (
    BusinessCategory,
    BusinessItem,
    Demand,
    DemandLine,
    DemandState,
    Lane,
    LaneAct,
    LaneState,
    LineVerdict,
)
from gongshi.demand.reach import path_by
from gongshi.demand.rules import Permission
from gongshi.identity.models import Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.identity.rules import has_business_role, is_bureau_administrator, is_operator, is_source_reviewer
from gongshi.kernel.authority import may
from gongshi.kernel.errors import NotFound

Thing = TypeVar("Thing", bound=Model)


def categories_visible_to(person: Person) -> QuerySet[BusinessCategory]:
    """The own department's."""
    if not may(person, Permission.ReadItems):
        return BusinessCategory.objects.none()
    return BusinessCategory.objects.filter(department=person.department_id)


def items_visible_to(person: Person) -> QuerySet[BusinessItem]:
    """The own department's."""
    if not may(person, Permission.ReadItems):
        return BusinessItem.objects.none()
    return BusinessItem.objects.filter(department=person.department_id).select_related(
        "category", "department"
    )


def demands_visible_to(person: Person) -> QuerySet[Demand]:
    """Those of the own department; those with a lane of it; bureau and operators all. Drafts stay at home."""
    if not (person.is_active and has_business_role(person)):
        return Demand.objects.none()
    demands = Demand.objects.select_related("department", "item")
    # With what ended under the name of a department that became part of the own one.
    own = Q(department=person.department_id) | Q(department__merged_into=person.department_id)
    submitted = ~Q(state=DemandState.DRAFT)
    if is_bureau_administrator(person) or is_operator(person):
        return demands.filter(own | submitted)
    of_our_lanes = Lane.objects.filter(demand=OuterRef("pk"), source_department=person.department_id)
    return demands.filter(own | (submitted & Exists(of_our_lanes)))


def with_lanes(demands: QuerySet[Demand]) -> QuerySet[Demand]:
    """With what lists say of each demand: its lanes and how many points it has."""
    lanes = Prefetch("lanes", Lane.objects.select_related("source_department", "demand__department"))
    # Counting drops the model's own order.
    return demands.annotate(points=Count("lines")).prefetch_related(lanes).order_by("-id")


def lanes_confirmed_by(person: Person) -> QuerySet[Lane]:
    """The lanes that this person's department decides; for the bureau those without a reviewer."""
    if not person.is_active:
        return Lane.objects.none()
    ours = Q(pk__in=[])
    if is_source_reviewer(person):
        ours |= Q(source_department=person.department_id)
    if is_bureau_administrator(person):
        reviewers = holders(Role.SOURCE_REVIEWER).filter(department=OuterRef("source_department"))
        others = reviewers.exclude(pk=OuterRef("demand__submitted_by"))
        ours |= Q(~Exists(others), source_department__isnull=False)
    return _lanes().filter(ours)


def lanes_reviewed_by(person: Person) -> QuerySet[Lane]:
    """The lanes that have come to the bureau's review, for its administrators."""
    if not may(person, Permission.ReviewLane):
        return Lane.objects.none()
    return _lanes().exclude(state__in=[LaneState.CONFIRMING, LaneState.REFUSED])


def lanes_monitored_by(person: Person) -> QuerySet[Lane]:
    """事项工作流程 (§8): the lanes of every demand that this person may see."""
    return _lanes().filter(demand__in=demands_visible_to(person).values("pk"))


def _lanes() -> QuerySet[Lane]:
    return Lane.objects.select_related("demand__department", "demand__item", "source_department").annotate(
        points=Count("lines", distinct=True)
    )


def lines_of(thing: Demand | Lane) -> QuerySet[DemandLine]:
    return thing.lines.select_related("camera", "source_department", "path", "decided_by", "lane").order_by(
        "source_department__code", "camera__code"
    )


def lanes_of(demand: Demand) -> QuerySet[Lane]:
    """With all that the flow diagram shows."""
    acts = Prefetch("acts", LaneAct.objects.select_related("person__department"))
    return (
        demand.lanes.select_related("source_department", "demand__department")
        .prefetch_related(acts)
        .annotate(points=Count("lines"), refused=Count("lines", filter=Q(lines__verdict=LineVerdict.REFUSED)))
        .order_by("id")
    )


def thread_of(demand: Demand) -> QuerySet[AuditEvent]:
    """What happened to a demand and its lanes, oldest first; who looked at the phone is in the audit log."""
    lanes = [str(pk) for pk in demand.lanes.values_list("pk", flat=True)]
    events = events_of(
        Q(object_type=Demand._meta.label_lower, object_id=str(demand.pk))
        | Q(object_type=Lane._meta.label_lower, object_id__in=lanes)
    )
    return events.exclude(action=AuditAction.DemandPhoneRevealed)


def earlier_demands(demand: Demand) -> QuerySet[Demand]:
    """What the same department asked for before, for whoever decides."""
    return (
        Demand.objects.filter(department=demand.department_id, id__lt=demand.pk)
        .exclude(state=DemandState.DRAFT)
        .select_related("item")
        .annotate(points=Count("lines"))
        .order_by("-id")
    )


@dataclass
class Forecast:
    """Who would decide about these points, and which of them a way reaches."""

    points: int = 0
    # Decider → number of points, the system first.
    deciders: dict[str, int] = field(default_factory=dict)
    unreached: list[Camera] = field(default_factory=list)
    # Viewer → number of points that are above his clearance.
    uncleared: dict[str, int] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        return self.points - len(self.unreached)


def forecast(cameras: Iterable[Camera], way: str | None, viewers: Iterable[Person] = ()) -> Forecast:
    """Look ahead at the lanes of a demand; cameras with source department and paths loaded."""
    found = Forecast()
    ball = BallHolders.load()
    by_source: dict[str, int] = {}
    unconditional = 0
    named = list(viewers)
    for camera in cameras:
        found.points += 1
        for person in named:
            if not is_cleared(person, camera):
                found.uncleared[person.name] = found.uncleared.get(person.name, 0) + 1
        if camera.sharing_level == SharingLevel.UNCONDITIONAL:
            unconditional += 1
        else:
            source = camera.source_department
            who = source.name
            if not ball.has_reviewer(source.pk):
                who = f"市大数据局代为确认（{source.name}未设数源审核员）"
            by_source[who] = by_source.get(who, 0) + 1
        if path_by(camera, way) is None:
            found.unreached.append(camera)
    found.deciders = ({"系统自动判定": unconditional} if unconditional else {}) | dict(
        sorted(by_source.items())
    )
    return found


def forecast_of(point_list: PointList, way: str | None, viewers: Iterable[Person] = ()) -> Forecast:
    """The forecast for the points of a list that are published now."""
    cameras = point_list.cameras.filter(publication=Publication.PUBLISHED)
    return forecast(cameras.select_related("source_department").prefetch_related("paths"), way, viewers)


def one_of(things: QuerySet[Thing], pk: int) -> Thing:
    """One thing of a scoped query. Raises NotFound, also for what the person may not know of."""
    found = things.filter(pk=pk).first()
    if found is None:
        raise NotFound(
            f"没有找到这条{things.model._meta.verbose_name}，可能已不存在，或不属于您可查看的范围。"
        )
    return found
