"""常用筛选: saving what a list shows, and keeping what was saved."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.functional import cached_property

from gongshi.identity.signed_in import signed_in
from gongshi.kernel.lists import ListPage
from gongshi.kernel.pages import ActionFormView
from gongshi.saved_filters import queries
from gongshi.saved_filters.actions import change_filter, remove_filter, save_filter
from gongshi.saved_filters.conditions import kept
from gongshi.saved_filters.filters import SavedFilterFilter
from gongshi.saved_filters.forms import ChangeFilterForm, SaveFilterForm
from gongshi.saved_filters.models import SavedFilter
from gongshi.saved_filters.rules import Permission
from gongshi.saved_filters.tables import SavedFilterTable

TITLE = "常用筛选"


class SavedFilterList(ListPage):
    title = TITLE
    sub = "我保存的，和本部门共享的"
    permission = Permission.ReadFilters
    table_class = SavedFilterTable
    filterset_class = SavedFilterFilter
    empty_icon = "bookmark"
    empty_title = "还没有常用筛选"
    empty_text = "在任一列表中选好条件，用列表上方的“常用筛选”保存。"

    def get_queryset(self) -> QuerySet[SavedFilter]:
        return queries.filters_known_to(signed_in(self.request))


class SaveFilter(ActionFormView):
    """What the menu of a list sends; shown as a page of its own only when the action refuses."""

    title = "保存筛选"
    back_label = "返回列表"
    permission = Permission.SaveFilter
    form_class = SaveFilterForm
    http_method_names = ["post", "options"]

    def thing(self) -> str:
        return self.request.POST.get("list_name", "")

    def back_url(self) -> str:
        conditions = self.request.POST.get("conditions", "")
        return _list_address(self.thing(), self.request.POST.get("path", ""), conditions)

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        path = cleaned.pop("path")
        saved = save_filter(actor=signed_in(self.request), **cleaned)
        shared = "，本部门的人员都可使用" if saved.is_shared else ""
        address = _list_address(saved.list_name, path, saved.conditions)
        return f"已保存筛选“{saved.name}”{shared}。", address


class _OneFilter(ActionFormView):
    """A page about one saved filter of those that this person knows."""

    back_label = TITLE

    @cached_property
    def saved(self) -> SavedFilter:
        return get_object_or_404(queries.filters_known_to(signed_in(self.request)), pk=self.kwargs["pk"])

    def thing(self) -> SavedFilter:
        return self.saved

    def back_url(self) -> str:
        return reverse("saved_filters:list")


class ChangeFilter(_OneFilter):
    title = "修改常用筛选"
    permission = Permission.ChangeFilter
    form_class = ChangeFilterForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.saved.name, "is_shared": self.saved.is_shared}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        saved = change_filter(actor=signed_in(self.request), saved=self.saved, **cleaned)
        return f"已修改筛选“{saved.name}”。", self.back_url()


class RemoveFilter(_OneFilter):
    verb = "删除"
    permission = Permission.RemoveFilter
    form_class = forms.Form

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"删除常用筛选“{self.saved.name}”"

    @property
    def sub(self) -> str:  # type: ignore[override]
        return "本部门的其他人员也将不能再使用" if self.saved.is_shared else ""

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        remove_filter(actor=signed_in(self.request), saved=self.saved)
        return f"已删除筛选“{self.saved.name}”。", self.back_url()


def _list_address(list_name: str, path: str, conditions: str) -> str:
    """The list so filtered: at `path` where that is this list, for a list of parts has many addresses."""
    try:
        here = resolve(path)
        is_there = here.view_name == list_name
        place = reverse(list_name, args=here.args, kwargs=here.kwargs) if is_there else reverse(list_name)
    except (Resolver404, NoReverseMatch):
        return reverse("saved_filters:list")
    return f"{place}?{kept(conditions)}"
