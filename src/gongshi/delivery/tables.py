"""The list of work orders."""

import django_tables2 as tables

from gongshi.delivery.models import WorkOrder
from gongshi.delivery.tones import ORDER_TONES
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, StatusColumn, TimeColumn


class WorkOrderTable(ListTable):
    number = tables.Column(linkify=True, attrs=CODE)
    demand = tables.Column(
        "需求编号",
        accessor="demand__number",
        linkify=lambda record: record.demand.get_absolute_url(),
        attrs=CODE,
    )
    item = tables.Column("业务事项", accessor="demand__item__name", attrs=WRAP)
    department = tables.Column("需求部门", accessor="demand__department__name", attrs=WRAP)
    way = tables.Column(default="结构化数据")
    points = tables.Column("点位", attrs=NUMBER)
    done = tables.Column("已登记", attrs=NUMBER)
    state = StatusColumn(ORDER_TONES)
    claimed_by = tables.Column(accessor="claimed_by__name")
    issued_at = TimeColumn()
    delivered_at = TimeColumn()
    score = tables.Column("满意度", accessor="feedback__score", attrs=NUMBER)

    class Meta(ListTable.Meta):
        model = WorkOrder
        fields = (
            "number",
            "demand",
            "item",
            "department",
            "way",
            "points",
            "done",
            "state",
            "claimed_by",
            "issued_at",
            "delivered_at",
            "score",
        )
        off = ("way", "delivered_at", "score")
