"""Template filters of the page components."""

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.forms.utils import flatatt
from django.utils.safestring import SafeString, mark_safe

from gongshi.kernel import clock
from gongshi.kernel.authority import may
from gongshi.kernel.table_rows import rows_as_html

register = template.Library()

# Seconds and what they are called, the largest first.
UNITS = ((86_400, "天"), (3600, "小时"), (60, "分钟"))
SELECTED = " selected"


@register.filter
def as_filter(field: BoundField) -> SafeString:
    """A filter's input in the compact form of the panel."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxInput):
        return field.as_widget()
    kind = "form-select form-select-sm" if isinstance(widget, Select) else "form-control form-control-sm"
    if type(widget) is Select:
        return _drop_down(field, kind)
    return field.as_widget(attrs={"class": kind})


def _drop_down(field: BoundField, kind: str) -> SafeString:
    """What the widget's own template makes, which for hundreds of departments takes too long."""
    attributes = field.build_widget_attrs({"class": kind}, field.field.widget)
    name, chosen = field.html_name, str(field.value() if field.value() is not None else "")
    options = "".join(
        f'<option value="{escape(value)}"{SELECTED if value == chosen else ""}>{escape(str(label))}</option>'
        for value, label in _flat(field.field.widget.choices)
    )
    given = flatatt({"name": name, "id": field.auto_id, **attributes})
    return mark_safe(f"<select{given}>{options}</select>")  # noqa: S308 - all in it is escaped


def _flat(choices: Any) -> Iterator[tuple[str, Any]]:
    """The choices without their groups."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield ("" if value is None else str(value)), label


@register.simple_tag
def table_body(table: Any) -> SafeString:
    """The rows of a table's page."""
    return rows_as_html(table)


@register.filter
def end_text(end: datetime) -> str:
    """The end of a span to the minute; midnight is 24:00 of its last day."""
    return clock.end_text(end)[:16]


@register.filter(name="may")
def may_do(person: Any, permission: str) -> bool:
    """Whether a link to another room leads this person anywhere."""
    return may(person, permission)


@register.filter
def waited(since: datetime) -> str:
    """How long something has waited, in its largest unit: 3 天, 5 小时."""
    seconds = (clock.now() - since).total_seconds()
    unit, name = next(((unit, name) for unit, name in UNITS if seconds >= unit), (0, ""))
    return f"{int(seconds // unit)} {name}" if unit else "不到 1 分钟"
