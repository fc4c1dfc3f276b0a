"""The one list machine: filters, sort, column choice, paging, and export of exactly what is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_filters import FilterSet
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin
from django_tables2.data import TableQuerysetData

from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid
from gongshi.kernel.exporting import WRITERS, as_file
from gongshi.kernel.filters import share_choices
from gongshi.kernel.ordering import settled

PAGE_SIZE = 50
EXPORT_LIMIT = 100_000
# A list of millions says “10000+”: to count them all would take longer than to find them.
COUNTED = 10_000
# What of a list's address is about its order, and about its columns (else the browser's own choice).
SORT_ASKED, COLUMNS_ASKED = "sort", "_columns"
# Asks a list for its whole count, and how long the database may count.
COUNT_ASKED, COUNTING_S = "_count", 3

# The bar above a list is drawn. Keywords: `page`, `form` (its filters); receivers answer with HTML.
bar_shown = Signal()

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


@dataclass(frozen=True)
class ExportButton:
    """One kind of file that a list can be taken out as."""

    kind: str
    label: str
    icon: str


EXPORT_BUTTONS = (
    ExportButton("xlsx", "导出 Excel", "file-spreadsheet"),
    ExportButton("csv", "导出 CSV", "download"),
)


class ListTable(tables.Table):  # type: ignore[misc]
    """Base of all tables. `Meta.off` names columns that are hidden until chosen.

    A column without a heading takes that of its field, and `department__name` that of `department`.
    """

    class Meta:
        template_name = "kernel/table.html"
        order_by_field = SORT_ASKED

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


def count_within(seconds: int, rows: QuerySet[Any]) -> int | str:
    """How many rows there are, or “10000+” when it takes longer to count them."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{int(seconds)}s'")
            count = rows.select_related(None).order_by().count()
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
            return count
    except OperationalError:
        return f"{COUNTED}+"


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
    exports: Sequence[ExportButton] = EXPORT_BUTTONS
    empty_icon = "inbox"
    empty_title = "还没有记录"
    empty_text = ""
    # Whether a page that says “10000+” asks afterwards how many there are.
    counts_on = False
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
    def view_name(self) -> str:
        return self.request.resolver_match.view_name if self.request.resolver_match else ""

    @property
    def list_name(self) -> str:
        return self.view_name.replace(":", "_")

    @cached_property
    def chosen_columns(self) -> tuple[str, ...]:
        """Those that the address names or else the browser remembers; none when they were never chosen."""
        remembered = self.request.COOKIES.get(f"columns_{self.list_name}", "")
        chosen = (self.request.GET.get(COLUMNS_ASKED) or remembered).split(".")
        return tuple(name for name in self.table_class.base_columns if name in chosen)

    def get_table_data(self) -> Any:
        return SettledRows(super().get_table_data())

    def get_table_kwargs(self) -> dict[str, Any]:
        declared, shown = set(self.table_class.base_columns), set(self.chosen_columns)
        off = declared - shown if shown else set(getattr(self.table_class.Meta, "off", ()))
        return {"exclude": tuple(off)}

    def bar(self, form: Any) -> list[str]:
        """What rooms above this one put into the bar of the list."""
        return [shown for _, shown in bar_shown.send(type(self), page=self, form=form) if shown]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        shown = set(context["table"].columns.names())
        context |= {
            "title": self.title,
            "sub": self.sub,
            "back_url": self.back_url(),
            "back_label": self.back_label,
            "actions": list(self.page_actions()),
            "exports": self.exports,
            "empty_icon": self.empty_icon,
            "empty_title": self.empty_title,
            "empty_text": self.empty_text,
            "list_name": self.list_name,
            "counts_on": self.counts_on,
            # Asked by the template only: an export has no bar.
            "bar": partial(self.bar, context["filter"].form),
            "all_columns": [
                {"name": name, "label": column.verbose_name or name, "shown": name in shown}
                for name, column in self.table_class.base_columns.items()
            ],
            "columns_asked": self.request.GET.get(COLUMNS_ASKED, ""),
            "filtered": bool(context["filter"].is_bound and context["filter"].form.changed_data),
        }
        return context

    def get(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        if self.counts_on and COUNT_ASKED in request.GET:
            return HttpResponse(self.whole_count())
        answer: HttpResponse = super().get(request, *arguments, **options)
        return answer

    def whole_count(self) -> str:
        """How many rows there really are, which a page of a million does not wait for."""
        chosen = self.get_filterset(self.filterset_class)
        return str(count_within(COUNTING_S, chosen.qs)) if chosen.is_valid() else "0"

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        kind = self.request.GET.get("_export")
        if kind in WRITERS:
            return export(context["table"], kind, self.title)
        share_choices(context["filter"].form)
        return super().render_to_response(context, **options)


def export(table: Any, kind: str, title: str) -> HttpResponse:
    """The rows and columns of a table as a file. Raises Invalid when there are too many for one file."""
    refuse_too_long(table.rows)
    rows = WRITERS[kind](table.as_values(), title)
    # Whole before it is sent: what goes wrong while a table is rendered is still told by a sentence.
    return as_file(HttpResponse(b"".join(rows)), kind, title)


def refuse_too_long(rows: Any) -> None:
    """Raises Invalid when there are more than one file may have; the rows of a query are not all counted."""
    found = rows if isinstance(rows, QuerySet) else getattr(getattr(rows, "data", None), "data", None)
    count = counted_up_to(found, EXPORT_LIMIT + 1) if isinstance(found, QuerySet) else len(rows)
    if count > EXPORT_LIMIT:
        raise Invalid(f"一次最多导出 {EXPORT_LIMIT} 条，请先缩小筛选范围。")
