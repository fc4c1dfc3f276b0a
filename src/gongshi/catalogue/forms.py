"""What is asked when a workbook is handed in and when it is decided."""

from typing import Any

from django import forms

from gongshi.catalogue.actions import APPROVE, RETURN
from gongshi.catalogue.models import Submission
from gongshi.catalogue.queries import departments_compiled_by
from gongshi.identity.models import Department, Person

EXAMPLE = "33110200001320000001 经纬度与地址不符"


class SubmitForm(forms.Form):
    department = forms.ModelChoiceField(Department.objects.none(), label="编目部门", empty_label=None)
    title = forms.CharField(
        label="说明", max_length=128, required=False, help_text="给审核人看的一句话；不填则用文件名。"
    )
    file = forms.FileField(
        label="点位文件",
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "wide": True}),
        help_text=".xlsx 或 .csv，最多 10000 行、10 MB。任何一行有误，整个文件都不导入。",
    )

    def __init__(self, *arguments: Any, person: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = departments_compiled_by(person)
        self.initial.setdefault("department", person.department_id)


class DecideForm(forms.Form):
    verdict = forms.ChoiceField(
        label="结论",
        choices=[(APPROVE, "通过并发布"), (RETURN, "全部退回")],
        initial=APPROVE,
        widget=forms.RadioSelect,
    )
    returned = forms.CharField(
        label="其中退回的点位",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": EXAMPLE}),
        help_text="每行一个：视频编号 理由。没有写理由的，用“退回理由”。其余点位通过。",
    )
    reason = forms.CharField(label="退回理由", required=False, max_length=300)

    def __init__(self, *arguments: Any, submission: Submission, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.submission = submission

    def clean(self) -> dict[str, Any]:
        """`returned` becomes pairs of a change's key and a reason, as the action takes them."""
        cleaned = super().clean() or self.cleaned_data
        lines = [line.split(None, 1) for line in cleaned.get("returned", "").splitlines() if line.strip()]
        keys = dict(
            self.submission.changes.filter(code__in=[line[0] for line in lines]).values_list("code", "pk")
        )
        unknown = [line[0] for line in lines if line[0] not in keys]
        if unknown:
            self.add_error("returned", f"本批次没有视频编号 {unknown[0]}，请核对。")
            return cleaned
        reason = cleaned.get("reason", "")
        cleaned["returned"] = [(keys[line[0]], line[1] if len(line) > 1 else reason) for line in lines]
        return cleaned
