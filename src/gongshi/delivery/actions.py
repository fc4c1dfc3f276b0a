"""Every change to work orders (§7). Whatever belongs to one demand is locked behind that demand."""

from django.db import transaction
from django.db.models import QuerySet

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.delivery.models import Acceptance, Feedback, WorkOrder, WorkOrderLine, WorkOrderState
from gongshi.delivery.reception import prepare_line_grant, settle
from gongshi.delivery.rules import Permission
from gongshi.demand import actions as demand_actions
from gongshi.demand.duties import check_free_of_other_duties
from gongshi.demand.holders import people_to_act
from gongshi.demand.models import Act, DeliveryResult, Demand, Lane, LaneState, LineVerdict
from gongshi.demand.reach import path_by
from gongshi.grants.actions import activate_grant, discard_grant
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid, NotFound
from gongshi.notices.actions import notify

LONGEST_REASON = 300
LONGEST_ADVICE = 500


@transaction.atomic
def claim_order(*, actor: Person, order: WorkOrder) -> WorkOrder:
    """Take an issued order as the one operator who carries it out. Raises Conflict when another was first."""
    authorise(actor, Permission.CarryOut, order)
    order = _lock(order)
    if order.state != WorkOrderState.ISSUED:
        taker = f"，实施人为{order.claimed_by.name}" if order.claimed_by else ""
        raise Conflict(f"工单 {order.number} 当前为“{order.get_state_display()}”{taker}，不能再领取。")
    for lane in _lanes(order).filter(state=LaneState.DELIVERING):
        check_free_of_other_duties(lane, Act.DELIVERED, actor)
    order.claimed_by, order.claimed_at = actor, clock.now()
    order.save(update_fields=["claimed_by", "claimed_at"])
    settle(order)
    record(AuditAction.WorkOrderClaimed, actor=actor, thing=order, after={"state": order.state})
    return order


@transaction.atomic
def record_line(
    *, actor: Person, order: WorkOrder, line: WorkOrderLine, result: str, reason: str = ""
) -> WorkOrderLine:
    """Record that a camera was switched on, or why it cannot be (§7.1). The last line finishes its lane.

    Until then a result may be corrected. Raises Invalid, Conflict, NotFound for a line of another order.
    """
    authorise(actor, Permission.CarryOut, order)
    order = _lock(order)
    line = _line_of(order, line)
    lane = line.demand_line.lane
    if order.claimed_by_id != actor.pk:
        raise Conflict(
            f"工单 {order.number} 由{order.claimed_by.name}实施，请由其登记结果。"
            if order.claimed_by
            else f"请先领取工单 {order.number}，再登记实施结果。"
        )
    if lane.state != LaneState.DELIVERING:
        raise Conflict(f"该点位所在泳道当前为“{lane.get_state_display()}”，不能再登记实施结果。")
    if line.demand_line.verdict == LineVerdict.VOID:
        raise Conflict(f"“{line.demand_line.camera.name}”已从视频资源目录撤回，无需登记实施结果。")
    check_free_of_other_duties(lane, Act.DELIVERED, actor)
    reason = _checked_result(line, result, reason)
    line.result, line.reason, line.recorded_by, line.recorded_at = result, reason, actor, clock.now()
    line.save(update_fields=["result", "reason", "recorded_by", "recorded_at"])
    demand_actions.note_delivery(line=line.demand_line, result=DeliveryResult(result), reason=reason)
    record(
        AuditAction.WorkOrderLineRecorded,
        actor=actor,
        thing=order,
        label=f"{order.number} {line.demand_line.camera.code}",
        after={"result": result},
        reason=reason,
    )
    if not _lines_of(order, lane).filter(result=DeliveryResult.OPEN).exists():
        lane = demand_actions.finish_delivery(lane, actor)
        settle(order)
        if lane.state == LaneState.ACCEPTING:
            notify(
                people_to_act(lane),
                f"工单 {order.number}（{lane.decider}）已实施完成，待验收。",
                order.get_absolute_url(),
            )
    return line


@transaction.atomic
def accept_lane(*, actor: Person, order: WorkOrder, lane: Lane) -> Acceptance:
    """验收 passed (§7.2): the grants of delivered lines become active, the others will not come.

    Raises Conflict when the lane does not wait for acceptance, or on a second duty.
    """
    authorise(actor, Permission.Accept, order)
    order = _lock(order)
    lane = _lane_of(order, lane)
    demand_actions.accept_lane(lane, actor)
    viewers = list(order.demand.viewers.all())
    for line in _lines_of(order, lane).select_related("grant", "demand_line__camera", "demand_line__path"):
        if line.result == DeliveryResult.DELIVERED:
            if line.grant.path_id is None:
                _prepare_anew(line, actor, viewers)
            activate_grant(actor=actor, grant=line.grant)
        else:
            discard_grant(actor=actor, grant=line.grant, reason=line.reason)
    acceptance = Acceptance.objects.create(order=order, lane=lane, passed=True, by=actor, at=clock.now())
    settle(order)
    return acceptance


@transaction.atomic
def fail_acceptance(*, actor: Person, order: WorkOrder, lane: Lane, reason: str) -> Acceptance:
    """验收 failed: the lane's lines are open again for the same operator. Raises Invalid without a reason."""
    authorise(actor, Permission.Accept, order)
    order = _lock(order)
    lane = _lane_of(order, lane)
    demand_actions.fail_acceptance(lane, actor, reason)
    _lines_of(order, lane).update(result=DeliveryResult.OPEN, reason="", recorded_by=None, recorded_at=None)
    reason = reason.strip()
    acceptance = Acceptance.objects.create(
        order=order, lane=lane, passed=False, reason=reason, by=actor, at=clock.now()
    )
    settle(order)
    if order.claimed_by:
        notify(
            [order.claimed_by],
            f"工单 {order.number}（{lane.decider}）验收不通过，请重新实施。理由：{reason}",
            order.get_absolute_url(),
        )
    return acceptance


@transaction.atomic
def give_feedback(*, actor: Person, order: WorkOrder, score: int, advice: str = "") -> Feedback:
    """满意度打分 (§7.2), 1 to 5, once per accepted order. Raises Invalid, Conflict."""
    authorise(actor, Permission.GiveFeedback, order)
    order = _lock(order)
    if order.state != WorkOrderState.ACCEPTED:
        raise Conflict(f"工单 {order.number} 当前为“{order.get_state_display()}”，验收通过后才能评价。")
    if score not in range(1, 6):
        raise Invalid("请选择 1 至 5 分。", field="score")
    if len(advice) > LONGEST_ADVICE:
        raise Invalid(f"建议不能超过 {LONGEST_ADVICE} 个字，请精简。", field="advice")
    if Feedback.objects.filter(order=order).exists():
        raise Conflict(f"工单 {order.number} 已评价过，不能重复评价。")
    feedback = Feedback.objects.create(
        order=order, score=score, advice=advice.strip(), by=actor, at=clock.now()
    )
    record(
        AuditAction.FeedbackGiven, actor=actor, thing=order, after={"score": score}, reason=feedback.advice
    )
    return feedback


def _lock(order: WorkOrder) -> WorkOrder:
    """The order as it is now, locked behind its demand."""
    Demand.objects.select_for_update().get(pk=order.demand_id)
    orders = WorkOrder.objects.select_for_update(of=("self",)).select_related(
        "demand__department", "demand__item", "claimed_by"
    )
    return orders.get(pk=order.pk)


def _lanes(order: WorkOrder) -> QuerySet[Lane]:
    return Lane.objects.filter(lines__work_order_line__order=order).distinct()


def _lane_of(order: WorkOrder, lane: Lane) -> Lane:
    found = _lanes(order).filter(pk=lane.pk).select_related("demand", "source_department").first()
    if found is None:
        raise NotFound(f"工单 {order.number} 中没有这条泳道，请刷新页面。")
    return found


def _lines_of(order: WorkOrder, lane: Lane) -> QuerySet[WorkOrderLine]:
    """What of a lane there is to do; a line whose camera was withdrawn is void."""
    lines = order.lines.filter(demand_line__lane=lane).exclude(demand_line__verdict=LineVerdict.VOID)
    return lines.order_by("id")


def _line_of(order: WorkOrder, line: WorkOrderLine) -> WorkOrderLine:
    lines = order.lines.select_related(
        "grant", "demand_line__camera", "demand_line__path", "demand_line__lane__demand"
    )
    found = lines.filter(pk=line.pk).first()
    if found is None:
        raise NotFound(f"工单 {order.number} 中没有这个点位，请刷新页面。")
    return found


def _checked_result(line: WorkOrderLine, result: str, reason: str) -> str:
    """The reason as it is kept. Raises Invalid when the result cannot be, or does not say why."""
    reason = reason.strip()
    camera, way = line.demand_line.camera, line.order.way
    match result:
        case DeliveryResult.DELIVERED:
            if line.grant.path_id is None and path_by(camera, way) is None:
                raise Invalid(
                    f"“{camera.name}”没有{_means(line.order)}可用的接入路径，不能登记为已开通；"
                    "请在视频资源目录补充接入路径，或登记为“无法开通”并写明原因。",
                    field="result",
                )
            return ""
        case DeliveryResult.UNDELIVERABLE:
            if not reason:
                raise Invalid(
                    f"请填写“{camera.name}”无法开通的原因，例如：设备离线、网络不通。", field="reason"
                )
            if len(reason) > LONGEST_REASON:
                raise Invalid(f"原因不能超过 {LONGEST_REASON} 个字，请精简。", field="reason")
            return reason
        case _:
            raise Invalid("请选择实施结果：已开通或无法开通。", field="result")


def _means(order: WorkOrder) -> str:
    return order.get_way_display() if order.way else "结构化数据"


def _prepare_anew(line: WorkOrderLine, actor: Person, viewers: list[Person]) -> None:
    """Replace a grant whose camera had no path at approval, or whose path was replaced since."""
    discard_grant(actor=actor, grant=line.grant, reason="接入路径已更新，另行授权")
    line.grant = prepare_line_grant(line.order.demand, line.demand_line, actor, viewers)
    if line.grant.path_id is None:
        raise Conflict(
            f"“{line.demand_line.camera.name}”的接入路径已不存在，请选择验收不通过，由运维团队重新实施。"
        )
    line.save(update_fields=["grant"])
