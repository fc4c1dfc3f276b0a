"""What inspections, plans and runs can be filtered by."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from gongshi.catalogue.codes import PointClass
from gongshi.identity.models import REGION_CHOICES, Department
from gongshi.kernel.filters import DaySpan, YesNo
from gongshi.quality.diagnosis.faults import FAULTS
from gongshi.quality.models import Inspection, InspectionPlan, InspectionRun


class InspectionFilter(django_filters.FilterSet):
    code = django_filters.CharFilter(
        field_name="camera__code", lookup_expr="startswith", label="视频编号", strip=True
    )
    fault = django_filters.ChoiceFilter(
        method="by_fault", choices=[(fault.code, fault.label) for fault in FAULTS], label="异常"
    )
    source_department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.filter(is_active=True), label="数源部门"
    )
    region = django_filters.ChoiceFilter(
        field_name="camera__region", choices=REGION_CHOICES, label="行政区域"
    )
    point_class = django_filters.ChoiceFilter(
        field_name="camera__point_class", choices=PointClass.choices, label="点位分类"
    )
    at = DaySpan(label="检测日期")
    run = django_filters.NumberFilter(label="检测批次")

    class Meta:
        model = Inspection
        fields = ("code", "outcome", "fault", "at", "source_department", "region", "point_class", "run")

    def by_fault(self, queryset: QuerySet[Inspection], _: str, value: Any) -> QuerySet[Inspection]:
        return queryset.filter(faults__contains=[value])


class PlanFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="contains", label="计划名称")
    is_active = YesNo(label="启用")

    class Meta:
        model = InspectionPlan
        fields = ("name", "is_active")


class RunFilter(django_filters.FilterSet):
    begun_at = DaySpan(label="开始日期")
    plan = django_filters.ModelChoiceFilter(queryset=InspectionPlan.objects.all(), label="检测计划")

    class Meta:
        model = InspectionRun
        fields = ("plan", "state", "begun_at")
