"""Filters that many lists share."""

from typing import Any

import django_filters
from django_filters.widgets import DateRangeWidget


class DaySpan(django_filters.DateFromToRangeFilter):
    """From one day to another, both included, in Lishui's calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DateRangeWidget(attrs={"type": "date"}), **options)
