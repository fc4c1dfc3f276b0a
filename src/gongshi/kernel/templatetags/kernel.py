"""Template filters of the page components."""

from datetime import datetime

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from gongshi.kernel import clock

register = template.Library()


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
    return timesince(since, clock.now(), depth=1)
