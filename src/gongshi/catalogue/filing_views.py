"""备案: the filing sheets of construction units (Order 799 Art. 14)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongshi.catalogue.filing_actions import note_sheet_taken_out, record_filing
from gongshi.catalogue.filing_queries import (
    changes_since,
    filings_of,
    last_filing,
    points_of,
    summary_of,
    units_visible_to,
    with_states,
    withdrawn_since,
)
from gongshi.catalogue.filing_sheet import TITLE, days_in_words, sheet_rows
from gongshi.catalogue.filing_tables import FiledPointFilter, UnitFilter, UnitPointTable, UnitTable
from gongshi.catalogue.models import Camera
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department, Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.exporting import as_file
from gongshi.kernel.lists import PAGE_SIZE, CountedPages, ListPage, PageAction
from gongshi.kernel.pages import ActionFormView
from gongshi.kernel.sheet_stream import xlsx_stream

MOST_WITHDRAWN_SHOWN = 50
MOST_FILINGS_SHOWN = 20


class UnitList(ListPage):
    title = "备案表"
    sub = "公共安全视频图像信息系统备案（国务院令第 799 号第十四条）"
    permission = Permission.ReadFiling
    table_class = UnitTable
    filterset_class = UnitFilter
    empty_icon = "clipboard-list"
    empty_title = "还没有建设单位的点位"
    empty_text = "点位发布后，按建设单位列在这里。"

    def get_queryset(self) -> QuerySet[Department]:
        return units_visible_to(signed_in(self.request))


class UnitPage(ListPage):
    """One unit's sheet: its numbers, its filings, and every point as it stands to the last of them."""

    template_name = "catalogue/filing.html"
    permission = Permission.ReadFiling
    table_class = UnitPointTable
    filterset_class = FiledPointFilter
    table_pagination = {"per_page": PAGE_SIZE, "paginator_class": CountedPages}
    back_label = "备案表"

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        authorise(request.user, self.permission)
        self.unit = unit_of(signed_in(request), options["code"])
        self.filing = last_filing(self.unit)
        return super().dispatch(request, *arguments, **options)

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"{self.unit.name}备案表"

    def back_url(self) -> str:
        return reverse("catalogue:filings")

    def page_actions(self) -> Iterable[PageAction]:
        code = self.unit.code
        yield PageAction("导出备案表", reverse("catalogue:filing_sheet", args=[code]), "file-spreadsheet")
        if may(signed_in(self.request), Permission.RecordFiling, self.unit):
            yield PageAction(
                "登记备案", reverse("catalogue:record_filing", args=[code]), "clipboard-check", "primary"
            )

    def get_queryset(self) -> QuerySet[Camera]:
        return with_states(points_of(self.unit), self.filing).order_by("code")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        summary = summary_of(self.unit)
        return super().get_context_data(
            **context,
            unit=self.unit,
            summary=summary,
            days=days_in_words(summary),
            filing=self.filing,
            filings=filings_of(self.unit)[:MOST_FILINGS_SHOWN],
            changes=changes_since(self.unit, self.filing) if self.filing else None,
            withdrawn=withdrawn_since(self.unit, self.filing)[:MOST_WITHDRAWN_SHOWN],
        )


class FilingForm(forms.Form):
    filed_on = forms.DateField(label="备案日期", widget=forms.DateInput(attrs={"type": "date"}))
    receipt_number = forms.CharField(
        label="备案回执编号", max_length=64, help_text="公安机关出具的备案回执上的编号。"
    )


class RecordFiling(ActionFormView):
    title = "登记备案"
    verb = "登记"
    back_label = "备案表"
    permission = Permission.RecordFiling
    form_class = FilingForm

    def thing(self) -> Department:
        person = signed_in(self.request)
        authorise(person, Permission.RecordFiling)
        return unit_of(person, self.kwargs["code"])

    @property
    def sub(self) -> str:  # type: ignore[override]
        return f"{self.thing().name}；目录现有的点位作为备案内容留存，此后的变化会提示重新备案"

    def back_url(self) -> str:
        return reverse("catalogue:filing", args=[self.kwargs["code"]])

    def get_initial(self) -> dict[str, Any]:
        return {"filed_on": clock.today()}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        filing = record_filing(actor=signed_in(self.request), department=self.thing(), **cleaned)
        return f"已登记备案 {filing.receipt_number}，共 {filing.points} 个点位。", self.back_url()


@require_safe
def take_out_sheet(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """备案表 as a workbook; an event."""
    person = signed_in(request)
    authorise(person, Permission.ReadFiling)
    return sheet_of(person, unit_of(person, code))


def sheet_of(person: Person, unit: Department) -> StreamingHttpResponse:
    """A unit's sheet, told before it is sent."""
    summary = summary_of(unit)
    note_sheet_taken_out(actor=person, department=unit, points=summary.points)
    rows = sheet_rows(unit, last_filing(unit), summary)
    return as_file(StreamingHttpResponse(xlsx_stream(rows, "备案表")), "xlsx", f"{TITLE}-{unit.name}")


def unit_of(person: Person, code: str) -> Department:
    """The unit with this code, if its sheet is this person's to read; else there is none."""
    return get_object_or_404(units_visible_to(person), code=code)
