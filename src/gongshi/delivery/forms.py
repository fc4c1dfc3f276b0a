"""What is asked of operators, the bureau and the requesting department."""

from typing import Any, NamedTuple

from django import forms

from gongshi.delivery.models import Feedback, WorkOrder, WorkOrderLine
from gongshi.delivery.queries import LaneOnOrder, lanes_on
from gongshi.demand.models import DeliveryResult, LaneState, LineVerdict

UNDELIVERABLE_REASONS = (
    "设备离线，无法取流",
    "网络不通，须网络主管单位处理",
    "该方式没有可用的接入路径",
    "前端设备正在检修",
)
FAILURE_REASONS = ("画面无法打开", "画面与点位不符", "画面卡顿，达不到查看要求", "开通范围与审批不一致")


class Row(NamedTuple):
    """A line on the page of its order; `open` while a result can be recorded."""

    line: WorkOrderLine
    open: bool
    chosen: bool


class ResultsForm(forms.Form):
    """One result for the chosen lines."""

    lines = forms.TypedMultipleChoiceField(
        coerce=int, label="点位", error_messages={"required": "请先勾选要登记的点位。"}
    )
    result = forms.ChoiceField(
        label="实施结果", choices=[choice for choice in DeliveryResult.choices if choice[0] != "open"]
    )
    reason = forms.CharField(
        label="无法开通的原因",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"list": "undeliverable-reasons", "autocomplete": "off"}),
    )

    def __init__(self, *arguments: Any, order: WorkOrder, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.lanes = lanes_on(order)
        self.lines_by_id = {
            line.pk: line
            for part in self.lanes
            if part.lane.state == LaneState.DELIVERING
            for line in part.lines
            if line.demand_line.verdict != LineVerdict.VOID
        }
        self.fields["lines"].choices = [(pk, str(pk)) for pk in self.lines_by_id]  # type: ignore[attr-defined]

    def clean_lines(self) -> list[WorkOrderLine]:
        return [self.lines_by_id[pk] for pk in self.cleaned_data["lines"]]

    def rows(self, part: LaneOnOrder) -> list[Row]:
        """The lines of a lane, marked as they were chosen."""
        chosen = {str(pk) for pk in self["lines"].value() or ()}
        return [Row(line, line.pk in self.lines_by_id, str(line.pk) in chosen) for line in part.lines]


class FeedbackForm(forms.Form):
    score = forms.TypedChoiceField(
        coerce=int,
        label="满意度",
        choices=[(score, f"{score} 分") for score in range(5, 0, -1)],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择 1 至 5 分。"},
    )
    advice = forms.CharField(
        label="建议",
        max_length=Feedback._meta.get_field("advice").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "wide": True}),
    )
