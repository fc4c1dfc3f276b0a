"""Lists of inspections, plans and runs."""

import django_tables2 as tables

from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, StatusColumn, TimeColumn, status_badge
from gongshi.quality.diagnosis.faults import LABELS
from gongshi.quality.models import Inspection, InspectionPlan, InspectionRun
from gongshi.quality.tones import OUTCOME_TONES, RUN_TONES


class InspectionTable(ListTable):
    """There are millions: they can be sorted by what has an index."""

    at = TimeColumn(linkify=True, orderable=True)
    code = tables.Column("视频编号", accessor="camera__code", attrs=CODE)
    name = tables.Column("设备名称", accessor="camera__name", attrs=WRAP)
    source_department = tables.Column(accessor="source_department__short_name")
    outcome = StatusColumn(OUTCOME_TONES)
    faults = tables.Column(attrs=WRAP)
    trouble = tables.Column(attrs=WRAP, default="")
    result_code = tables.Column(attrs=NUMBER)
    first_frame_ms = tables.Column(attrs=NUMBER)
    bitrate = tables.Column(attrs=NUMBER)
    frame_rate = tables.Column(attrs=NUMBER)
    resolution = tables.Column("分辨率")
    gop_s = tables.Column(attrs=NUMBER)

    class Meta(ListTable.Meta):
        model = Inspection
        orderable = False
        fields = (
            "at",
            "code",
            "name",
            "source_department",
            "outcome",
            "faults",
            "trouble",
            "first_frame_ms",
            "bitrate",
            "frame_rate",
            "resolution",
            "gop_s",
            "codec",
            "result_code",
        )
        off = (
            "first_frame_ms",
            "bitrate",
            "frame_rate",
            "resolution",
            "gop_s",
            "codec",
            "result_code",
        )

    def render_faults(self, value: list[str]) -> str:
        return "、".join(LABELS.get(code, code) for code in value) or "—"


class PlanTable(ListTable):
    name = tables.Column(linkify=True, attrs=WRAP)
    department = tables.Column(accessor="department__name", default="全部", attrs=WRAP)
    region = tables.Column(default="全部")
    point_class = tables.Column(default="全部")
    every_hours = tables.Column(attrs=NUMBER)
    hours = tables.Column("检测时段", accessor="from_hour", orderable=False)
    at_once = tables.Column(attrs=NUMBER)
    window_s = tables.Column(attrs=NUMBER)
    is_active = tables.Column("状态")
    last_begun_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = InspectionPlan
        fields = (
            "name",
            "department",
            "region",
            "point_class",
            "every_hours",
            "hours",
            "at_once",
            "window_s",
            "is_active",
            "last_begun_at",
        )
        off = ("region", "at_once", "window_s")

    def render_hours(self, record: InspectionPlan) -> str:
        return record.hours_text

    def render_is_active(self, value: bool) -> str:
        return status_badge("启用", "green") if value else status_badge("停用", "gray")

    def value_is_active(self, value: bool) -> str:
        return "启用" if value else "停用"


class RunTable(ListTable):
    begun_at = TimeColumn(linkify=True)
    plan = tables.Column(accessor="plan__name", default="人工检测", attrs=WRAP)
    asked_by = tables.Column(accessor="asked_by__name", default="系统")
    state = StatusColumn(RUN_TONES)
    done = tables.Column(attrs=NUMBER)
    total = tables.Column(attrs=NUMBER)
    done_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = InspectionRun
        fields = ("begun_at", "plan", "asked_by", "state", "done", "total", "done_at")
