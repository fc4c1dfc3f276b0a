"""What scores can be filtered by."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from gongshi.assessment.models import MonthlyScore
from gongshi.identity.models import Department


def _months() -> list[tuple[str, str]]:
    months = MonthlyScore.objects.order_by("-month").values_list("month", flat=True).distinct()
    return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months]


class ScoreFilter(django_filters.FilterSet):
    month = django_filters.ChoiceFilter(choices=_months, method="by_month", label="月份")
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.filter(is_active=True), label="数源部门"
    )

    class Meta:
        model = MonthlyScore
        fields = ("month", "department")

    def by_month(self, scores: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        return scores.filter(month=f"{value}-01")
