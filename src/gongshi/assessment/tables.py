"""The list of scores."""

from typing import Any

import django_tables2 as tables
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from gongshi.assessment.models import MonthlyScore
from gongshi.assessment.policy import COMPLETENESS_AIM, KEY_INTACT_AIM, ONLINE_AIM, OTHER_INTACT_AIM
from gongshi.kernel.lists import NUMBER, WRAP, ListTable, status_badge
from gongshi.kernel.parameters import Parameter


class RateColumn(tables.Column):  # type: ignore[misc]
    """A number with a green or red dot, as it reaches its aim or not."""

    def __init__(self, aim: Parameter, unit: str = "%", **options: Any) -> None:
        super().__init__(attrs=NUMBER, **options)
        self.aim, self.unit = aim, unit

    def render(self, value: float) -> SafeString:
        return status_badge(f"{value:.1f}{self.unit}", "green" if value >= self.aim_value else "red")

    def value(self, value: float) -> float:
        return value

    # A table copies its columns, so that each list reads it once.
    @cached_property
    def aim_value(self) -> int:
        return self.aim.value()


class ScoreTable(ListTable):
    month = tables.DateColumn(format="Y-m")
    department = tables.Column(accessor="department__name", attrs=WRAP)
    points = tables.Column(attrs=NUMBER)
    inspections = tables.Column(attrs=NUMBER)
    online_rate = RateColumn(ONLINE_AIM)
    online_change = tables.Column("在线率较上月", attrs=NUMBER)
    key_intact_rate = RateColumn(KEY_INTACT_AIM)
    other_intact_rate = RateColumn(OTHER_INTACT_AIM)
    completeness = RateColumn(COMPLETENESS_AIM, unit="")

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
            "other_intact_rate",
            "completeness",
        )

    def render_online_change(self, value: float) -> str:
        return f"{'↑' if value > 0 else '↓'} {abs(value):.1f}" if round(value, 1) else "持平"

    def value_online_change(self, value: float) -> float:
        return round(value, 1)
