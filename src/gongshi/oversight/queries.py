"""What waits for a person, from every room, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.urls import reverse

from gongshi.catalogue.models import Submission, SubmissionState
from gongshi.catalogue.rules import Permission as Catalogue
from gongshi.delivery.models import WorkOrder, WorkOrderState
from gongshi.delivery.rules import Permission as Delivery
from gongshi.demand.holders import BallHolders
from gongshi.demand.models import Act, Lane, LaneAct, LaneState
from gongshi.demand.queries import lanes_confirmed_by, lanes_monitored_by, lanes_reviewed_by
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.authority import may
from gongshi.rectification.codes import OrderState
from gongshi.rectification.models import Order
from gongshi.rectification.queries import orders_to_answer, orders_to_prove, orders_visible_to
from gongshi.rectification.rules import Permission as Rectification

# The states in which a lane waits for somebody.
MOVING = (
    LaneState.CONFIRMING,
    LaneState.REVIEWING,
    LaneState.SUPPLEMENTING,
    LaneState.COORDINATING,
    LaneState.DELIVERING,
    LaneState.ACCEPTING,
)
SHOWN_IN_MOTION = 10
# So many of each kind stand on the workbench.
MOST = 100


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
    sources = (_confirmations, _reviews, _submissions, _work_orders, _acceptances, _feedback, _rectifications)
    return sorted((todo for source in sources for todo in source(person)), key=lambda todo: todo.since)


@dataclass(frozen=True)
class InMotion:
    """A lane on its way, with who holds the ball."""

    lane: Lane
    holder: str


def in_motion(person: Person) -> tuple[list[InMotion], int]:
    """The lanes on their way that concern this person, what has waited longest first; and how many there are.

    For the bureau and the operators those of the whole city.
    """
    lanes = lanes_monitored_by(person).filter(state__in=MOVING).order_by("entered_at", "id")
    ball = BallHolders.load()
    return [InMotion(lane, ball.text(lane)) for lane in lanes[:SHOWN_IN_MOTION]], lanes.count()


def _confirmations(person: Person) -> Iterator[Todo]:
    lanes = lanes_confirmed_by(person).filter(state=LaneState.CONFIRMING)
    for lane in _free_of_other_duties(lanes, Act.CONFIRMED, person)[:MOST]:
        yield _of_lane("数源确认", lane, reverse("demand:confirm_lane", args=[lane.pk]))


def _reviews(person: Person) -> Iterator[Todo]:
    lanes = lanes_reviewed_by(person).filter(state=LaneState.REVIEWING)
    for lane in _free_of_other_duties(lanes, Act.REVIEWED, person)[:MOST]:
        yield _of_lane("大数据局审核", lane, reverse("demand:review_lane", args=[lane.pk]))


def _submissions(person: Person) -> Iterator[Todo]:
    if may(person, Catalogue.ReviewSubmissions):
        for submission in Submission.objects.filter(state=SubmissionState.SUBMITTED).select_related(
            "department"
        )[:MOST]:
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
        for order in orders.select_related("demand__department", "demand__item")[:MOST]:
            if order.claimed_by_id in {None, person.pk}:
                yield _of_order("实施工单", order)


def _acceptances(person: Person) -> Iterator[Todo]:
    if may(person, Delivery.Accept):
        lanes = Lane.objects.filter(state=LaneState.ACCEPTING, demand=OuterRef("demand"))
        mine = _free_of_other_duties(lanes, Act.ACCEPTED, person)
        orders = WorkOrder.objects.filter(Exists(mine))
        for order in orders.select_related("demand__department", "demand__item")[:MOST]:
            yield _of_order("验收", order, order.delivered_at)


def _feedback(person: Person) -> Iterator[Todo]:
    if Role.DATA_SPECIALIST in person.roles:
        orders = WorkOrder.objects.filter(
            demand__department=person.department_id, state=WorkOrderState.ACCEPTED, feedback__isnull=True
        )
        accepted = orders.annotate(accepted_at=Max("acceptances__at"))
        for order in accepted.select_related("demand__department", "demand__item")[:MOST]:
            yield _of_order("满意度评价", order, order.accepted_at)


def _rectifications(person: Person) -> Iterator[Todo]:
    """What the department has to mend; for the bureau what waits to be closed or cannot be proved."""
    if may(person, Rectification.Close):
        for order in orders_visible_to(person).filter(state=OrderState.PROVED)[:MOST]:
            yield _of_rectification("整改销号", order, order.proved_at or order.opened_at)
    for order in orders_to_prove(person)[:MOST]:
        yield _of_rectification("整改复检", order, order.mended_at or order.opened_at)
    for order in orders_to_answer(person)[:MOST]:
        yield _of_rectification("整改答复", order, order.opened_at)


def _of_rectification(kind: str, order: Order, since: datetime) -> Todo:
    title = f"{order.number} {order.camera.name}"
    return Todo(kind, title, order.source_department.short_name, since, order.get_absolute_url())


def _free_of_other_duties(lanes: QuerySet[Lane], duty: Act, person: Person) -> QuerySet[Lane]:
    """Nobody decides twice: what this person may not do is not asked of him."""
    others = LaneAct.objects.filter(lane=OuterRef("pk"), person=person).exclude(act=duty)
    return lanes.exclude(Exists(others))


def _of_lane(kind: str, lane: Lane, url: str) -> Todo:
    return Todo(kind, str(lane.demand), lane.demand.department.short_name, lane.entered_at, url)


def _of_order(kind: str, order: WorkOrder, since: datetime | None = None) -> Todo:
    title = f"{order.number} {order.demand.item.name}"
    return Todo(
        kind,
        title,
        order.demand.department.short_name,
        since or order.issued_at,
        reverse("delivery:order", args=[order.pk]),
    )
