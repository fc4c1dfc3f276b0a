"""Filters that many lists share."""

from collections.abc import Iterable
from typing import Any, cast

import django_filters
from django import forms
from django_filters.widgets import BooleanWidget, DateRangeWidget


class DaySpanWidget(DateRangeWidget):
    """Two days, each with its own label: 自 … 至 …"""

    template_name = "kernel/day_span.html"


class DaySpan(django_filters.DateFromToRangeFilter):
    """From one day to another, both included, in Lishui's calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DaySpanWidget(attrs={"type": "date"}), **options)


class YesNoWidget(BooleanWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = (("", "全部"), ("true", "是"), ("false", "否"))


class YesNo(django_filters.BooleanFilter):
    """是, 否, or whatever it is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=YesNoWidget, **options)


def share_choices(form: forms.Form) -> None:
    """Fields that offer the same rows ask the database for them once."""
    known: dict[tuple[str, ...], list[Any]] = {}
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField):
            offers, choices = _what_it_offers(field), cast("Iterable[Any]", field.choices)
            # `iter`, since a list would first ask how long it becomes: another question to the database.
            known[offers] = field.widget.choices = known.get(offers) or list(iter(choices))


def _what_it_offers(field: Any) -> tuple[str, ...]:
    return (
        str(field.queryset.query),
        str(field.empty_label),
        str(getattr(field, "null_label", None)),
        field.label_from_instance.__qualname__,
    )


def conditions_of(chosen: django_filters.FilterSet) -> str:
    """The filters of a list in words: “姓名或账号：王芳；日期自：2026-03-01”."""
    given = [
        (f"{field.label}{word}", _in_words(field, chosen.form.data.get(f"{name}{end}")))
        for name, field in chosen.form.fields.items()
        for end, word in (("", ""), ("_after", "自"), ("_before", "至"))
    ]
    return "；".join(f"{label}：{value}" for label, value in given if value) or "全部"


def _in_words(field: forms.Field, value: Any) -> str:
    """A choice by its label; one that is none as it was given."""
    text = str(value or "")
    if not text or not isinstance(field, forms.ChoiceField):
        return text
    choices: Any = field.choices
    return next((str(label) for key, label in choices if str(key) == text), text)
