"""整改: the list, one order with its steps, and the forms that take it further."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from gongshi.audit.queries import events_of
from gongshi.catalogue.models import Camera
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.lists import ListPage
from gongshi.kernel.pages import ActionFormView
from gongshi.rectification import actions, forms, queries
from gongshi.rectification.codes import OrderState
from gongshi.rectification.filters import OrderFilter
from gongshi.rectification.models import Order
from gongshi.rectification.rules import Permission
from gongshi.rectification.tables import STATE_TONES, OrderTable


class OrderList(ListPage):
    title = "整改"
    sub = "建设、管理、运维单位整改，复检合格后由大数据局销号"
    permission = Permission.ReadOrders
    table_class = OrderTable
    filterset_class = OrderFilter
    empty_icon = "tool"
    empty_title = "没有整改单"
    empty_text = "质量检测连续异常，或大数据局发起整改时，整改单会出现在这里。"

    def get_queryset(self) -> QuerySet[Order]:
        return queries.orders_visible_to(signed_in(self.request))


@require_safe
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    """One order: what is wrong, who mends it, what was done, and what this person may do next."""
    person = signed_in(request)
    order = _order(request, number)
    is_open = order.state == OrderState.OPEN
    context = {
        "order": order,
        "tone": STATE_TONES[order.state],
        "events": events_of(Q(object_type=Order._meta.label_lower, object_id=str(order.pk))),
        "may_answer": may(person, Permission.Answer, order) and (is_open or order.state == OrderState.MENDED),
        "may_close": may(person, Permission.Close, order) and order.state != OrderState.CLOSED,
    }
    return render(request, "rectification/order.html", context)


class OpeningPage(ActionFormView):
    """发起整改 for one point."""

    title = "发起整改"
    verb = "发起整改"
    back_label = "视频点位"
    permission = Permission.Open
    form_class = forms.OpeningForm

    @cached_property
    def camera(self) -> Camera:
        return queries.camera_of(signed_in(self.request), self.kwargs["code"])

    @property
    def sub(self) -> str:  # type: ignore[override]
        return str(self.camera)

    def back_url(self) -> str:
        return reverse("catalogue:camera", kwargs={"code": self.camera.code})

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        order = actions.open_order(actor=signed_in(self.request), camera=self.camera, **cleaned)
        return f"已发起整改 {order.number}，责任单位会收到通知。", order.get_absolute_url()


class _StepPage(ActionFormView):
    """A form that takes one order a step further."""

    back_label = "整改单"

    @cached_property
    def order(self) -> Order:
        return _order(self.request, self.kwargs["number"])

    def thing(self) -> Order:
        return self.order

    @property
    def sub(self) -> str:  # type: ignore[override]
        return f"{self.order.number} · {self.order.camera}"

    def back_url(self) -> str:
        return self.order.get_absolute_url()


class AnswerPage(_StepPage):
    title = "答复整改"
    verb = "提交答复"
    permission = Permission.Answer
    form_class = forms.AnswerForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        order = actions.answer_order(actor=signed_in(self.request), order=self.order, **cleaned)
        return "答复已提交。", order.get_absolute_url()


class ClosingPage(_StepPage):
    title = "销号"
    verb = "销号"
    permission = Permission.Close
    form_class = forms.ClosingForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        order = actions.close_order(actor=signed_in(self.request), order=self.order, **cleaned)
        return f"整改单 {order.number} 已销号。", order.get_absolute_url()


def _order(request: HttpRequest, number: str) -> Order:
    person = signed_in(request)
    authorise(person, Permission.ReadOrders)
    return queries.one_of(queries.orders_visible_to(person), number)
