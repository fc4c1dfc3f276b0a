"""What alerts can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.alerts.models import Alert
from gongshi.identity.models import Department
from gongshi.kernel.filters import DaySpan, YesNo


class AlertFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_word", label="姓名、账号或情况")
    department = django_filters.ModelChoiceFilter(
        field_name="person__department", queryset=Department.objects.filter(is_active=True), label="部门"
    )
    handler = YesNo(field_name="handler", lookup_expr="isnull", exclude=True, label="已有处理人")
    last_at = DaySpan(label="最近发生")

    class Meta:
        model = Alert
        fields = ("q", "state", "kind", "handler", "department", "last_at")

    def by_word(self, queryset: QuerySet[Alert], _: str, value: str) -> QuerySet[Alert]:
        named = Q(person__name__icontains=value) | Q(person__account__icontains=value)
        return queryset.filter(named | Q(sentence__icontains=value))
