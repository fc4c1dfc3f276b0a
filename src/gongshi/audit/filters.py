"""What the record can be filtered by."""

import django_filters

from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.kernel.filters import DaySpan


class AuditEventFilter(django_filters.FilterSet):
    at = DaySpan(label="日期")
    actor_name = django_filters.CharFilter(lookup_expr="icontains", label="姓名")
    object_label = django_filters.CharFilter(lookup_expr="icontains", label="对象")

    class Meta:
        model = AuditEvent
        fields = ("at", "actor_name", "action", "object_label")


class AccessRecordFilter(django_filters.FilterSet):
    opened_at = DaySpan(label="日期")
    person_name = django_filters.CharFilter(lookup_expr="icontains", label="姓名")
    department_name = django_filters.CharFilter(lookup_expr="icontains", label="单位")
    camera_code = django_filters.CharFilter(lookup_expr="icontains", label="视频编号")
    reason = django_filters.CharFilter(lookup_expr="icontains", label="事由")

    class Meta:
        model = AccessRecord
        fields = ("opened_at", "person_name", "department_name", "camera_code", "kind", "reason")
