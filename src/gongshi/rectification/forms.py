"""What is asked of who opens, answers and closes an order."""

from django import forms

from gongshi.quality.diagnosis.faults import FAULTS
from gongshi.rectification.models import DESCRIPTION_LENGTH


def _text(label: str, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "wide": True})
    return forms.CharField(label=label, max_length=DESCRIPTION_LENGTH, widget=widget, help_text=help_text)


class OpeningForm(forms.Form):
    faults = forms.MultipleChoiceField(
        label="异常",
        choices=[(fault.code, fault.label) for fault in FAULTS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    description = _text("问题说明", "建设单位、管理单位和运维单位会看到这段说明。")


class AnswerForm(forms.Form):
    answer = _text("答复", "写明已采取的措施；未能完成的写明原因和计划。")
    is_mended = forms.BooleanField(label="已整改完成，申请复检", required=False)


class ClosingForm(forms.Form):
    conclusion = _text("销号结论", "未经复检合格的，请写明不需复检的理由。")
