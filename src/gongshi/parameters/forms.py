"""What is asked for a parameter."""

from typing import Any

from django import forms

from gongshi.kernel.parameters import Parameter
from gongshi.parameters.models import REASON_LENGTH


class ParameterForm(forms.Form):
    """`seen` carries the number that stood on the page, so that of two who edit the second is told."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    value = forms.IntegerField(label="新值")
    reason = forms.CharField(
        label="修改理由",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "wide": True}),
    )

    def __init__(self, *arguments: Any, parameter: Parameter, in_force: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["seen"].initial = self.fields["value"].initial = in_force
        least, most = parameter.least(in_force), parameter.highest
        if parameter.is_switch:
            choices = [(value, parameter.text(value)) for value in range(least, most + 1)]
            self.fields["value"] = forms.TypedChoiceField(
                coerce=int, label="新值", choices=choices, initial=in_force
            )
        else:
            unit = f"（{parameter.unit}）" if parameter.unit else ""
            only_upward = "法定期限，只能延长。" if parameter.only_upward else ""
            bounds = f"{least} 至 {most}，现行 {in_force}，默认 {parameter.default}。"
            self.fields["value"].label = f"新值{unit}"
            self.fields["value"].help_text = bounds + only_upward
