"""What grants can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.grants.models import Grant


class GrantFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_number_or_camera", label="授权或视频编号、点位名称")
    basis_number = django_filters.CharFilter(lookup_expr="icontains", label="依据编号")
    department = django_filters.CharFilter(
        field_name="department__name", lookup_expr="icontains", label="使用部门"
    )
    source = django_filters.CharFilter(
        field_name="camera__source_department__name", lookup_expr="icontains", label="数源部门"
    )

    class Meta:
        model = Grant
        fields = ("q", "state", "way", "basis", "basis_number", "department", "source")

    def by_number_or_camera(self, queryset: QuerySet[Grant], _: str, value: str) -> QuerySet[Grant]:
        wanted = (
            Q(number__icontains=value) | Q(camera__code__icontains=value) | Q(camera__name__icontains=value)
        )
        return queryset.filter(wanted)
