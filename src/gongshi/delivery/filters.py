"""What work orders can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.delivery.models import WorkOrder
from gongshi.identity.models import Department
from gongshi.kernel.filters import DaySpan


class WorkOrderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_word", label="编号或事项")
    department = django_filters.ModelChoiceFilter(
        field_name="demand__department", queryset=Department.objects.filter(is_active=True), label="需求部门"
    )
    issued_at = DaySpan(label="派发日期")

    class Meta:
        model = WorkOrder
        fields = ("q", "state", "way", "department", "issued_at")

    def by_word(self, queryset: QuerySet[WorkOrder], _: str, value: str) -> QuerySet[WorkOrder]:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(demand__number__icontains=value)
            | Q(demand__item__name__icontains=value)
        )
