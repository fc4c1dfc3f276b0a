"""What cameras, submissions and changes can be filtered by (§6.2)."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from gongshi.catalogue.codes import Publication
from gongshi.catalogue.models import Camera, Change, Submission
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.words import by_code_or_name, with_words
from gongshi.kernel.authority import may
from gongshi.kernel.filters import DaySpan


class CameraFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_code_or_name", label="视频编号或名称")
    address = django_filters.CharFilter(method="by_address", label="具体位置")
    # The rows are those of one of the two before they are filtered: `queries.listed_cameras`.
    publication = django_filters.ChoiceFilter(
        choices=Publication.choices, method="as_listed", label="发布状态", empty_label=None
    )
    completeness_max = django_filters.NumberFilter(
        field_name="completeness", lookup_expr="lte", label="完整性不高于", min_value=0, max_value=100
    )
    validity_max = django_filters.NumberFilter(
        field_name="validity", lookup_expr="lte", label="合规性不高于", min_value=0, max_value=100
    )

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
            "publication",
            "completeness_max",
            "validity_max",
        )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.request is None or not may(self.request.user, Permission.ReadWithdrawn):
            del self.filters["publication"]

    def as_listed(self, queryset: QuerySet[Camera], _: str, value: str) -> QuerySet[Camera]:
        return queryset

    def by_code_or_name(self, queryset: QuerySet[Camera], _: str, value: str) -> QuerySet[Camera]:
        return by_code_or_name(queryset, value.strip())

    def by_address(self, queryset: QuerySet[Camera], _: str, value: str) -> QuerySet[Camera]:
        return with_words(queryset, "address", value.strip())


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
