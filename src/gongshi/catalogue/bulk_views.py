"""批量编目: choosing points, changing them alike, withdrawing them."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongshi.catalogue import queries
from gongshi.catalogue.bulk import MOST_POINTS
from gongshi.catalogue.bulk_actions import draft_alike, draft_withdrawal, look_at_alike
from gongshi.catalogue.bulk_forms import AlikeForm, WithdrawForm
from gongshi.catalogue.filters import CameraFilter
from gongshi.catalogue.models import Camera, Submission
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.selection import keys_matching
from gongshi.catalogue.tables import CameraTable
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.errors import GongshiError
from gongshi.kernel.lists import ListPage
from gongshi.kernel.pages import ActionFormView
from gongshi.kernel.problems import WorkbookRefused


class ChoosingTable(CameraTable):
    """The list of the catalogue with a tick in front of each row, for the form of its page."""

    chosen = tables.Column("选择", accessor="pk", orderable=False, attrs={"td": {"class": "check"}})

    class Meta(CameraTable.Meta):
        sequence = ("chosen", "...")

    def render_chosen(self, value: int, record: Camera) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" form="choosing" name="id" value="{}" '
            'aria-label="选择 {}" data-row>',
            value,
            record.name,
        )


class ChoosePoints(ListPage):
    """The points for which a person compiles: some of a page, or all that match the filter."""

    title = "批量编目"
    sub = "勾选点位，或对符合筛选条件的全部点位，批量修改或撤回"
    back_label = "视频资源目录"
    template_name = "catalogue/choose.html"
    permission = Permission.CompileFor
    table_class = ChoosingTable
    filterset_class = CameraFilter
    exports = ()
    empty_icon = "device-cctv"
    empty_title = "没有由您编目的点位"
    empty_text = "已发布的本部门和所主管单位的点位会列在这里。"

    def back_url(self) -> str:
        return reverse("catalogue:cameras")

    def get_queryset(self) -> QuerySet[Camera]:
        found = queries.cameras_compiled_by(signed_in(self.request))
        return found.select_related("owner", "source_department")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        conditions = self.request.GET.copy()
        for name in ("page", "sort", "per_page"):
            conditions.pop(name, None)
        given = [(name, value) for name, values in conditions.lists() for value in values]
        return super().get_context_data(**context, conditions=given, most=MOST_POINTS)


class _ChosenPoints(ActionFormView):
    """A form about points that the address names: `id` of each, or `all` that match the filter in it."""

    permission = Permission.CompileFor
    back_label = "批量编目"

    @cached_property
    def keys(self) -> list[int]:
        given = self.request.GET or self.request.POST
        if "all" in given:
            return keys_matching(signed_in(self.request), given)
        return [int(key) for key in given.getlist("id") if key.isdecimal() and len(key) < 18]

    @property
    def sub(self) -> str:  # type: ignore[override]
        more = len(self.keys) > MOST_POINTS
        count = f"{MOST_POINTS}+" if more else str(len(self.keys))
        return f"已选择 {count} 个点位，保存后进入草稿，再提交审核"

    def back_url(self) -> str:
        return reverse("catalogue:choose")

    def drafted(self, drafts: Iterable[Submission], verb: str) -> tuple[str, str]:
        """What is said, and where to go: to the draft, or to all of them when there are several."""
        found = list(drafts)
        numbers = "、".join(draft.number for draft in found)
        one = reverse("catalogue:submission", args=[found[0].pk])
        url = one if len(found) == 1 else reverse("catalogue:submissions")
        return f"{verb}已放入草稿 {numbers}，提交后由大数据局审核。", url


class EditAlike(_ChosenPoints):
    """First a look at what would differ, then into the drafts."""

    title = "批量修改"
    verb = "查看影响"
    template_name = "catalogue/alike.html"
    form_class = AlikeForm

    @cached_property
    def names(self) -> DepartmentNames:
        return DepartmentNames.load()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"names": self.names}

    def form_valid(self, form: AlikeForm) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def show_refusal(self, form: AlikeForm, error: GongshiError) -> None:
        if isinstance(error, WorkbookRefused):
            form.refuse(error)
        else:
            super().show_refusal(form, error)

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str] | HttpResponse:
        actor, cells = signed_in(self.request), self.form.cells
        if "save" not in self.request.POST:
            found = look_at_alike(actor=actor, camera_ids=self.keys, cells=cells)
            return self.render_to_response(self.get_context_data(form=self.form, found=found))
        drafts = draft_alike(
            actor=actor, camera_ids=self.keys, cells=cells, ground=cleaned["ground"], seen=cleaned["seen"]
        )
        return self.drafted(drafts, f"{cleaned['seen'] or len(self.keys)} 个点位的修改")


class WithdrawPoints(_ChosenPoints):
    title = "批量撤回"
    verb = "放入草稿"
    template_name = "catalogue/withdraw.html"
    form_class = WithdrawForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        drafts = draft_withdrawal(
            actor=signed_in(self.request), camera_ids=self.keys, ground=cleaned["ground"]
        )
        return self.drafted(drafts, f"{len(self.keys)} 个点位的撤回")


class WithdrawCamera(_ChosenPoints):
    """撤回 of one point, from its own page."""

    title = "撤回点位"
    verb = "放入草稿"
    template_name = "catalogue/withdraw.html"
    form_class = WithdrawForm

    @cached_property
    def camera(self) -> Camera:
        visible = queries.cameras_visible_to(signed_in(self.request)).select_related("source_department")
        return get_object_or_404(visible, code=self.kwargs["code"])

    def thing(self) -> Department:
        return self.camera.source_department

    @property
    def sub(self) -> str:  # type: ignore[override]
        return str(self.camera)

    @property
    def back_label(self) -> str:  # type: ignore[override]
        return self.camera.name

    def back_url(self) -> str:
        return reverse("catalogue:camera", args=[self.camera.code])

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        actor, keys = signed_in(self.request), [self.camera.pk]
        drafts = draft_withdrawal(actor=actor, camera_ids=keys, ground=cleaned["ground"])
        return self.drafted(drafts, f"{self.camera.name} 的撤回")
