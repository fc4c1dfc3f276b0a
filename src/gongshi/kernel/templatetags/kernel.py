"""Template filters of the page components."""

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def as_filter(field: BoundField) -> SafeString:
    """A filter's input in the compact form of the panel."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxInput):
        return field.as_widget()
    kind = "form-select form-select-sm" if isinstance(widget, Select) else "form-control form-control-sm"
    return field.as_widget(attrs={"class": kind})
