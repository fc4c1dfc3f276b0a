"""告警: the list, one alert with its steps, and 我的告警说明 of who is asked."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_POST

from gongshi.alerts import actions, forms, queries
from gongshi.alerts.filters import AlertFilter
from gongshi.alerts.models import Alert, AlertState
from gongshi.alerts.rules import Permission
from gongshi.alerts.tables import STATE_TONES, AlertTable, ExplanationTable
from gongshi.audit.queries import events_of
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.lists import ListPage
from gongshi.kernel.pages import ActionFormView


class AlertList(ListPage):
    title = "告警"
    sub = "每条告警都有处理人和结论"
    permission = Permission.ReadAlerts
    table_class = AlertTable
    filterset_class = AlertFilter
    empty_icon = "shield-check"
    empty_title = "没有告警"
    empty_text = "登录、账号、接入方或审计封存出现异常时，告警会出现在这里。"

    def get_queryset(self) -> QuerySet[Alert]:
        return queries.alerts_visible_to(signed_in(self.request))


@require_GET
def alert_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: facts, steps, and what this person may do next."""
    person = signed_in(request)
    authorise(person, Permission.ReadAlerts)
    alert = _alert(request, pk)
    handles = may(person, Permission.Handle, alert)
    is_closed = alert.state == AlertState.CLOSED
    context = {
        "alert": alert,
        "tone": STATE_TONES[alert.state],
        "events": events_of(Q(object_type=Alert._meta.label_lower, object_id=str(alert.pk))),
        "may_take": handles and not is_closed and alert.handler is None,
        "may_work": handles and not is_closed and alert.handler_id == person.pk,
        "may_reopen": handles and is_closed,
    }
    return render(request, "alerts/alert.html", context)


@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """接手告警."""
    person = signed_in(request)
    authorise(person, Permission.ReadAlerts)
    alert = actions.take_over(actor=person, alert=_alert(request, pk))
    messages.success(request, "已接手该告警，请查明情况并填写处理结论。")
    return redirect(alert)


class _StepPage(ActionFormView):
    """A form that takes one alert a step further."""

    back_label = "告警"
    permission = Permission.Handle

    @cached_property
    def alert(self) -> Alert:
        authorise(signed_in(self.request), Permission.ReadAlerts)
        return _alert(self.request, self.kwargs["pk"])

    def thing(self) -> Alert:
        return self.alert

    @property
    def sub(self) -> str:  # type: ignore[override]
        return self.alert.sentence

    def back_url(self) -> str:
        return self.alert.get_absolute_url()


class QuestionPage(_StepPage):
    title = "要求说明"
    verb = "发送"
    form_class = forms.QuestionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"alert": self.alert}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        alert = actions.ask_explanation(actor=signed_in(self.request), alert=self.alert, **cleaned)
        return f"已请 {cleaned['explainer'].name} 说明。", alert.get_absolute_url()


class ConclusionPage(_StepPage):
    title = "关闭告警"
    verb = "关闭告警"
    form_class = forms.ConclusionForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        alert = actions.close_alert(actor=signed_in(self.request), alert=self.alert, **cleaned)
        return "告警已关闭。", alert.get_absolute_url()


class ReopeningPage(_StepPage):
    title = "重新打开告警"
    verb = "重新打开"
    form_class = forms.ReopeningForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        alert = actions.reopen_alert(actor=signed_in(self.request), alert=self.alert, **cleaned)
        return "告警已重新打开，由您处理。", alert.get_absolute_url()


class ExplanationList(ListPage):
    title = "我的告警说明"
    sub = "安全管理员请您说明的情况"
    permission = Permission.ReadOwn
    table_class = ExplanationTable
    empty_icon = "shield-check"
    empty_title = "没有需要说明的告警"

    def get_queryset(self) -> QuerySet[Alert]:
        return queries.alerts_to_explain(signed_in(self.request))


class ExplanationPage(ActionFormView):
    """Who is asked reads what happened and answers."""

    template_name = "alerts/explanation.html"
    title = "告警说明"
    verb = "提交说明"
    back_label = "我的告警说明"
    permission = Permission.Explain
    form_class = forms.ExplanationForm

    @cached_property
    def alert(self) -> Alert:
        return queries.one_of(queries.alerts_to_explain(signed_in(self.request)), self.kwargs["pk"])

    def thing(self) -> Alert:
        return self.alert

    def back_url(self) -> str:
        return reverse("alerts:mine")

    def get_initial(self) -> dict[str, Any]:
        return {"explanation": self.alert.explanation}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            **context,
            alert=self.alert,
            tone=STATE_TONES[self.alert.state],
            is_closed=self.alert.state == AlertState.CLOSED,
        )

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        actions.explain(actor=signed_in(self.request), alert=self.alert, **cleaned)
        return "已提交说明，处理人会看到。", self.back_url()


def _alert(request: HttpRequest, pk: int) -> Alert:
    return queries.one_of(queries.alerts_visible_to(signed_in(request)), pk)
