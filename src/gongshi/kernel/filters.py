"""Filters that many lists share."""

from typing import Any

import django_filters
from django_filters.widgets import DateRangeWidget


class DaySpanWidget(DateRangeWidget):
    """Two days, each with its own label: 自 … 至 …"""

    template_name = "kernel/day_span.html"


class DaySpan(django_filters.DateFromToRangeFilter):
    """From one day to another, both included, in Lishui's calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DaySpanWidget(attrs={"type": "date"}), **options)
