"""The one list machine: filters, sort, column choice, paging, and export of exactly what is shown."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_tables2 as tables
import xlsxwriter
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django_filters import FilterSet
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin
from django_tables2.data import TableQuerysetData

from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid
from gongshi.kernel.ordering import settled

PAGE_SIZE = 50
EXPORT_LIMIT = 100_000
# A list of millions says “10000+”: to count them all would take longer than to find them.
COUNTED = 10_000

# How the cells of a column look (`attrs=`); the classes are told in frontend/README.md.
CODE = {"td": {"class": "code"}}
LONG_CODE = {"td": {"class": "code clip"}}
WRAP = {"td": {"class": "wrap"}}
NUMBER = {"th": {"class": "number"}, "td": {"class": "number"}}


@dataclass(frozen=True)
class PageAction:
    """A button at the head of a page."""

    label: str
    url: str
    icon: str = ""
    tone: str = ""


class ListTable(tables.Table):  # type: ignore[misc]
    """Base of all tables. `Meta.off` names columns that are hidden until chosen.

    A column without a heading takes that of its field, and `department__name` that of `department`.
    """

    class Meta:
        template_name = "kernel/table.html"
        order_by_field = "sort"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        model = getattr(cls.Meta, "model", None)
        fields = {field.name: field for field in model._meta.fields} if model else {}
        for name, column in cls.base_columns.items():
            field = fields.get(str(column.accessor or name).split("__")[0])
            if column.verbose_name is None and field is not None:
                column.verbose_name = field.verbose_name


class StatusColumn(tables.Column):  # type: ignore[misc]
    """A value of a TextChoices as dot and word; `tones` maps values to green, blue, orange, red or gray."""

    def __init__(self, tones: dict[str, str], **options: Any) -> None:
        super().__init__(**options)
        self.tones = tones

    def render(self, record: Any, value: Any, bound_column: Any) -> SafeString:
        raw = str(bound_column.accessor.resolve(record))
        return status_badge(str(value), self.tones.get(raw, "gray"))

    def value(self, record: Any, value: Any, bound_column: Any) -> str:
        shown = getattr(record, f"get_{bound_column.accessor}_display", None)
        return str(shown()) if shown else str(value)


class TimeColumn(tables.Column):  # type: ignore[misc]
    """An instant in Lishui's time, to the minute."""

    def render(self, value: datetime) -> SafeString:
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), clock.local_text(value)[:16])

    def value(self, value: datetime) -> str:
        return clock.local_text(value)


class EndColumn(TimeColumn):
    """The end of a span; midnight is 24:00 of its last day."""

    def render(self, value: datetime) -> SafeString:
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), clock.end_text(value)[:16])

    def value(self, value: datetime) -> str:
        return clock.end_text(value)


class MegabyteColumn(tables.Column):  # type: ignore[misc]
    """A number of bytes, in megabytes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"attrs": NUMBER} | options)

    def render(self, value: int) -> str:
        return f"{value / 1024**2:.1f}"


def status_badge(word: str, tone: str) -> SafeString:
    return format_html('<span class="badge-dot status-{}">{}</span>', tone, word)


class ShortPages(Paginator):  # type: ignore[type-arg]
    """No page is longer than `PAGE_SIZE`, whatever the address asks for."""

    def __init__(self, object_list: Any, per_page: int, **options: Any) -> None:
        super().__init__(object_list, min(max(per_page, 1), PAGE_SIZE), **options)


class CountedPages(ShortPages):
    """For lists of millions: counts, and leads, no further than `COUNTED` rows."""

    @cached_property
    def count(self) -> int:
        return min(self._found, COUNTED)

    @property
    def has_more(self) -> bool:
        """Whether there are rows beyond those that are counted."""
        return self._found > COUNTED

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return counted_up_to(rows.data.data, COUNTED + 1)


def counted_up_to(rows: QuerySet[Any], limit: int) -> int:
    """How many rows there are, but never more than `limit`: the database stops there."""
    return rows.order_by()[:limit].count()


class SettledRows(TableQuerysetData):  # type: ignore[misc]
    """The rows of a table, in one order also where the column that is sorted by has equal values."""

    data: QuerySet[Any]

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(settled(rows))

    def order_by(self, aliases: Any) -> None:
        super().order_by(aliases)
        self.data = settled(self.data)


class ListPage(SingleTableMixin, FilterView):  # type: ignore[misc]
    """A list page: declare `title`, `permission`, `table_class`, `filterset_class` and `get_queryset`."""

    template_name = "kernel/list_page.html"
    title = ""
    sub = ""
    back_label = ""
    permission: Any = None
    empty_icon = "inbox"
    empty_title = "还没有记录"
    empty_text = ""
    filterset_class: type[FilterSet] = FilterSet
    table_pagination = {"per_page": PAGE_SIZE, "paginator_class": ShortPages}
    # A wrong value in the address shows its error in the panel and an empty list.
    strict = True

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        authorise(request.user, self.permission)
        return super().dispatch(request, *arguments, **options)

    def back_url(self) -> str:
        """Where `back_label` leads: the page that this list is a part of."""
        return ""

    def page_actions(self) -> Iterable[PageAction]:
        """The buttons at the head of the page."""
        return ()

    @property
    def list_name(self) -> str:
        return (
            str(self.request.resolver_match.view_name.replace(":", "_"))
            if self.request.resolver_match
            else ""
        )

    def get_table_data(self) -> Any:
        return SettledRows(super().get_table_data())

    def get_table_kwargs(self) -> dict[str, Any]:
        declared = self.table_class.base_columns
        chosen = self.request.COOKIES.get(f"columns_{self.list_name}", "")
        shown = {name for name in chosen.split(".") if name in declared}
        off = set(declared) - shown if shown else set(getattr(self.table_class.Meta, "off", ()))
        return {"exclude": tuple(off)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        shown = set(context["table"].columns.names())
        context |= {
            "title": self.title,
            "sub": self.sub,
            "back_url": self.back_url(),
            "back_label": self.back_label,
            "actions": list(self.page_actions()),
            "empty_icon": self.empty_icon,
            "empty_title": self.empty_title,
            "empty_text": self.empty_text,
            "list_name": self.list_name,
            "all_columns": [
                {"name": name, "label": column.verbose_name or name, "shown": name in shown}
                for name, column in self.table_class.base_columns.items()
            ],
            "filtered": bool(context["filter"].is_bound and context["filter"].form.changed_data),
        }
        return context

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        kind = self.request.GET.get("_export")
        if kind in EXPORTS:
            return export(context["table"], kind, self.title)
        return super().render_to_response(context, **options)


def export(table: Any, kind: str, title: str) -> HttpResponse:
    """The rows and columns of a table as a file. Raises Invalid when there are too many for one file."""
    rows = table.as_values()
    if _is_longer(table.rows, EXPORT_LIMIT):
        raise Invalid(f"一次最多导出 {EXPORT_LIMIT} 条，请先缩小筛选范围。")
    response = HttpResponse(EXPORTS[kind](rows), content_type=CONTENT_TYPES[kind])
    name = f"{title}-{clock.today():%Y%m%d}.{kind}"
    response.headers["Content-Disposition"] = _attachment(name)
    return response


def _is_longer(rows: Any, limit: int) -> bool:
    """Whether there are more rows; those of a query are not all counted."""
    found = getattr(getattr(rows, "data", None), "data", None)
    if isinstance(found, QuerySet):
        return counted_up_to(found, limit + 1) > limit
    return len(rows) > limit


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _as_csv(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _as_xlsx(rows: Iterable[list[Any]]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    head = book.add_format({"bold": True, "bg_color": "#EAF1F9"})
    for number, row in enumerate(rows):
        sheet.write_row(
            number,
            0,
            [value if isinstance(value, int | float) else str(value or "") for value in row],
            head if number == 0 else None,
        )
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return file.getvalue()


def _attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


EXPORTS = {"csv": _as_csv, "xlsx": _as_xlsx}
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
