"""Every step of a rectification order, from being opened to being closed (§5.2)."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Department, Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.numbering import next_number
from gongshi.kernel.working_days import working_days_after
from gongshi.notices.actions import notify
from gongshi.quality.actions import inspect_again
from gongshi.quality.codes import Outcome
from gongshi.quality.diagnosis.faults import LABELS
from gongshi.quality.models import Inspection
from gongshi.rectification.codes import Capacity, OrderState, Urging
from gongshi.rectification.models import DESCRIPTION_LENGTH, Addressee, Order
from gongshi.rectification.policy import TERM_DAYS
from gongshi.rectification.queries import answering_for, heads_of_addressees, those_who_answer
from gongshi.rectification.rules import Permission


@transaction.atomic
def open_order(
    *,
    actor: Person | None,
    camera: Camera,
    description: str,
    faults: Sequence[str] = (),
    cause: Inspection | None = None,
) -> Order:
    """Tell builder, manager and maintainer of a point to mend it; `actor` is None when a rule does.

    Raises Invalid, and Conflict when the point has an order already or is withdrawn.
    """
    if actor is not None:
        authorise(actor, Permission.Open)
    description = _text(description, "description", "请填写问题说明，写明需要整改的内容。")
    if unknown := set(faults) - LABELS.keys():
        raise Invalid(f"没有名为 {min(unknown)} 的异常，请重新选择。", field="faults")
    # Of two who open an order for one point the second finds the first one's.
    camera = Camera.objects.select_for_update(no_key=True, of=("self",)).get(pk=camera.pk)
    if camera.publication != Publication.PUBLISHED:
        raise Conflict(f"{camera} 已撤回，无需整改。")
    if there := Order.objects.filter(camera=camera).exclude(state=OrderState.CLOSED).first():
        raise Conflict(f"{camera} 已有未销号的整改单 {there.number}，请在该整改单中办理。")
    order = Order.objects.create(
        number=next_number("ZG"),
        camera=camera,
        source_department_id=camera.source_department_id,
        faults=list(faults),
        description=description,
        cause=cause,
        opened_by=actor,
        opened_at=clock.now(),
        due_on=working_days_after(clock.today(), TERM_DAYS.value()),
    )
    _address(order)
    record(
        AuditAction.RectificationOpened,
        actor=actor,
        thing=order,
        reason=description,
        after={"camera": camera.code, "faults": list(faults), "due_on": order.due_on.isoformat()},
    )
    notify(
        those_who_answer(order),
        f"整改通知 {order.number}：{camera.name}，请于 {order.due_on} 前完成。",
        order.get_absolute_url(),
    )
    return order


@transaction.atomic
def answer_order(*, actor: Person, order: Order, answer: str, is_mended: bool) -> Order:
    """Answer for the addressees that the actor speaks for; `is_mended` asks for the proof."""
    authorise(actor, Permission.Answer, order)
    order = _locked(order, OrderState.OPEN, OrderState.MENDED)
    answer = _text(answer, "answer", "请填写答复，写明已采取的措施或未完成的原因。")
    mine = answering_for(actor, order)
    if not mine:
        raise Forbidden("只有责任单位的数据专员可以答复。")
    Addressee.objects.filter(pk__in=[each.pk for each in mine]).update(
        answer=answer, answered_by=actor, answered_at=clock.now()
    )
    record(
        AuditAction.RectificationAnswered,
        actor=actor,
        thing=order,
        reason=answer,
        after={"departments": [each.department.name for each in mine], "mended": is_mended},
    )
    if is_mended and order.state == OrderState.OPEN:
        order.mended_at = clock.now()
        _change_state(order, OrderState.MENDED, "mended_at")
        inspect_again(camera=order.camera)
        _tell_bureau(order, f"{order.number} {order.camera.name} 已报整改完成，正在复检。")
    return order


@transaction.atomic
def judge_order(*, order: Order, inspection: Inspection) -> Order:
    """Take what an inspection found after the point was said to be mended: proof, or open again."""
    order = Order.objects.select_for_update(of=("self",)).select_related("camera").get(pk=order.pk)
    is_later = order.mended_at is not None and inspection.at > order.mended_at
    if order.state != OrderState.MENDED or not is_later or inspection.outcome == Outcome.UNTESTED:
        return order
    found = {"inspection": inspection.pk, "faults": list(inspection.faults)}
    if inspection.outcome == Outcome.INTACT:
        order.proved_at = inspection.at
        _change_state(order, OrderState.PROVED, "proved_at")
        record(AuditAction.RectificationProved, actor=None, thing=order, after=found)
        _tell_bureau(order, f"{order.number} {order.camera.name} 复检合格，请销号。")
        return order
    order.mended_at, order.faults = None, list(inspection.faults)
    _change_state(order, OrderState.OPEN, "mended_at", "faults")
    record(AuditAction.RectificationDisproved, actor=None, thing=order, after=found)
    sentence = f"{order.number} {order.camera.name} 复检仍有异常（{order.fault_names}），请继续整改。"
    notify(those_who_answer(order), sentence, order.get_absolute_url())
    return order


@transaction.atomic
def close_order(*, actor: Person, order: Order, conclusion: str) -> Order:
    """销号, by the bureau; without a proof the conclusion says why none is needed."""
    authorise(actor, Permission.Close, order)
    order = _locked(order, OrderState.OPEN, OrderState.MENDED, OrderState.PROVED)
    conclusion = _text(conclusion, "conclusion", "请填写销号结论；未经复检合格的，请写明理由。")
    before = str(order.state)
    order.closed_by, order.closed_at, order.conclusion = actor, clock.now(), conclusion
    _change_state(order, OrderState.CLOSED, "closed_by", "closed_at", "conclusion")
    record(
        AuditAction.RectificationClosed,
        actor=actor,
        thing=order,
        reason=conclusion,
        before={"state": before},
        after={"state": order.state, "proved": order.proved_at is not None},
    )
    notify(those_who_answer(order), f"整改单 {order.number} 已销号：{conclusion}", order.get_absolute_url())
    return order


@transaction.atomic
def close_withdrawn(*, actor: Person | None, cameras: Mapping[int, str]) -> None:
    """A point that is withdrawn has nothing left to mend; `cameras` has the reason of each."""
    open_orders = Order.objects.exclude(state=OrderState.CLOSED).filter(camera__in=cameras)
    for order in open_orders.select_for_update(of=("self",)).order_by("camera_id"):
        order.closed_by, order.closed_at = actor, clock.now()
        order.conclusion = f"点位已撤回：{cameras[order.camera_id]}"[:DESCRIPTION_LENGTH]
        _change_state(order, OrderState.CLOSED, "closed_by", "closed_at", "conclusion")
        record(AuditAction.RectificationClosed, actor=actor, thing=order, reason=order.conclusion)


@transaction.atomic
def urge_order(*, order: Order, urging: Urging) -> bool:
    """Urge once: whether it was done now. Who is told depends on how late it is."""
    order = Order.objects.select_for_update(of=("self",)).select_related("camera").get(pk=order.pk)
    if order.state != OrderState.OPEN or order.urging >= urging:
        return False
    order.urging = urging
    order.save(update_fields=["urging"])
    record(AuditAction.RectificationUrged, actor=None, thing=order, after={"urging": urging.label})
    told, sentence = (
        list(those_who_answer(order)),
        f"整改单 {order.number} 将于 {order.due_on} 到期，请抓紧办理。",
    )
    if urging > Urging.REMINDED:
        sentence = f"整改单 {order.number} 已于 {order.due_on} 逾期，请立即办理。"
    if urging >= Urging.ESCALATED:
        told += heads_of_addressees(order)
    if urging >= Urging.REPORTED:
        told += holders(Role.BUREAU_ADMINISTRATOR)
    notify(told, sentence, order.get_absolute_url())
    return True


@transaction.atomic
def take_over_orders(*, actor: Person | None, department: Department, into: Department, reason: str) -> int:
    """What a department that became part of another had to mend is that one's now; gives how many orders."""
    orders = Order.objects.exclude(state=OrderState.CLOSED).select_for_update(of=("self",)).order_by("pk")
    mending = Addressee.objects.filter(department=department).values("order")
    found = list(orders.filter(pk__in=mending))
    for order in found:
        _address(order, instead_of=department, into=into)
        record(
            AuditAction.RectificationTakenOver,
            actor=actor,
            thing=order,
            reason=reason,
            before={"department": department.name},
            after={"department": into.name},
        )
    orders.filter(source_department=department).update(source_department=into)
    return len(found)


def _address(order: Order, *, instead_of: Department | None = None, into: Department | None = None) -> None:
    """Name who is to mend the point; a department that is it in several ways stands once."""
    if instead_of and into:
        ours = order.addressees.get(department=instead_of)
        there = order.addressees.filter(department=into).first()
        if there is None:
            ours.department = into
            ours.save(update_fields=["department"])
            return
        there.capacities = [each for each in Capacity.values if each in {*there.capacities, *ours.capacities}]
        there.save(update_fields=["capacities"])
        ours.delete()
        return
    capacities: dict[int, list[str]] = {}
    for capacity in Capacity:
        capacities.setdefault(getattr(order.camera, f"{capacity.value}_id"), []).append(capacity.value)
    Addressee.objects.bulk_create(
        Addressee(order=order, department_id=department, capacities=each)
        for department, each in capacities.items()
    )


def _change_state(order: Order, state: OrderState, *also: str) -> None:
    order.state = state
    order.save(update_fields=["state", *also])


def _tell_bureau(order: Order, sentence: str) -> None:
    notify(holders(Role.BUREAU_ADMINISTRATOR), sentence, order.get_absolute_url())


def _locked(order: Order, *states: OrderState) -> Order:
    # The point first, as an inspection does that notes its status and then finds the order.
    Camera.objects.select_for_update(no_key=True, of=("self",)).get(pk=order.camera_id)
    order = Order.objects.select_for_update(of=("self",)).select_related("camera").get(pk=order.pk)
    if order.state not in states:
        raise Conflict(f"整改单 {order.number} {order.get_state_display()}，不能再办理此步。请刷新页面查看。")
    return order


def _text(text: str, field: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(missing, field=field)
    if len(text) > DESCRIPTION_LENGTH:
        raise Invalid(f"不能超过 {DESCRIPTION_LENGTH} 个字，请精简后再提交。", field=field)
    return text
