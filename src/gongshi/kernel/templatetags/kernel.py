"""Template filters of the page components."""

from datetime import datetime

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.utils.safestring import SafeString

from gongshi.kernel import clock

register = template.Library()

# Seconds and what they are called, the largest first.
UNITS = ((86_400, "天"), (3600, "小时"), (60, "分钟"))


@register.filter
def as_filter(field: BoundField) -> SafeString:
    """A filter's input in the compact form of the panel."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxInput):
        return field.as_widget()
    kind = "form-select form-select-sm" if isinstance(widget, Select) else "form-control form-control-sm"
    return field.as_widget(attrs={"class": kind})


@register.filter
def end_text(end: datetime) -> str:
    """The end of a span to the minute; midnight is 24:00 of its last day."""
    return clock.end_text(end)[:16]


@register.filter
def waited(since: datetime) -> str:
    """How long something has waited, in its largest unit: 3 天, 5 小时."""
    seconds = (clock.now() - since).total_seconds()
    unit, name = next(((unit, name) for unit, name in UNITS if seconds >= unit), (0, ""))
    return f"{int(seconds // unit)} {name}" if unit else "不到 1 分钟"
