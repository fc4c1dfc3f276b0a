"""The list of scores."""

from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from gongshi.assessment.models import MonthlyScore
from gongshi.assessment.policy import AIMS
from gongshi.kernel.lists import NUMBER, WRAP, ListTable, status_badge


class _NumberColumn(tables.Column):  # type: ignore[misc]
    """The number `name` of a score; where nothing was counted it comes last, whichever way it is sorted."""

    def __init__(self, name: str, heading: str | None = None) -> None:
        super().__init__(heading, accessor=name, attrs=NUMBER)
        self.name = name

    def order(self, scores: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:
        number = F(self.name)
        wanted = number.desc(nulls_last=True) if is_descending else number.asc(nulls_last=True)
        return scores.order_by(wanted, "-month", "department__code"), True


class RateColumn(_NumberColumn):
    """A number with a green or red dot, as it reaches its aim or not."""

    def __init__(self, name: str, unit: str = "%") -> None:
        super().__init__(name)
        self.aim, self.unit = AIMS[name], unit

    def render(self, value: float) -> SafeString:
        return status_badge(f"{value:.1f}{self.unit}", "green" if value >= self.aim_value else "red")

    def value(self, value: float) -> float:
        return value

    # A table copies its columns, so that each list reads it once.
    @cached_property
    def aim_value(self) -> int:
        return self.aim.value()


class ChangeColumn(_NumberColumn):
    """By how much a number is more or less than the month before."""

    def render(self, value: float) -> str:
        return f"{'↑' if value > 0 else '↓'} {abs(value):.1f}" if round(value, 1) else "持平"

    def value(self, value: float) -> float:
        return round(value, 1)


class ScoreTable(ListTable):
    month = tables.DateColumn(format="Y-m")
    department = tables.Column(accessor="department__name", attrs=WRAP)
    points = tables.Column(attrs=NUMBER)
    inspections = tables.Column(attrs=NUMBER)
    online_rate = RateColumn("online_rate")
    online_change = ChangeColumn("online_change", "在线率较上月")
    key_intact_rate = RateColumn("key_intact_rate")
    key_intact_change = ChangeColumn("key_intact_change", "一类完好率较上月")
    other_intact_rate = RateColumn("other_intact_rate")
    other_intact_change = ChangeColumn("other_intact_change", "其他完好率较上月")
    completeness = RateColumn("completeness", unit="")
    completeness_change = ChangeColumn("completeness_change", "完整性较上月")

    class Meta(ListTable.Meta):
        model = MonthlyScore
        fields = (
            "month",
            "department",
            "points",
            "inspections",
            "online_rate",
            "online_change",
            "key_intact_rate",
            "key_intact_change",
            "other_intact_rate",
            "other_intact_change",
            "completeness",
            "completeness_change",
        )
        off = ("key_intact_change", "other_intact_change", "completeness_change")
