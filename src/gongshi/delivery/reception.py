"""What the demand room's news causes here: approval makes work (§6.5.1), the end of a lane takes it away."""

from datetime import datetime, time, timedelta
from typing import Any

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.delivery import flow
from gongshi.delivery.models import WorkOrder, WorkOrderLine, WorkOrderState
from gongshi.demand.actions import finish_delivery, note_delivery
from gongshi.demand.holders import people_to_act
from gongshi.demand.models import (
    DeliveryResult,
    Demand,
    DemandLine,
    DemandType,
    Lane,
    LaneState,
    LineVerdict,
)
from gongshi.demand.reach import path_by
from gongshi.grants.actions import discard_grant, prepare_grant
from gongshi.grants.models import Basis, Grant, GrantState
from gongshi.identity.models import Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.clock import LOCAL_ZONE
from gongshi.kernel.numbering import next_number
from gongshi.notices.actions import notify

# An order that can still be extended or changed.
OPEN_STATES = (WorkOrderState.ISSUED, WorkOrderState.IN_PROGRESS, WorkOrderState.DELIVERED)


def issue_work(lane: Lane, actor: Person, **_: Any) -> None:
    """Put a lane's approved lines on the open order of its demand and way, each with a prepared grant."""
    order, is_new = _open_order(lane.demand)
    viewers = list(lane.demand.viewers.all())
    lines = (
        lane.lines.filter(verdict=LineVerdict.APPROVED)
        .select_related("camera", "path")
        .prefetch_related("camera__paths")
    )
    made = [
        WorkOrderLine(
            order=order, demand_line=line, grant=prepare_line_grant(lane.demand, line, actor, viewers)
        )
        for line in lines
    ]
    WorkOrderLine.objects.bulk_create(made)
    settle(order)
    action = AuditAction.WorkOrderIssued if is_new else AuditAction.WorkOrderExtended
    record(action, actor=actor, thing=order, after={"demand": lane.demand.number, "lines": len(made)})
    notify(
        [order.claimed_by] if order.claimed_by else holders(Role.OPERATOR),
        f"工单 {order.number} {'已派发' if is_new else '已增加点位'}：{lane.demand.department.name}，"
        f"{len(made)} 个点位待开通。",
        order.get_absolute_url(),
    )


def take_back_work(lane: Lane, actor: Person, **_: Any) -> None:
    """A lane ended before it was accepted: its grants will not come, its order goes on without it."""
    lines = (
        WorkOrderLine.objects.filter(demand_line__lane=lane, grant__state=GrantState.PREPARED)
        .select_related("grant", "order")
        .order_by("id")
    )
    ended = list(lines)
    for line in ended:
        discard_grant(actor=actor, grant=line.grant, reason=line.reason or f"需求{lane.get_state_display()}")
    for order in {line.order_id: line.order for line in ended}.values():
        settle(order)


def void_work(lane: Lane, reason: str, **_: Any) -> None:
    """Cameras of a lane were withdrawn: nothing is switched on for them. The rest may be finished by that."""
    lines = WorkOrderLine.objects.select_for_update(of=("self",)).select_related("order__claimed_by")
    of_lane = list(lines.filter(demand_line__lane=lane).select_related("demand_line").order_by("id"))
    for line in of_lane:
        if line.demand_line.verdict == LineVerdict.VOID and line.result != DeliveryResult.UNDELIVERABLE:
            line.result, line.reason, line.recorded_at = DeliveryResult.UNDELIVERABLE, reason, clock.now()
            line.recorded_by = None
            line.save(update_fields=["result", "reason", "recorded_by", "recorded_at"])
            note_delivery(line=line.demand_line, result=DeliveryResult.UNDELIVERABLE, reason=reason)
    _finish_what_is_left(lane, of_lane)


def _finish_what_is_left(lane: Lane, lines: list[WorkOrderLine]) -> None:
    """The operator has recorded all the others already: the lane waits for acceptance now."""
    results = {line.result for line in lines if line.demand_line.verdict == LineVerdict.APPROVED}
    is_done = DeliveryResult.DELIVERED in results and DeliveryResult.OPEN not in results
    operator = lines[0].order.claimed_by if lines else None
    if lane.state != LaneState.DELIVERING or not is_done or operator is None:
        return
    lane = finish_delivery(lane, operator)
    order = lines[0].order
    settle(order)
    sentence = f"工单 {order.number}（{lane.decider}）已实施完成，待验收。"
    notify(people_to_act(lane), sentence, order.get_absolute_url())


def prepare_line_grant(demand: Demand, line: DemandLine, actor: Person, viewers: list[Person]) -> Grant:
    """The grant of one line: from 00:00 of the first day to 24:00 of the last, Lishui's time."""
    structured = demand.type == DemandType.STRUCTURED
    return prepare_grant(
        actor=actor,
        camera=line.camera,
        path=line.path or path_by(line.camera, demand.way),
        department=demand.department,
        way=demand.way,
        live=demand.live,
        history=demand.history,
        viewers=viewers,
        purpose=demand.purpose,
        valid_from=datetime.combine(demand.period_from, time.min, LOCAL_ZONE),
        valid_until=datetime.combine(demand.period_until + timedelta(days=1), time.min, LOCAL_ZONE),
        basis=Basis.DEMAND,
        basis_number=demand.number,
        object_kinds=demand.object_kinds if structured else None,
        receiving_system=demand.item.business_system if structured else "",
    )


def settle(order: WorkOrder) -> None:
    """Bring the order's state in line with its lanes."""
    states = set(Lane.objects.filter(lines__work_order_line__order=order).values_list("state", flat=True))
    order.state = flow.summary(states, claimed=order.claimed_by_id is not None)
    working = order.state in {WorkOrderState.ISSUED, WorkOrderState.IN_PROGRESS}
    order.delivered_at = None if working else order.delivered_at or clock.now()
    order.save(update_fields=["state", "delivered_at"])


def _open_order(demand: Demand) -> tuple[WorkOrder, bool]:
    """The open order of this demand and way, or a new one. The demand is locked by the caller."""
    orders = WorkOrder.objects.select_for_update(of=("self",)).select_related("claimed_by")
    order = orders.filter(demand=demand, way=demand.way, state__in=OPEN_STATES).first()
    if order:
        return order, False
    number = next_number("GD")
    order = WorkOrder.objects.create(number=number, demand=demand, way=demand.way, issued_at=clock.now())
    return order, True
