"""编目导入: a file on its way into a submission, as pages."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from gongshi.catalogue import import_storage
from gongshi.catalogue.forms import SubmitForm
from gongshi.catalogue.import_actions import (
    MAY_BE_ASSIGNED,
    ask_import,
    assign_columns,
    confirm_import,
    give_up_import,
    take_out_copy,
)
from gongshi.catalogue.import_forms import ColumnsForm, ConfirmForm
from gongshi.catalogue.import_models import Import, ImportRow, ImportState, PieceKind
from gongshi.catalogue.import_queries import imports_visible_to
from gongshi.catalogue.import_tables import (
    STATE_TONES,
    ImportFilter,
    ImportRowFilter,
    ImportRowTable,
    ImportTable,
)
from gongshi.catalogue.rules import Permission
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.exporting import as_file
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView


class SubmitWorkbook(ActionFormView):
    title = "编目提交"
    sub = "上传点位文件，检查并确认后提交大数据局审核"
    verb = "上传并检查"
    back_label = "视频资源目录"
    template_name = "catalogue/submit.html"
    permission = Permission.CompileFor
    form_class = SubmitForm

    def back_url(self) -> str:
        return reverse("catalogue:cameras")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": signed_in(self.request)}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        file = cleaned.pop("file")
        whole, is_new = ask_import(
            actor=signed_in(self.request), file=file, file_name=file.name or "", **cleaned
        )
        sentence = (
            "文件已上传，正在检查；可离开本页，检查完成后会有消息提醒。"
            if is_new
            else f"同一文件已由{whole.asked_by.name}上传，为您打开该次导入。"
        )
        return sentence, reverse("catalogue:import", args=[whole.pk])


class ImportList(ListPage):
    title = "编目导入"
    sub = "上传的点位文件及其检查结果"
    back_label = "编目提交"
    permission = Permission.CompileFor
    table_class = ImportTable
    filterset_class = ImportFilter
    empty_icon = "upload"
    empty_title = "还没有上传过文件"
    empty_text = "在“编目提交”上传点位文件后，检查结果会列在这里。"

    def back_url(self) -> str:
        return reverse("catalogue:submit")

    def get_queryset(self) -> QuerySet[Import]:
        return imports_visible_to(signed_in(self.request))


def visible_import(request: HttpRequest, pk: int) -> Import:
    """An import of a department for which this person compiles; others do not exist for him."""
    authorise(signed_in(request), Permission.CompileFor)
    return get_object_or_404(imports_visible_to(signed_in(request)), pk=pk)


class ImportPage(ListPage):
    """One import: how far it is, what was found, what can be done, and every row before and after."""

    template_name = "catalogue/import.html"
    permission = Permission.CompileFor
    back_label = "编目导入"
    table_class = ImportRowTable
    filterset_class = ImportRowFilter
    empty_icon = "table"
    empty_title = "没有可显示的行"
    empty_text = "检查完成后逐行列出；提交后只保留有误的行。"

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        self.whole = visible_import(request, options["pk"])
        return super().dispatch(request, *arguments, **options)

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"编目导入 {self.whole.pk}"

    @property
    def sub(self) -> str:  # type: ignore[override]
        return self.whole.file_name

    def back_url(self) -> str:
        return reverse("catalogue:imports")

    def get_queryset(self) -> QuerySet[ImportRow]:
        if self.whole.is_running:
            return ImportRow.objects.none()
        return ImportRow.objects.filter(whole=self.whole)

    def get_table_kwargs(self) -> dict[str, Any]:
        return super().get_table_kwargs() | {"names": DepartmentNames.load()}

    def page_actions(self) -> Iterable[PageAction]:
        if self.whole.has_copy and self._is_own:
            url = reverse("catalogue:import_copy", args=[self.whole.pk])
            yield PageAction("下载标注副本", url, "download")
        if self.whole.state in MAY_BE_ASSIGNED and self._is_own:
            yield PageAction("列对应", reverse("catalogue:import_columns", args=[self.whole.pk]), "columns-3")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        whole = self.whole
        return super().get_context_data(**context) | {
            "whole": whole,
            "tone": STATE_TONES[whole.state],
            "percent": min(100, 100 * whole.rows_done // max(whole.rows_expected, 1)),
            "is_own": self._is_own,
            "awaits_copy": self._is_own
            and whole.state == ImportState.CHECKED
            and bool(whole.faulty or whole.doubtful)
            and not whole.has_copy,
            "may_give_up": (whole.is_open or whole.state == ImportState.FAILED)
            and whole.state != ImportState.HANDING_IN,
            "form": ConfirmForm()
            if self._is_own and whole.state == ImportState.CHECKED and whole.differences
            else None,
        }

    def render_to_response(  # type: ignore[override]
        self, context: dict[str, Any], **options: Any
    ) -> HttpResponseBase:
        """A page that watches is told to load itself anew when the work is done."""
        if self.request.headers.get("HX-Request") and not self.whole.is_running:
            return HttpResponseClientRefresh()
        return super().render_to_response(context, **options)

    @property
    def _is_own(self) -> bool:
        return may(signed_in(self.request), Permission.ConfirmImport, self.whole)


class ConfirmImport(ActionFormView):
    title = "确认提交"
    verb = "确认提交"
    back_label = "返回导入"
    permission = Permission.ConfirmImport
    form_class = ConfirmForm

    def thing(self) -> Import:
        return visible_import(self.request, self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("catalogue:import", args=[self.kwargs["pk"]])

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        confirm_import(actor=signed_in(self.request), whole=self.thing(), **cleaned)
        return "已确认，正在提交；完成后会有消息提醒。", self.back_url()


class AssignColumns(ActionFormView):
    title = "列对应"
    sub = "文件中的列名与目录的列不同时，在此指定；本部门以后的文件自动沿用"
    verb = "保存并重新检查"
    back_label = "返回导入"
    permission = Permission.ConfirmImport
    form_class = ColumnsForm
    template_name = "catalogue/import_columns.html"

    def thing(self) -> Import:
        return visible_import(self.request, self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("catalogue:import", args=[self.kwargs["pk"]])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"whole": self.thing()}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        assign_columns(actor=signed_in(self.request), whole=self.thing(), **cleaned)
        return "列对应已保存，正在重新检查。", self.back_url()


@require_POST
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    give_up_import(actor=signed_in(request), whole=visible_import(request, pk))
    messages.success(request, "已放弃该次导入，上传的文件已删除。")
    return redirect("catalogue:import", pk)


@require_safe
def download_copy(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The annotated copy, for who uploaded the file and for nobody else: it holds the same passwords."""
    whole = visible_import(request, pk)
    take_out_copy(actor=signed_in(request), whole=whole)
    return as_file(StreamingHttpResponse(import_storage.stream(whole, PieceKind.COPY)), "xlsx", "标注副本")
