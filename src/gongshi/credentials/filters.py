"""What locks and acceptances can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.credentials.models import Guard, UndertakingAcceptance


class LockFilter(django_filters.FilterSet):
    class Meta:
        model = Guard
        fields = ("kind",)


class AcceptanceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_name", label="姓名或账号")
    version = django_filters.NumberFilter(field_name="version__number", label="版本")
    department = django_filters.CharFilter(
        field_name="department_name", lookup_expr="icontains", label="签署时部门"
    )

    class Meta:
        model = UndertakingAcceptance
        fields = ("q", "version", "department")

    def by_name(
        self, queryset: QuerySet[UndertakingAcceptance], _: str, value: str
    ) -> QuerySet[UndertakingAcceptance]:
        return queryset.filter(Q(person__name__icontains=value) | Q(person__account__icontains=value))
