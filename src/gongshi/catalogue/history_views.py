"""变更历史: every version of a point, who changed what, when and why."""

from functools import cached_property
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString

from gongshi.catalogue import queries
from gongshi.catalogue.models import Camera, Change
from gongshi.catalogue.proposals import differences
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.tables import KIND_TONES, difference_lines
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import may
from gongshi.kernel.filters import DaySpan
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListPage, ListTable, StatusColumn, TimeColumn


class VersionFilter(django_filters.FilterSet):
    decided_at = DaySpan(field_name="submission__decided_at", label="发布日期")

    class Meta:
        model = Change
        fields = ("kind", "decided_at")


class VersionTable(ListTable):
    version = tables.Column("版本", accessor="base_version", attrs=NUMBER)
    kind = StatusColumn(KIND_TONES)
    decided_at = TimeColumn(verbose_name="发布时间", accessor="submission__decided_at")
    differences = tables.Column("变更前 → 变更后", empty_values=(), orderable=False, attrs=WRAP)
    ground = tables.Column(attrs=WRAP)
    compiled_by = tables.Column("编目人", accessor="submission__compiled_by__name")
    decided_by = tables.Column("审核人", accessor="submission__decided_by__name")
    submission = tables.Column("编目批次", accessor="submission__number", attrs=CODE)

    class Meta(ListTable.Meta):
        model = Change
        fields = (
            "version",
            "kind",
            "decided_at",
            "differences",
            "ground",
            "compiled_by",
            "decided_by",
            "submission",
        )

    def __init__(self, *arguments: Any, names: DepartmentNames, with_network: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.names, self.with_network = names, with_network

    def render_version(self, value: int) -> int:
        return value + 1

    def value_version(self, value: int) -> int:
        return value + 1

    def render_differences(self, record: Change) -> SafeString:
        return difference_lines(record, self.names, with_network=self.with_network)

    def value_differences(self, record: Change) -> str:
        return "；".join(
            str(each) for each in differences(record, self.names, with_network=self.with_network)
        )


class CameraHistory(ListPage):
    permission = Permission.ReadCatalogue
    table_class = VersionTable
    filterset_class = VersionFilter
    title = "变更历史"
    empty_icon = "history"
    empty_title = "没有变更记录"
    empty_text = "该点位不是经编目审核发布的。"

    request: HttpRequest

    @cached_property
    def camera(self) -> Camera:
        known = queries.cameras_known_to(signed_in(self.request)).select_related("source_department")
        return get_object_or_404(known, code=self.kwargs["code"])

    @property
    def sub(self) -> str:  # type: ignore[override]
        return str(self.camera)

    @property
    def back_label(self) -> str:  # type: ignore[override]
        return self.camera.name

    def back_url(self) -> str:
        return reverse("catalogue:camera", args=[self.camera.code])

    def get_queryset(self) -> QuerySet[Change]:
        return queries.published_changes_of(self.camera)

    def get_table_kwargs(self) -> dict[str, Any]:
        return super().get_table_kwargs() | {
            "names": DepartmentNames.load(),
            "with_network": may(signed_in(self.request), Permission.ReadNetworkFields, self.camera),
        }
