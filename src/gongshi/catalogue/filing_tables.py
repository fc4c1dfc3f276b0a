"""Lists of construction units, and of the points of one as they stand to its filing."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from gongshi.catalogue.filing_queries import STATE_LABELS, PointState, state_of
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Department
from gongshi.kernel.filters import YesNo
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, status_badge

TONES = {
    PointState.UNFILED: "gray",
    PointState.NEW: "blue",
    PointState.CHANGED: "orange",
    PointState.SAME: "green",
}


def unit_state(unit: Any) -> tuple[str, str]:
    """Word and tone for a unit of `units_visible_to`."""
    if unit.filed_on is None:
        return "未备案", "red"
    if unit.touched or unit.points != unit.filed_points:
        return "备案后有变动", "orange"
    return "已备案", "green"


class UnitFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="建设单位")
    filed = YesNo(field_name="filed_on", lookup_expr="isnull", exclude=True, label="是否备案")

    class Meta:
        model = Department
        fields = ("q", "region", "filed")


class UnitTable(ListTable):
    code = tables.Column(attrs=CODE, linkify=("catalogue:filing", {"code": tables.A("code")}))
    name = tables.Column("建设单位", attrs=WRAP)
    points = tables.Column("点位", attrs=NUMBER)
    state = tables.Column("备案状态", empty_values=(), orderable=False)
    filed_on = tables.Column("备案日期")
    receipt_number = tables.Column("回执编号", attrs=WRAP)
    filed_points = tables.Column("备案点位", attrs=NUMBER)

    class Meta(ListTable.Meta):
        model = Department
        fields = ("code", "name", "region", "points", "state", "filed_on", "receipt_number", "filed_points")

    def render_state(self, record: Any) -> SafeString:
        return status_badge(*unit_state(record))

    def value_state(self, record: Any) -> str:
        return unit_state(record)[0]


class FiledPointFilter(django_filters.FilterSet):
    """By how the points of `with_states` stand to the last filing."""

    state = django_filters.ChoiceFilter(
        label="与上次备案相比",
        choices=[
            (state.value, STATE_LABELS[state])
            for state in (PointState.NEW, PointState.CHANGED, PointState.SAME)
        ],
        method="by_state",
    )

    class Meta:
        model = Camera
        fields = ("state", "device_type")

    def by_state(self, cameras: QuerySet[Camera], _: str, value: str) -> QuerySet[Camera]:
        return cameras.filter(**{"filing_state": value})


class UnitPointTable(ListTable):
    code = tables.Column(attrs=CODE, linkify=("catalogue:camera", {"code": tables.A("code")}))
    name = tables.Column(attrs=WRAP)
    address = tables.Column(attrs=WRAP, orderable=False)
    longitude = tables.Column(attrs=NUMBER, orderable=False)
    latitude = tables.Column(attrs=NUMBER, orderable=False)
    retention_days = tables.Column(attrs=NUMBER)
    state = tables.Column("与上次备案相比", empty_values=(), orderable=False)

    class Meta(ListTable.Meta):
        model = Camera
        fields = (
            "code",
            "name",
            "address",
            "longitude",
            "latitude",
            "device_type",
            "retention_days",
            "state",
        )
        off = ("longitude", "latitude")

    def render_state(self, record: Camera) -> SafeString:
        state = state_of(record)
        return status_badge(STATE_LABELS[state], TONES[state])

    def value_state(self, record: Camera) -> str:
        return STATE_LABELS[state_of(record)]
