"""What is asked for a plan of inspection."""

from typing import Any

from django import forms

from gongshi.catalogue.codes import PointClass
from gongshi.identity.models import REGION_CHOICES, Department
from gongshi.quality.models import NAME_LENGTH, InspectionPlan
from gongshi.quality.plan_actions import BOUNDS

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


def _number(field: str, initial: int, help_text: str = "") -> forms.IntegerField:
    label, least, most = BOUNDS[field]
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, initial=initial, help_text=help_text
    )


def _hour(label: str, help_text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(coerce=int, choices=HOURS, label=label, initial=0, help_text=help_text)


class InspectionForm(forms.Form):
    code = forms.CharField(label="视频编号", max_length=32, help_text="在目录或点位一张图中可以查到。")


class PlanForm(forms.Form):
    name = forms.CharField(label="计划名称", max_length=NAME_LENGTH)
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True), label="数源部门", required=False, empty_label="全部"
    )
    region = forms.ChoiceField(label="行政区域", choices=[("", "全部"), *REGION_CHOICES], required=False)
    point_class = forms.ChoiceField(
        label="点位分类", choices=[("", "全部"), *PointClass.choices], required=False
    )
    every_hours = _number("every_hours", 24, "从上一次开始算起，到期后在检测时段内开始。")
    at_once = _number("at_once", 20)
    from_hour = _hour("检测时段自")
    until_hour = _hour("检测时段至", "与起始相同即全天；22:00 至 06:00 为夜间。")
    window_s = _number("window_s", 6, "须收到两个关键帧才能判断画面冻结。")
    is_active = forms.BooleanField(label="启用", required=False, initial=True)


def as_typed(plan: InspectionPlan) -> dict[str, Any]:
    """The terms of a plan as its form shows them."""
    return {name: getattr(plan, name) for name in PlanForm.base_fields} | {"department": plan.department_id}
