"""What the record can be filtered by."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from gongshi.audit import queries
from gongshi.audit.models import AccessRecord, AuditEvent, Bundle, Seal
from gongshi.kernel.filters import DaySpan


class WordFilter(django_filters.CharFilter):
    """Text that is found by pairs of its letters, so there must be one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_length=2, error_messages={"min_length": "请至少输入 2 个字。"}, strip=True, **options
        )


class AddressFilter(django_filters.Filter):
    """One network address."""

    field_class = forms.GenericIPAddressField


class AuditEventFilter(django_filters.FilterSet):
    at = DaySpan(label="日期")
    person = WordFilter(method="by_person", label="姓名或账号")
    object = WordFilter(method="by_object", label="对象")
    succeeded = django_filters.ChoiceFilter(
        choices=[("True", "成功"), ("False", "失败或被拒绝")], label="结果"
    )
    address = AddressFilter(label="来源地址")
    request_id = django_filters.CharFilter(label="请求号")

    class Meta:
        model = AuditEvent
        fields = ("at", "person", "action", "object", "succeeded", "address", "request_id")

    def by_person(self, events: QuerySet[AuditEvent], _: str, text: str) -> QuerySet[AuditEvent]:
        return queries.by_actor(events, text)

    def by_object(self, events: QuerySet[AuditEvent], _: str, text: str) -> QuerySet[AuditEvent]:
        return queries.by_object(events, text)


class AccessRecordFilter(django_filters.FilterSet):
    opened_at = DaySpan(label="日期")
    person = django_filters.CharFilter(method="by_person", label="姓名或账号")
    department_name = django_filters.CharFilter(lookup_expr="icontains", label="调用单位")
    source_department = django_filters.CharFilter(lookup_expr="icontains", label="数源部门")
    camera = django_filters.CharFilter(method="by_camera", label="视频编号或名称")
    grant_number = django_filters.CharFilter(lookup_expr="istartswith", label="授权编号")
    reason = django_filters.CharFilter(lookup_expr="icontains", label="事由")

    class Meta:
        model = AccessRecord
        fields = (
            "opened_at",
            "person",
            "department_name",
            "source_department",
            "camera",
            "kind",
            "grant_number",
            "reason",
        )

    def by_person(self, records: QuerySet[AccessRecord], _: str, text: str) -> QuerySet[AccessRecord]:
        return records.filter(Q(person_name__icontains=text) | Q(person_account__iexact=text))

    def by_camera(self, records: QuerySet[AccessRecord], _: str, text: str) -> QuerySet[AccessRecord]:
        return records.filter(Q(camera_code__startswith=text) | Q(camera_name__icontains=text))


class SealFilter(django_filters.FilterSet):
    sealed_at = DaySpan(label="封存日期")
    digest = django_filters.CharFilter(lookup_expr="startswith", label="摘要")

    class Meta:
        model = Seal
        fields = ("sealed_at", "digest")


class BundleFilter(django_filters.FilterSet):
    asked_at = DaySpan(label="提出日期")

    class Meta:
        model = Bundle
        fields = ("asked_at", "state")
