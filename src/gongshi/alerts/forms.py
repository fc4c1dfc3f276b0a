"""What is asked of who handles an alert, and of who explains it."""

from typing import Any

from django import forms

from gongshi.alerts.actions import ANSWER_LENGTH, QUESTION_LENGTH
from gongshi.alerts.models import Alert
from gongshi.alerts.queries import may_be_asked
from gongshi.identity.models import Person


def _text(label: str, longest: int, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "wide": True})
    return forms.CharField(label=label, max_length=longest, widget=widget, help_text=help_text)


class QuestionForm(forms.Form):
    explainer = forms.ModelChoiceField(Person.objects.none(), label="说明人", empty_label="请选择")
    question = _text("要求说明的问题", QUESTION_LENGTH, "说明人将在消息中看到该问题。")

    def __init__(self, *arguments: Any, alert: Alert, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["explainer"].queryset = may_be_asked(alert)  # type: ignore[attr-defined]


class ExplanationForm(forms.Form):
    explanation = _text("说明", ANSWER_LENGTH, "告警关闭之前可以修改；每次提交都会记入审计日志。")


class ConclusionForm(forms.Form):
    conclusion = _text("处理结论", ANSWER_LENGTH)


class ReopeningForm(forms.Form):
    reason = _text("重新打开的理由", QUESTION_LENGTH)
