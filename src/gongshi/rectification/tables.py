"""The list of rectification orders."""

from datetime import date

import django_tables2 as tables

from gongshi.kernel.lists import CODE, WRAP, ListTable, StatusColumn, TimeColumn, status_badge
from gongshi.rectification.codes import OrderState
from gongshi.rectification.models import Order

STATE_TONES: dict[str, str] = {
    OrderState.OPEN: "red",
    OrderState.MENDED: "blue",
    OrderState.PROVED: "green",
    OrderState.CLOSED: "gray",
}


class OrderTable(ListTable):
    number = tables.Column(linkify=True, attrs=CODE)
    camera_code = tables.Column("视频编号", accessor="camera__code", attrs=CODE)
    camera = tables.Column("设备名称", accessor="camera__name", attrs=WRAP)
    source_department = tables.Column(accessor="source_department__short_name")
    faults = tables.Column("异常", accessor="fault_names", order_by="faults", attrs=WRAP)
    description = tables.Column(attrs=WRAP)
    addressees = tables.Column("责任单位", empty_values=(), orderable=False, attrs=WRAP)
    due_on = tables.Column()
    state = StatusColumn(STATE_TONES)
    urging = tables.Column()
    opened_at = TimeColumn()
    mended_at = TimeColumn()
    proved_at = TimeColumn()
    closed_at = TimeColumn()
    conclusion = tables.Column(attrs=WRAP)

    class Meta(ListTable.Meta):
        model = Order
        fields = (
            "number",
            "camera_code",
            "camera",
            "source_department",
            "faults",
            "description",
            "addressees",
            "due_on",
            "state",
            "urging",
            "opened_at",
            "mended_at",
            "proved_at",
            "closed_at",
            "conclusion",
        )
        off = (
            "camera_code",
            "description",
            "urging",
            "opened_at",
            "mended_at",
            "proved_at",
            "closed_at",
            "conclusion",
        )

    def render_addressees(self, record: Order) -> str:
        return "；".join(str(each) for each in record.addressees.all())

    def render_due_on(self, record: Order, value: date) -> str:
        return status_badge(value.isoformat(), "red") if record.is_overdue else value.isoformat()

    def value_due_on(self, value: date) -> str:
        return value.isoformat()
