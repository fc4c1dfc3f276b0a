"""Pages of work orders."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from gongshi.delivery import actions, forms, queries
from gongshi.delivery.filters import WorkOrderFilter
from gongshi.delivery.models import WorkOrder, WorkOrderState
from gongshi.delivery.rules import Permission
from gongshi.delivery.tables import WorkOrderTable
from gongshi.demand.duties import second_duties
from gongshi.demand.models import Act, Lane, LaneState
from gongshi.demand.queries import one_of
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import may
from gongshi.kernel.errors import Invalid
from gongshi.kernel.lists import ListPage
from gongshi.kernel.pages import ActionFormView


class OrderList(ListPage):
    title = "实施工单"
    sub = "审核通过后派发给运维团队"
    permission = Permission.ReadWorkOrders
    table_class = WorkOrderTable
    filterset_class = WorkOrderFilter
    empty_icon = "tool"
    empty_title = "还没有工单"
    empty_text = "大数据局审核通过后，工单会自动派发到这里。"

    def get_queryset(self) -> QuerySet[WorkOrder]:
        return queries.orders_visible_to(signed_in(self.request))


class Part(NamedTuple):
    """A lane on the page of its order; `held` says why this person may not accept it."""

    on_order: queries.LaneOnOrder
    rows: list[forms.Row]
    waits_for_me: bool
    held: str


class OrderPage(ActionFormView):
    """A work order: the operator records results here, the bureau accepts, the requester judges."""

    template_name = "delivery/order.html"
    permission = Permission.ReadWorkOrders
    form_class = forms.ResultsForm

    def thing(self) -> WorkOrder:
        return _order(self.request, self.kwargs["pk"])

    def back_url(self) -> str:
        """The list, or the demand for who may not see the list."""
        return reverse("delivery:orders") if self._reads_list() else self.thing().demand.get_absolute_url()

    def _reads_list(self) -> bool:
        return may(signed_in(self.request), Permission.ReadWorkOrders)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"order": self.thing()}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        order, person = self.thing(), signed_in(self.request)
        carries_out = may(person, Permission.CarryOut, order)
        return context | {
            "order": order,
            "demand": order.demand,
            "back_label": OrderList.title if self._reads_list() else "返回需求",
            "feedback": getattr(order, "feedback", None),
            "feedback_form": forms.FeedbackForm(),
            "reasons": forms.UNDELIVERABLE_REASONS,
            "failures": forms.FAILURE_REASONS,
            "may_claim": carries_out and order.state == WorkOrderState.ISSUED,
            "may_record": carries_out
            and order.state == WorkOrderState.IN_PROGRESS
            and order.claimed_by_id == person.pk,
            "parts": self._parts(context["form"], order, person),
            "may_judge": order.state == WorkOrderState.ACCEPTED
            and not hasattr(order, "feedback")
            and may(person, Permission.GiveFeedback, order),
        }

    def _parts(self, form: forms.ResultsForm, order: WorkOrder, person: Person) -> list[Part]:
        """The lanes of the order; those that wait for acceptance say whether this person may accept."""
        waiting = [part.lane for part in form.lanes if part.lane.state == LaneState.ACCEPTING]
        accepts = may(person, Permission.Accept, order)
        held = second_duties(waiting, Act.ACCEPTED, person) if accepts and waiting else {}
        return [
            Part(part, form.rows(part), accepts and part.lane in waiting, held.get(part.lane.pk, ""))
            for part in form.lanes
        ]

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        order, person = self.thing(), signed_in(self.request)
        with transaction.atomic():
            for line in cleaned["lines"]:
                actions.record_line(
                    actor=person, order=order, line=line, result=cleaned["result"], reason=cleaned["reason"]
                )
        return f"已登记 {len(cleaned['lines'])} 个点位的实施结果。", order.get_absolute_url()


@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """领取工单."""
    order = actions.claim_order(actor=signed_in(request), order=_order(request, pk))
    messages.success(request, f"已领取工单 {order.number}，请逐个点位实施并登记结果。")
    return redirect(order)


@require_POST
def accept(request: HttpRequest, pk: int, lane_pk: int) -> HttpResponse:
    """验收 of one lane: passed, or back to the operator with a reason."""
    person, order = signed_in(request), _order(request, pk)
    lane = one_of(Lane.objects.filter(lines__work_order_line__order=order).distinct(), lane_pk)
    if request.POST.get("verdict") == "passed":
        actions.accept_lane(actor=person, order=order, lane=lane)
        messages.success(request, f"{lane.decider}的点位已验收通过，授权已生效。")
    else:
        reason = request.POST.get("reason", "")
        actions.fail_acceptance(actor=person, order=order, lane=lane, reason=reason)
        messages.success(request, f"{lane.decider}的点位已退回重新实施。")
    return redirect(order)


@require_POST
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """满意度打分."""
    order = _order(request, pk)
    form = forms.FeedbackForm(request.POST)
    if not form.is_valid():
        raise Invalid("；".join(str(error) for errors in form.errors.values() for error in errors))
    actions.give_feedback(actor=signed_in(request), order=order, **form.cleaned_data)
    messages.success(request, "感谢评价，建议已转交大数据局和运维团队。")
    return redirect(order.demand)


def _order(request: HttpRequest, pk: int) -> WorkOrder:
    return one_of(queries.orders_visible_to(signed_in(request)), pk)
