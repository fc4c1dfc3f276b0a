"""Lists of items, demands, lanes and lines."""

from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongshi.demand import diagram
from gongshi.demand.diagram import LaneRow
from gongshi.demand.holders import BallHolders
from gongshi.demand.models import BusinessCategory, BusinessItem, Demand, DemandLine, DemandState, Lane
from gongshi.demand.tones import DEMAND_TONES, LANE_TONES, RESULT_TONES, VERDICT_TONES
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, StatusColumn, TimeColumn


class CategoryTable(ListTable):
    item_count = tables.Column("业务事项数", attrs=NUMBER)

    class Meta(ListTable.Meta):
        model = BusinessCategory
        fields = ("name", "item_count")


class ItemTable(ListTable):
    code = tables.Column(attrs=CODE)
    category = tables.Column(accessor="category__name")
    name = tables.Column(attrs=WRAP)
    legal_basis = tables.Column(attrs=WRAP)
    created_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = BusinessItem
        fields = (
            "code",
            "name",
            "category",
            "section",
            "section_contact",
            "legal_basis",
            "business_system",
            "created_at",
        )
        off = ("created_at",)


class HoldersKnown(ListTable):
    """Base of tables that say who holds the ball, from one query for the whole page."""

    @cached_property
    def ball(self) -> BallHolders:
        return BallHolders.load()


class DemandTable(HoldersKnown):
    number = tables.Column(linkify=True, attrs=CODE)
    item = tables.Column("业务事项", accessor="item__name", attrs=WRAP)
    department = tables.Column("需求部门", accessor="department__name", attrs=WRAP)
    points = tables.Column("点位", attrs=NUMBER)
    state = StatusColumn(DEMAND_TONES)
    holder = tables.Column("当前办理", empty_values=(), orderable=False, attrs=WRAP)
    submitted_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = Demand
        fields = (
            "number",
            "item",
            "department",
            "type",
            "way",
            "points",
            "state",
            "holder",
            "submitted_at",
            "period_from",
            "period_until",
            "contact",
        )
        off = ("type", "way", "period_from", "period_until", "contact")

    def render_points(self, record: Demand, value: int) -> Any:
        """A draft has a list, and no points before it is submitted."""
        return "—" if record.state == DemandState.DRAFT else value

    def render_holder(self, record: Demand) -> str:
        return "；".join(self.ball.texts(record.lanes.all())) or "—"


class LaneTable(HoldersKnown):
    """Lanes to decide about; the number leads to the page of the decision."""

    demand = tables.Column("需求编号", accessor="demand__number", attrs=CODE)
    item = tables.Column("业务事项", accessor="demand__item__name", attrs=WRAP)
    department = tables.Column("需求部门", accessor="demand__department__name", attrs=WRAP)
    decider = tables.Column(
        "数源部门", accessor="source_department__name", default="系统自动判定", attrs=WRAP
    )
    points = tables.Column("点位", attrs=NUMBER)
    state = StatusColumn(LANE_TONES)
    entered_at = TimeColumn()
    submitted_at = TimeColumn(verbose_name="提交时间", accessor="demand__submitted_at")

    class Meta(ListTable.Meta):
        model = Lane
        fields = (
            "demand",
            "item",
            "department",
            "decider",
            "points",
            "state",
            "entered_at",
            "due_at",
            "submitted_at",
        )
        off = ("due_at", "submitted_at")


def _number_leading_to(page: str) -> tables.Column:
    """需求编号, a link to what one does with the lane."""
    link = (page, {"pk": tables.A("pk")})
    return tables.Column("需求编号", accessor="demand__number", linkify=link, attrs=CODE)


class ConfirmationTable(LaneTable):
    demand = _number_leading_to("demand:confirm_lane")

    class Meta(LaneTable.Meta):
        pass


class ReviewTable(LaneTable):
    demand = _number_leading_to("demand:review_lane")

    class Meta(LaneTable.Meta):
        pass


class StepColumn(tables.Column):  # type: ignore[misc]
    """How one step of the lane ended, or where it stands."""

    def __init__(self, title: str, number: int) -> None:
        super().__init__(title, empty_values=(), orderable=False)
        self.step = number

    def render(self, record: Lane, table: "MonitorTable") -> SafeString | str:
        step = table.row_of(record).steps[self.step]
        if step.look == "todo":
            return "—"
        tone = {"done": "green", "current": "blue", "bad": "red"}[step.look]
        return format_html('<span class="badge-dot status-{}">{}</span>', tone, step.result)

    def value(self, record: Lane, table: "MonitorTable") -> str:
        return table.row_of(record).steps[self.step].result


class MonitorTable(HoldersKnown):
    """供需流程监控 (§8): item, source confirmation, bureau review, implementation, realisation."""

    demand = tables.Column(
        "需求编号",
        accessor="demand__number",
        attrs=CODE,
        linkify=lambda record: record.demand.get_absolute_url(),
    )
    item = tables.Column("业务事项", accessor="demand__item__name", attrs=WRAP)
    department = tables.Column("需求部门", accessor="demand__department__name", attrs=WRAP)
    decider = tables.Column("数源部门", accessor="source_department__short_name", default="系统自动判定")
    points = tables.Column("点位", attrs=NUMBER)
    confirmed = StepColumn("数源确认", 1)
    reviewed = StepColumn("大数据局审核", 2)
    delivered = StepColumn("实施进展", 3)
    accepted = StepColumn("验收", 4)
    used = StepColumn("数据落实", 5)
    holder = tables.Column("当前办理", empty_values=(), orderable=False, attrs=WRAP)
    entered_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = Lane
        fields = (
            "demand",
            "item",
            "department",
            "decider",
            "points",
            "confirmed",
            "reviewed",
            "delivered",
            "accepted",
            "used",
            "holder",
            "entered_at",
        )
        off = ("department", "points", "accepted", "holder", "entered_at")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._rows: dict[int, LaneRow] = {}

    def row_of(self, lane: Lane) -> LaneRow:
        if lane.pk not in self._rows:
            (self._rows[lane.pk],) = diagram.rows([lane], self.ball)
        return self._rows[lane.pk]

    def render_holder(self, record: Lane) -> str:
        return self.row_of(record).holder or "—"


class LineTable(ListTable):
    code = tables.Column("视频编号", accessor="camera__code", attrs=CODE)
    name = tables.Column("设备名称", accessor="camera__name", attrs=WRAP)
    source_department = tables.Column(accessor="source_department__short_name")
    verdict = StatusColumn(VERDICT_TONES)
    reason = tables.Column(attrs=WRAP)
    delivery_result = StatusColumn(RESULT_TONES)
    delivery_reason = tables.Column(attrs=WRAP)
    decided_by = tables.Column(accessor="decided_by__name")
    decided_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = DemandLine
        fields = (
            "code",
            "name",
            "source_department",
            "sharing_level",
            "verdict",
            "reason",
            "delivery_result",
            "delivery_reason",
            "decided_by",
            "decided_at",
        )
        off = ("decided_by", "decided_at")
