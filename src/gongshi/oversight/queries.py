"""What waits for a person, from every room, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from gongshi.catalogue.models import Submission, SubmissionState
from gongshi.catalogue.rules import Permission as Catalogue
from gongshi.delivery.models import WorkOrder, WorkOrderState
from gongshi.delivery.rules import Permission as Delivery
from gongshi.demand.models import Demand, DemandState, Lane, LaneState
from gongshi.demand.rules import Permission as DemandPermission
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.authority import may


@dataclass(frozen=True)
class Todo:
    """One thing that this person must do: `since` is when it came to him."""

    kind: str
    title: str
    asked_by: str
    since: datetime
    url: str


def todos(person: Person) -> list[Todo]:
    """Everything that waits for this person, what has waited longest first."""
    sources = (_confirmations, _reviews, _submissions, _work_orders, _acceptances, _feedback)
    return sorted((todo for source in sources for todo in source(person)), key=lambda todo: todo.since)


def demands_in_motion(person: Person) -> list[Demand]:
    """The running demands of the person's department, newest first, at most ten."""
    running = Demand.objects.filter(department=person.department_id, state=DemandState.IN_PROGRESS)
    return list(running.select_related("item").prefetch_related("lanes__source_department")[:10])


def _confirmations(person: Person) -> Iterator[Todo]:
    if Role.SOURCE_REVIEWER not in person.roles and not may(person, DemandPermission.ReviewLane):
        return
    lanes = _lanes(LaneState.CONFIRMING)
    if Role.SOURCE_REVIEWER in person.roles:
        lanes = lanes.filter(source_department=person.department_id)
    for lane in lanes:
        if may(person, DemandPermission.ConfirmLane, lane):
            yield _of_lane("数源确认", lane, reverse("demand:confirm_lane", args=[lane.pk]))


def _reviews(person: Person) -> Iterator[Todo]:
    if may(person, DemandPermission.ReviewLane):
        for lane in _lanes(LaneState.REVIEWING):
            yield _of_lane("大数据局审核", lane, reverse("demand:review_lane", args=[lane.pk]))


def _submissions(person: Person) -> Iterator[Todo]:
    if may(person, Catalogue.ReviewSubmissions):
        for submission in Submission.objects.filter(state=SubmissionState.SUBMITTED).select_related(
            "department"
        )[:100]:
            yield Todo(
                "编目审核",
                str(submission),
                submission.department.short_name,
                submission.submitted_at or submission.created_at,
                reverse("catalogue:submission", args=[submission.pk]),
            )


def _work_orders(person: Person) -> Iterator[Todo]:
    if may(person, Delivery.CarryOut):
        orders = WorkOrder.objects.filter(state__in=[WorkOrderState.ISSUED, WorkOrderState.IN_PROGRESS])
        for order in orders.select_related("demand__department", "demand__item")[:100]:
            if order.claimed_by_id in {None, person.pk}:
                yield _of_order("实施工单", order)


def _acceptances(person: Person) -> Iterator[Todo]:
    if may(person, Delivery.Accept):
        orders = WorkOrder.objects.filter(demand__lanes__state=LaneState.ACCEPTING).distinct()
        for order in orders.select_related("demand__department", "demand__item")[:100]:
            yield _of_order("验收", order)


def _feedback(person: Person) -> Iterator[Todo]:
    if Role.DATA_SPECIALIST in person.roles:
        orders = WorkOrder.objects.filter(
            demand__department=person.department_id, state=WorkOrderState.ACCEPTED, feedback__isnull=True
        )
        for order in orders.select_related("demand__department", "demand__item")[:100]:
            yield _of_order("满意度打分", order)


def _lanes(state: LaneState) -> QuerySet[Lane]:
    return Lane.objects.filter(state=state).select_related(
        "demand__department", "demand__item", "source_department"
    )


def _of_lane(kind: str, lane: Lane, url: str) -> Todo:
    return Todo(kind, str(lane.demand), lane.demand.department.short_name, lane.entered_at, url)


def _of_order(kind: str, order: WorkOrder) -> Todo:
    title = f"{order.number} {order.demand.item.name}"
    return Todo(
        kind,
        title,
        order.demand.department.short_name,
        order.issued_at,
        reverse("delivery:order", args=[order.pk]),
    )
