"""What items, demands and lanes can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.demand.models import BusinessItem, Demand, DemandLine, Lane
from gongshi.identity.models import Department
from gongshi.kernel.filters import DaySpan


class ItemFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label="事项名称")

    class Meta:
        model = BusinessItem
        fields = ("name",)


class DemandFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_word", label="编号或事项")
    submitted_at = DaySpan(label="提交日期")
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.filter(is_active=True), label="需求部门"
    )

    class Meta:
        model = Demand
        fields = ("q", "state", "type", "way", "department", "submitted_at")

    def by_word(self, queryset: QuerySet[Demand], _: str, value: str) -> QuerySet[Demand]:
        return queryset.filter(Q(number__icontains=value) | Q(item__name__icontains=value))


class LaneFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_word", label="编号或事项")
    requester = django_filters.ModelChoiceFilter(
        field_name="demand__department", queryset=Department.objects.filter(is_active=True), label="需求部门"
    )
    source_department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.filter(is_active=True), label="数源部门"
    )

    class Meta:
        model = Lane
        fields = ("q", "state", "requester", "source_department")

    def by_word(self, queryset: QuerySet[Lane], _: str, value: str) -> QuerySet[Lane]:
        return queryset.filter(Q(demand__number__icontains=value) | Q(demand__item__name__icontains=value))


class LineFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_word", label="编号或名称")

    class Meta:
        model = DemandLine
        fields = ("q", "sharing_level", "verdict", "delivery_result")

    def by_word(self, queryset: QuerySet[DemandLine], _: str, value: str) -> QuerySet[DemandLine]:
        return queryset.filter(Q(camera__code__icontains=value) | Q(camera__name__icontains=value))
