"""What cameras, submissions and changes can be filtered by (§6.2)."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.catalogue.models import Camera, Change, Submission
from gongshi.kernel.filters import DaySpan


class CameraFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_code_or_name", label="视频编号或名称")
    address = django_filters.CharFilter(lookup_expr="contains", label="具体位置")

    class Meta:
        model = Camera
        fields = (
            "q",
            "owner",
            "source_department",
            "address",
            "region",
            "device_type",
            "point_class",
            "sharing_level",
            "opening_level",
            "status",
            "transmission",
        )

    def by_code_or_name(self, queryset: QuerySet[Camera], _: str, value: str) -> QuerySet[Camera]:
        return queryset.filter(Q(code__startswith=value.strip()) | Q(name__contains=value.strip()))


class SubmissionFilter(django_filters.FilterSet):
    submitted_at = DaySpan(label="提交日期")
    number = django_filters.CharFilter(lookup_expr="icontains", label="编目批次")

    class Meta:
        model = Submission
        fields = ("number", "department", "state", "submitted_at")


class ChangeFilter(django_filters.FilterSet):
    code = django_filters.CharFilter(lookup_expr="startswith", label="视频编号")

    class Meta:
        model = Change
        fields = ("code", "kind", "verdict")
