"""Every change to items, demands and lanes (§6). Locks are taken in one order: demand, lanes, lines."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.codes import SharingLevel
from gongshi.catalogue.models import Camera
from gongshi.demand import flow
from gongshi.demand.checks import DemandContent, check_complete, check_content
from gongshi.demand.duties import take_duty
from gongshi.demand.holders import people_to_act, requesters
from gongshi.demand.models import (
    Act,
    BusinessCategory,
    BusinessItem,
    DeliveryResult,
    Demand,
    DemandLine,
    DemandState,
    DemandType,
    Lane,
    LaneState,
    LineVerdict,
)
from gongshi.demand.moving import end, lock_demand, lock_lane, move
from gongshi.demand.reach import path_by
from gongshi.demand.rules import Permission
from gongshi.demand.signals import lane_approved, lane_ended
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.numbering import next_number
from gongshi.notices.actions import notify

SYSTEM_AGREED = "系统自动判定同意"
LONGEST_REASON = 300


@transaction.atomic
def create_category(*, actor: Person, name: str) -> BusinessCategory:
    """Add a 业务分类 to the own department (§6.1). Raises Invalid."""
    authorise(actor, Permission.KeepItems)
    category = BusinessCategory(department=actor.department, name=name.strip())
    _check(category)
    category.save()
    record(AuditAction.BusinessCategoryCreated, actor=actor, thing=category, after={"name": category.name})
    return category


@transaction.atomic
def create_item(
    *,
    actor: Person,
    category: BusinessCategory,
    name: str,
    section: str,
    section_contact: str,
    legal_basis: str,
    business_system: str = "",
) -> BusinessItem:
    """Add a 业务事项 to the own department (§6.1); it needs a category of this department. Raises Invalid."""
    authorise(actor, Permission.KeepItems)
    if category.department_id != actor.department_id:
        raise Invalid("请选择本部门的业务分类；没有时请先新增业务分类。", field="category")
    item = BusinessItem(
        department=actor.department,
        category=category,
        code=next_number("SX"),
        name=name.strip(),
        section=section.strip(),
        section_contact=section_contact.strip(),
        legal_basis=legal_basis.strip(),
        business_system=business_system.strip(),
        created_by=actor,
    )
    _check(item)
    item.save()
    record(
        AuditAction.BusinessItemCreated,
        actor=actor,
        thing=item,
        after={"code": item.code, "name": item.name, "category": category.name},
    )
    return item


@transaction.atomic
def draft_demand(*, actor: Person, **content: Unpack[DemandContent]) -> Demand:
    """Save a new demand as a draft (§6.3a); its number is XQ-…. Raises Invalid with the field at fault."""
    authorise(actor, Permission.DraftDemand)
    check_content(actor, actor.department, content)
    demand = Demand(number=next_number("XQ"), department=actor.department, created_by=actor)
    _fill(demand, content)
    record(AuditAction.DemandDrafted, actor=actor, thing=demand, after={"number": demand.number})
    return demand


@transaction.atomic
def edit_draft(*, actor: Person, demand: Demand, **content: Unpack[DemandContent]) -> Demand:
    """Replace what a draft says. Raises Conflict when it was submitted meanwhile, Invalid."""
    authorise(actor, Permission.DraftDemand, demand)
    demand = _lock_draft(demand)
    check_content(actor, demand.department, content)
    _fill(demand, content)
    record(AuditAction.DemandEdited, actor=actor, thing=demand)
    return demand


@transaction.atomic
def submit_demand(*, actor: Person, demand: Demand) -> Demand:
    """Send a draft on its way (§6.3): the system agrees to unconditional lines, each source decides its own.

    The lines keep sharing level, source department and path as they are now. Raises Conflict, Invalid.
    """
    authorise(actor, Permission.DraftDemand, demand)
    demand = _lock_draft(demand)
    cameras = check_complete(actor, demand)
    demand.submitted_by, demand.submitted_at = actor, clock.now()
    lanes = _make_lanes(demand, cameras)
    demand.state = flow.summary({lane.state for lane in lanes})
    demand.save(update_fields=["submitted_by", "submitted_at", "state"])
    record(
        AuditAction.DemandSubmitted,
        actor=actor,
        thing=demand,
        before={"state": DemandState.DRAFT.value},
        after={"state": demand.state, "points": len(cameras), "lanes": [lane.decider for lane in lanes]},
    )
    for lane in lanes:
        take_duty(lane, Act.SUBMITTED, actor, result="已提交")
        if lane.source_department is None:
            _agree_as_system(lane)
        _tell_who_acts_next(lane)
    return demand


@transaction.atomic
def confirm_lane(
    *, actor: Person, lane: Lane, refused: Mapping[int, str] | None = None, reason: str = ""
) -> Lane:
    """数源确认 (§6.3b): agree to a lane but for the `refused` lines (line id → reason).

    `reason` stands for refusals without a reason of their own. All lines refused refuses the lane.
    Raises Invalid without a reason, Conflict when it was decided meanwhile or on a second duty.
    """
    refused = refused or {}
    authorise(actor, Permission.ConfirmLane, lane)
    lane = lock_lane(lane)
    lines = list(lane.lines.select_for_update().filter(verdict=LineVerdict.OPEN).order_by("id"))
    all_refused = bool(lines) and {line.pk for line in lines} <= refused.keys()
    after = flow.advance(lane.state, "refuse" if all_refused else "agree")
    _refuse_lines(actor, lines, refused, reason)
    agreed = [line.pk for line in lines if line.pk not in refused]
    _decide(lane, agreed, LineVerdict.AGREED, actor)
    take_duty(
        lane,
        Act.CONFIRMED,
        actor,
        result="拒绝" if all_refused else (f"部分同意（拒绝 {len(refused)} 个）" if refused else "同意"),
        reason=_reason(reason),
    )
    move(
        lane,
        after,
        AuditAction.LaneRefused if all_refused else AuditAction.LaneAgreed,
        actor,
        reason=reason or "；".join(dict.fromkeys(refused.values())),
        agreed=len(agreed),
        refused=len(refused),
    )
    if all_refused:
        end(
            lane,
            actor,
            f"{lane.decider}拒绝了需求 {lane.demand.number} 的全部 {len(lines)} 个点位，请查看理由。",
        )
    else:
        _tell_who_acts_next(lane)
    return lane


@transaction.atomic
def review_lane(*, actor: Person, lane: Lane, approve: bool, reason: str = "") -> Lane:
    """大数据局审核 (§6.5): approve what the source agreed to, or reject the lane with a reason.

    Approval sends `lane_approved`, from which the work order comes. Raises Invalid, Conflict.
    """
    authorise(actor, Permission.ReviewLane, lane)
    lane = lock_lane(lane)
    after = flow.advance(lane.state, "approve" if approve else "reject")
    reason = _reason(reason, None if approve else "请填写审核不通过的理由，需求部门将看到该理由。")
    if approve and lane.demand.period_until < clock.today():
        raise Conflict("该需求的使用期限已过，不能再审核通过；请填写理由后选择不通过。")
    agreed = list(
        lane.lines.select_for_update().filter(verdict=LineVerdict.AGREED).values_list("pk", flat=True)
    )
    verdict = LineVerdict.APPROVED if approve else LineVerdict.REJECTED
    _decide(lane, agreed, verdict, actor, reason="" if approve else reason)
    take_duty(lane, Act.REVIEWED, actor, result="通过" if approve else "不通过", reason=reason)
    action = AuditAction.LaneApproved if approve else AuditAction.LaneRejected
    move(lane, after, action, actor, reason=reason, lines=len(agreed))
    if approve:
        lane_approved.send(Lane, lane=lane, actor=actor)
        _tell_who_acts_next(lane)
    else:
        end(lane, actor, f"大数据局未通过需求 {lane.demand.number}（{lane.decider}），理由：{reason}")
    return lane


@transaction.atomic
def withdraw_demand(*, actor: Person, demand: Demand, reason: str) -> Demand:
    """Take a demand back: every lane that is not in use or ended yet. Raises Invalid, Conflict."""
    authorise(actor, Permission.WithdrawDemand, demand)
    demand = lock_demand(demand)
    reason = _reason(reason, "请填写撤回理由。")
    if demand.state == DemandState.DRAFT:
        raise Conflict("草稿尚未提交，无需撤回。")
    lanes = [lock_lane(lane) for lane in demand.lanes.order_by("id")]
    open_lanes = [lane for lane in lanes if flow.allows(lane.state, "withdraw")]
    if not open_lanes:
        raise Conflict(f"该需求当前为“{demand.get_state_display()}”，已不能撤回。")
    for lane in open_lanes:
        waiting = people_to_act(lane)
        open_lines = lane.lines.filter(
            verdict__in=[LineVerdict.OPEN, LineVerdict.AGREED, LineVerdict.APPROVED]
        )
        open_lines.update(verdict=LineVerdict.VOID)
        move(lane, flow.advance(lane.state, "withdraw"), AuditAction.DemandWithdrawn, actor, reason=reason)
        lane_ended.send(Lane, lane=lane, actor=actor)
        notify(
            waiting,
            f"{demand.department.name}撤回了需求 {demand.number}（{lane.decider}），无需再办理。",
            demand.get_absolute_url(),
        )
    demand.refresh_from_db(fields=["state"])
    return demand


@transaction.atomic
def reveal_demand_phone(*, actor: Person, demand: Demand, reason: str) -> str:
    """The contact's phone number in full, for a reason that is recorded (§10). Raises Invalid."""
    authorise(actor, Permission.UnmaskPhone, demand)
    reason = _reason(reason, "请填写查看原因，原因将被登记。")
    record(AuditAction.DemandPhoneRevealed, actor=actor, thing=demand, reason=reason)
    return str(demand.phone)


# The rest is called by the room of work orders, in its transaction and after its own authorisation.


def note_delivery(*, line: DemandLine, result: DeliveryResult, reason: str = "") -> None:
    """Keep on the line what the operator recorded. The lane must be locked."""
    line.delivery_result, line.delivery_reason = result, reason
    line.save(update_fields=["delivery_result", "delivery_reason"])


@transaction.atomic
def finish_delivery(lane: Lane, actor: Person) -> Lane:
    """实施 is done: every approved line has a result; the lane ends when nothing could be switched on."""
    lane = lock_lane(lane)
    lines = list(lane.lines.filter(verdict=LineVerdict.APPROVED))
    if any(line.delivery_result == DeliveryResult.OPEN for line in lines):
        raise Conflict("还有点位没有登记实施结果，请先逐个登记。")
    delivered = sum(line.delivery_result == DeliveryResult.DELIVERED for line in lines)
    after = flow.advance(lane.state, "finish_delivery" if delivered else "terminate")
    result = f"开通 {delivered} / {len(lines)} 个" if delivered else "全部无法开通"
    take_duty(lane, Act.DELIVERED, actor, result=result)
    action = AuditAction.LaneDelivered if delivered else AuditAction.LaneTerminated
    move(
        lane, after, action, actor, reason="" if delivered else result, delivered=delivered, lines=len(lines)
    )
    if not delivered:
        end(
            lane,
            actor,
            f"需求 {lane.demand.number}（{lane.decider}）的点位全部无法开通，已终止，请查看原因。",
        )
    return lane


@transaction.atomic
def accept_lane(lane: Lane, actor: Person) -> Lane:
    """验收 passed (§7.2): the lane is in use."""
    lane = lock_lane(lane)
    after = flow.advance(lane.state, "accept")
    take_duty(lane, Act.ACCEPTED, actor, result="验收通过")
    move(lane, after, AuditAction.LaneAccepted, actor)
    demand = lane.demand
    notify(
        [*requesters(demand.department), *demand.viewers.filter(is_active=True)],
        f"需求 {demand.number}（{lane.decider}）已验收通过，可以使用；请在使用后给出满意度评价。",
        demand.get_absolute_url(),
    )
    return lane


@transaction.atomic
def fail_acceptance(lane: Lane, actor: Person, reason: str) -> Lane:
    """验收 failed: back to the operators, all lines open again. Raises Invalid without a reason."""
    lane = lock_lane(lane)
    after = flow.advance(lane.state, "fail_acceptance")
    reason = _reason(reason, "请填写验收不通过的理由，运维团队将按此整改。")
    lane.lines.filter(verdict=LineVerdict.APPROVED).update(
        delivery_result=DeliveryResult.OPEN, delivery_reason=""
    )
    take_duty(lane, Act.ACCEPTED, actor, result="验收不通过", reason=reason)
    move(lane, after, AuditAction.LaneFailedAcceptance, actor, reason=reason)
    return lane


def _check(thing: BusinessCategory | BusinessItem) -> None:
    try:
        thing.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid("；".join(messages), field="name" if field == "__all__" else field) from None


def _fill(demand: Demand, content: DemandContent) -> None:
    stream = content["type"] == DemandType.STREAM
    demand.item, demand.point_list, demand.type = content["item"], content["point_list"], content["type"]
    demand.way = content["way"] if stream else None
    demand.live, demand.history = stream and content["live"], stream and content["history"]
    demand.object_kinds = [] if stream else [str(kind) for kind in content.get("object_kinds", ())]
    demand.purpose = content["purpose"].strip()
    demand.period_from, demand.period_until = content["period_from"], content["period_until"]
    demand.contact, demand.phone = content["contact"].strip(), content["phone"].strip()
    demand.save()
    demand.viewers.set(content["viewers"])


def _lock_draft(demand: Demand) -> Demand:
    demand = lock_demand(demand)
    if demand.state != DemandState.DRAFT:
        raise Conflict(f"需求 {demand.number} 已经提交，不能再修改或重复提交。")
    return demand


def _make_lanes(demand: Demand, cameras: Collection[Camera]) -> list[Lane]:
    """One lane of all unconditional lines, and one per source department for the others."""
    parts: dict[Department | None, list[Camera]] = defaultdict(list)
    for camera in cameras:
        unconditional = camera.sharing_level == SharingLevel.UNCONDITIONAL
        parts[None if unconditional else camera.source_department].append(camera)
    lanes = []
    for department, members in sorted(parts.items(), key=lambda part: part[0].code if part[0] else ""):
        lane = Lane.objects.create(
            demand=demand,
            source_department=department,
            state=LaneState.CONFIRMING,
            entered_at=clock.now(),
        )
        DemandLine.objects.bulk_create(
            DemandLine(
                demand=demand,
                lane=lane,
                camera=camera,
                path=path_by(camera, demand.way),
                sharing_level=camera.sharing_level,
                source_department=camera.source_department,
            )
            for camera in members
        )
        lanes.append(lane)
    return lanes


def _agree_as_system(lane: Lane) -> None:
    """§6.3b: what is shared without condition is agreed at once."""
    lines = list(lane.lines.values_list("pk", flat=True))
    _decide(lane, lines, LineVerdict.AGREED, None)
    take_duty(lane, Act.CONFIRMED, None, result=SYSTEM_AGREED)
    after = flow.advance(lane.state, "agree")
    move(lane, after, AuditAction.LaneAgreed, None, reason=SYSTEM_AGREED, agreed=len(lines))


def _refuse_lines(actor: Person, lines: list[DemandLine], refused: Mapping[int, str], common: str) -> None:
    if refused.keys() - {line.pk for line in lines}:
        raise Invalid("拒绝的点位不在本次待确认的范围内，请刷新页面后重新选择。", field="refused")
    reasons: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        if line.pk in refused:
            sentence = f"请填写拒绝“{line.camera.name}”的理由，需求部门将看到该理由。"
            reasons[_reason(refused[line.pk] or common, sentence)].append(line.pk)
    for reason, line_ids in reasons.items():
        _decide(lines[0].lane, line_ids, LineVerdict.REFUSED, actor, reason=reason)


def _decide(
    lane: Lane, line_ids: Collection[int], verdict: LineVerdict, actor: Person | None, *, reason: str = ""
) -> None:
    lane.lines.filter(pk__in=line_ids).update(
        verdict=verdict, decided_by=actor, decided_at=clock.now(), reason=reason
    )


def _reason(text: str, needed: str | None = None) -> str:
    """A reason as it is kept. Raises Invalid with the sentence `needed` when it is empty."""
    text = text.strip()
    if needed and not text:
        raise Invalid(needed, field="reason")
    if len(text) > LONGEST_REASON:
        raise Invalid(f"理由不能超过 {LONGEST_REASON} 个字，请精简。", field="reason")
    return text


_ASKS = {
    LaneState.CONFIRMING: (
        "demand:confirm_lane",
        "{department}的需求 {number} 请您确认：{count} 个点位（{decider}）。",
    ),
    LaneState.REVIEWING: (
        "demand:review_lane",
        "{department}的需求 {number} 待审核：{count} 个点位（{decider}）。",
    ),
}


def _tell_who_acts_next(lane: Lane) -> None:
    asks = _ASKS.get(LaneState(lane.state))
    if asks is None:
        return
    view, sentence = asks
    text = sentence.format(
        department=lane.demand.department.name,
        number=lane.demand.number,
        count=lane.lines.exclude(verdict=LineVerdict.REFUSED).count(),
        decider=lane.decider,
    )
    notify(people_to_act(lane), text, reverse(view, args=[lane.pk]))
