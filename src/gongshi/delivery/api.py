"""Work orders over JSON: claim, results line by line, acceptance, feedback."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.pagination import paginate
from pydantic import Field

from gongshi.delivery import actions, queries
from gongshi.delivery.models import Acceptance, Feedback, WorkOrder, WorkOrderLine
from gongshi.demand.models import Lane
from gongshi.demand.queries import one_of
from gongshi.identity.signed_in import signed_in

router = Router(tags=["实施工单"])


class WorkOrderOut(Schema):
    id: int
    number: str
    demand_id: int
    demand_number: str = Field(alias="demand.number")
    department: str = Field(alias="demand.department.name")
    way: str | None
    state: str
    claimed_by: str | None
    issued_at: datetime
    claimed_at: datetime | None
    delivered_at: datetime | None
    points: int
    done: int

    @staticmethod
    def resolve_claimed_by(order: WorkOrder) -> str | None:
        return order.claimed_by.name if order.claimed_by else None


class WorkOrderLineOut(Schema):
    id: int
    camera_id: int = Field(alias="demand_line.camera_id")
    camera_code: str = Field(alias="demand_line.camera.code")
    camera_name: str = Field(alias="demand_line.camera.name")
    grant_number: str = Field(alias="grant.number")
    grant_id: int
    reached: bool
    result: str
    reason: str

    @staticmethod
    def resolve_reached(line: WorkOrderLine) -> bool:
        return line.grant.path_id is not None


class LaneOnOrderOut(Schema):
    id: int = Field(alias="lane.id")
    decider: str = Field(alias="lane.decider")
    state: str = Field(alias="lane.state")
    lines: list[WorkOrderLineOut]


class FeedbackOut(Schema):
    score: int
    advice: str
    by: str = Field(alias="by.name")
    at: datetime


class WorkOrderDetail(WorkOrderOut):
    lanes: list[LaneOnOrderOut]
    feedback: FeedbackOut | None

    @staticmethod
    def resolve_lanes(order: WorkOrder) -> list[queries.LaneOnOrder]:
        return queries.lanes_on(order)

    @staticmethod
    def resolve_feedback(order: WorkOrder) -> Feedback | None:
        return getattr(order, "feedback", None)


class ResultIn(Schema):
    """`result` is delivered or undeliverable; the latter needs a reason."""

    result: str
    reason: str = ""


class AcceptanceIn(Schema):
    """Not passing needs a reason."""

    lane_id: int
    passed: bool
    reason: str = ""


class AcceptanceOut(Schema):
    id: int
    lane_id: int
    passed: bool
    reason: str
    at: datetime


class FeedbackIn(Schema):
    score: int
    advice: str = ""


@router.get("", response=list[WorkOrderOut])
@paginate
def list_orders(request: HttpRequest) -> QuerySet[WorkOrder]:
    """实施工单, newest first."""
    return queries.orders_visible_to(signed_in(request))


@router.get("/{order_id}", response=WorkOrderDetail)
def get_order(request: HttpRequest, order_id: int) -> WorkOrder:
    """A work order with its lines lane by lane."""
    return _order(request, order_id)


@router.post("/{order_id}/claim", response=WorkOrderDetail)
def claim_order(request: HttpRequest, order_id: int) -> WorkOrder:
    """领取工单."""
    actions.claim_order(actor=signed_in(request), order=_order(request, order_id))
    return _order(request, order_id)


@router.post("/{order_id}/lines/{line_id}/result", response=WorkOrderLineOut)
def record_line(request: HttpRequest, order_id: int, line_id: int, body: ResultIn) -> WorkOrderLine:
    """登记实施结果."""
    order = _order(request, order_id)
    line = one_of(WorkOrderLine.objects.filter(order=order), line_id)
    return actions.record_line(
        actor=signed_in(request), order=order, line=line, result=body.result, reason=body.reason
    )


@router.post("/{order_id}/acceptance", response={201: AcceptanceOut})
def accept(request: HttpRequest, order_id: int, body: AcceptanceIn) -> Status[Acceptance]:
    """验收 of one lane."""
    person, order = signed_in(request), _order(request, order_id)
    lane = one_of(Lane.objects.filter(lines__work_order_line__order=order).distinct(), body.lane_id)
    if body.passed:
        return Status(201, actions.accept_lane(actor=person, order=order, lane=lane))
    return Status(201, actions.fail_acceptance(actor=person, order=order, lane=lane, reason=body.reason))


@router.post("/{order_id}/feedback", response={201: FeedbackOut})
def give_feedback(request: HttpRequest, order_id: int, body: FeedbackIn) -> Status[Feedback]:
    """满意度打分, once an order."""
    order = _order(request, order_id)
    person = signed_in(request)
    return Status(201, actions.give_feedback(actor=person, order=order, **body.dict()))


def _order(request: HttpRequest, order_id: int) -> WorkOrder:
    return one_of(queries.orders_visible_to(signed_in(request)), order_id)
