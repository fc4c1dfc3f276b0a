"""What clients can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.clients.models import ApiClient
from gongshi.identity.models import Department


class ClientFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_word", label="名称、标识或责任人")
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.filter(is_active=True), label="所属部门"
    )

    class Meta:
        model = ApiClient
        fields = ("q", "state", "department")

    def by_word(self, queryset: QuerySet[ApiClient], _: str, value: str) -> QuerySet[ApiClient]:
        named = Q(name__icontains=value) | Q(client_id__icontains=value)
        return queryset.filter(named | Q(responsible__name__icontains=value))
