"""Reads of work orders, scoped to who asks."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from gongshi.delivery.models import Acceptance, WorkOrder, WorkOrderLine
from gongshi.demand.models import DeliveryResult, Demand, Lane
from gongshi.identity.models import Person
from gongshi.identity.rules import is_bureau_administrator, is_data_specialist, is_operator, is_viewer


def orders_visible_to(person: Person) -> QuerySet[WorkOrder]:
    """All for operators and the bureau; those of their own demands for specialists and viewers."""
    done = Count("lines", filter=~Q(lines__result=DeliveryResult.OPEN))
    orders = (
        WorkOrder.objects.select_related("demand__department", "demand__item", "claimed_by", "feedback")
        .annotate(points=Count("lines"), done=done)
        .order_by("-id")
    )
    if not person.is_active:
        return orders.none()
    if is_operator(person) or is_bureau_administrator(person):
        return orders
    if is_data_specialist(person) or is_viewer(person):
        return orders.filter(demand__department=person.department_id)
    return orders.none()


def orders_of(person: Person, demand: Demand) -> QuerySet[WorkOrder]:
    return orders_visible_to(person).filter(demand=demand).order_by("id")


@dataclass(frozen=True)
class LaneOnOrder:
    """A lane with its lines on one order, as operators and the bureau work through it."""

    lane: Lane
    lines: list[WorkOrderLine]
    acceptances: list[Acceptance]

    @property
    def delivered(self) -> int:
        return sum(line.result == DeliveryResult.DELIVERED for line in self.lines)


def lanes_on(order: WorkOrder) -> list[LaneOnOrder]:
    """The lanes of an order in their order, each with its lines and what was said at acceptance."""
    acceptances = Prefetch("acceptances", Acceptance.objects.filter(order=order).select_related("by"))
    lines = order.lines.select_related(
        "demand_line__camera__source_department", "demand_line__lane", "grant__path", "recorded_by"
    ).order_by("id")
    of_lane: dict[int, list[WorkOrderLine]] = {}
    for line in lines:
        of_lane.setdefault(line.demand_line.lane_id, []).append(line)
    lanes = (
        Lane.objects.filter(pk__in=of_lane)
        .select_related("source_department", "demand")
        .prefetch_related(acceptances)
        .order_by("id")
    )
    return [LaneOnOrder(lane, of_lane[lane.pk], list(lane.acceptances.all())) for lane in lanes]
