"""系统管理: what the installation may set, and who set it."""

from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.lists import ListPage
from gongshi.kernel.pages import ActionFormView
from gongshi.kernel.parameters import Parameter
from gongshi.parameters import queries
from gongshi.parameters.actions import set_parameter
from gongshi.parameters.filters import ParameterChangeFilter
from gongshi.parameters.forms import ParameterForm
from gongshi.parameters.models import ParameterChange
from gongshi.parameters.rules import Permission
from gongshi.parameters.tables import ParameterChangeTable

TITLE = "参数"


@require_safe
def list_parameters(request: HttpRequest) -> HttpResponse:
    """Every parameter with what is in force, room by room."""
    authorise(signed_in(request), Permission.ReadParameters)
    rooms = groupby(queries.in_force(), lambda each: queries.room_name(each.parameter))
    context = {
        "title": TITLE,
        "rooms": [(name, list(rows)) for name, rows in rooms],
        "may_set": may(request.user, Permission.SetParameter),
    }
    return render(request, "parameters/list.html", context)


class SetParameter(ActionFormView):
    back_label = TITLE
    verb = "修改参数"
    permission = Permission.SetParameter
    form_class = ParameterForm

    @property
    def parameter(self) -> Parameter:
        return queries.one_of(self.kwargs["key"])

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.parameter.label

    def back_url(self) -> str:
        return reverse("parameters:list")

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"parameter": self.parameter, "in_force": self.parameter.value()}
        return super().get_form_kwargs() | own

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        parameter = self.parameter
        change = set_parameter(actor=signed_in(self.request), parameter=parameter, **cleaned)
        return f"{parameter.label}已改为 {parameter.text(change.after)}，立即生效。", self.back_url()


class ParameterChangeList(ListPage):
    title = "参数修改记录"
    back_label = TITLE
    permission = Permission.ReadParameters
    table_class = ParameterChangeTable
    filterset_class = ParameterChangeFilter
    empty_icon = "history"
    empty_title = "还没有修改过参数"
    empty_text = "各项参数均为默认值。"

    def back_url(self) -> str:
        return reverse("parameters:list")

    def get_queryset(self) -> QuerySet[ParameterChange]:
        return queries.changes()
