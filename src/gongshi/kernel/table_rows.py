"""The rows of a table as HTML. What does not change from row to row is found out once for each column.

`django_tables2` asks for the arguments of a render function, the field of an accessor and the labels of a
choice anew in each of hundreds of cells, which was half of the time of a page.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import cache, partial, partialmethod, reduce
from html import escape
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.query import ModelIterable, QuerySet
from django.utils.encoding import force_str
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import Column

# What a record has in a column, labels instead of codes.
Reader = Callable[[Any], Any]
# A row of `django_tables2` → what stands in a cell, not yet escaped.
Cell = Callable[[Any], Any]


def rows_as_html(table: Any) -> SafeString:
    """The rows of a table's page; every cell is escaped."""
    columns = list(table.columns)
    openings = [f"<td {column.attrs['td'].as_html()}>" for column in columns]
    cells = [_cell(table, column) for column in columns]
    return mark_safe("".join(_rows(table, openings, cells)))  # noqa: S308 - every cell is escaped


def _rows(table: Any, openings: list[str], cells: list[Cell]) -> Iterator[str]:
    parts = list(zip(openings, cells, strict=True))
    for row in table.paginated_rows:
        inside = "</td>".join(f"{opening}{_escaped(cell(row))}" for opening, cell in parts)
        attributes = f" {row.attrs.as_html()}" if table.row_attrs else ""
        yield f"<tr{attributes}>{inside}</td></tr>"


def _escaped(content: Any) -> str:
    if isinstance(content, SafeString):
        return content
    # Django's own way looks for a translation that is still to be made, which takes most of its time.
    return escape(content) if isinstance(content, str) else conditional_escape(localize(content))


def _cell(table: Any, column: Any) -> Cell:
    """How a column fills its cells: as `BoundRow.get_cell` does, for columns that are fields of a model."""
    model = _model_of(getattr(table.data, "data", None))
    read = _reader(model, str(column.accessor)) if model else None
    wanted = _wanted(column.render)
    if read is None or wanted is None:
        return lambda row: row.get_cell(column.name)
    is_plain = getattr(column.render, "__func__", None) is Column.render
    fixed = {"column": column.column, "bound_column": column, "table": table}
    empty, default, link = column.column.empty_values, column.default, column.link

    def fill(row: Any) -> Any:
        record = row.record
        value = read(record)
        if value in empty:
            return default
        given = fixed | {"value": value, "record": record, "bound_row": row}
        content = value if is_plain else column.render(**{name: given[name] for name in wanted})
        return link(content, **given) if link else content

    return fill


def _model_of(rows: Any) -> type[models.Model] | None:
    """What the rows are; None for a list, and for rows without a model of their own."""
    is_of_models = isinstance(rows, QuerySet) and rows._iterable_class is ModelIterable
    return rows.model if is_of_models else None


OFFERED = frozenset({"value", "record", "column", "bound_column", "bound_row", "table"})


def _wanted(render: Callable[..., Any]) -> tuple[str, ...] | None:
    """The arguments that a render method takes; None when it takes others than there are."""
    function = getattr(render, "__func__", None)
    names = _arguments(function) if function else None
    return names if names is not None and OFFERED.issuperset(names) else None


@cache
def _arguments(function: Callable[..., Any]) -> tuple[str, ...] | None:
    """Those after `self`; None when they cannot be counted."""
    found = list(inspect.signature(function).parameters.values())[1:]
    counted = all(each.kind in {each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY} for each in found)
    return tuple(each.name for each in found) if counted else None


@cache
def _reader(model: type[models.Model], accessor: str) -> Reader | None:
    """Reads a field, also of what a foreign key leads to, or what a query adds to a row; None for others."""
    *keys, last = accessor.split("__")
    if not keys and last.isidentifier() and not hasattr(model, last):
        return lambda record: getattr(record, last, None)
    try:
        for key in keys:
            model = _led_to(model._meta.get_field(key))
        field = model._meta.get_field(last)
    except FieldDoesNotExist:
        return None
    if not isinstance(field, models.Field) or field.many_to_many:
        return None
    read = partial(_through, (*keys, last))
    if not field.choices:
        return read
    display = inspect.getattr_static(model, f"get_{last}_display", None)
    return _labelled(read, field) if isinstance(display, partialmethod) else None


def _led_to(field: Any) -> type[models.Model]:
    if not isinstance(field, models.ForeignKey):
        raise FieldDoesNotExist
    return field.related_model  # type: ignore[return-value]


def _through(names: tuple[str, ...], record: Any) -> Any:
    return reduce(lambda value, name: None if value is None else getattr(value, name), names, record)


def _labelled(read: Reader, field: Any) -> Reader:
    labels = {code: force_str(label, strings_only=True) for code, label in field.flatchoices}

    def show(record: Any) -> Any:
        value = read(record)
        return labels.get(value, value)

    return show
