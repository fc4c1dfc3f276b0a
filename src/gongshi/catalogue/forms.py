"""What is asked when points are compiled, handed in and decided."""

from dataclasses import dataclass
from typing import Any

from django import forms

from gongshi.catalogue.cells import Day, Labels, Text
from gongshi.catalogue.columns import COLUMNS, Column, Group
from gongshi.catalogue.deciding import APPROVE, RETURN
from gongshi.catalogue.drafts import LONGEST_GROUND
from gongshi.catalogue.models import Submission
from gongshi.catalogue.queries import departments_compiled_by
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, Person
from gongshi.kernel.problems import WorkbookRefused

WIDE_FROM = 200
HINTS = {
    "code": "20 位国标编码，或含字母的自编编号（字母、数字、连字符，不超过 32 位）",
    "main_url": "加密保存，不再显示；修改时留空表示不变",
    "sub_url": "加密保存，不再显示；修改时留空表示不变",
}
EXAMPLE = "33110200001320000001 经纬度与地址不符"
# What inspections find is no field of a form.
FORM_COLUMNS = tuple(column for column in COLUMNS if not column.is_measured)


class SubmitForm(forms.Form):
    department = forms.ModelChoiceField(Department.objects.none(), label="编目部门", empty_label=None)
    title = forms.CharField(
        label="说明", max_length=128, required=False, help_text="给审核人看的一句话；不填则用文件名。"
    )
    file = forms.FileField(
        label="点位文件",
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "wide": True}),
        help_text=".xlsx 或 .csv，最多 100000 行、64 MB。上传后先检查，确认后才提交。",
    )

    def __init__(self, *arguments: Any, person: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = departments_compiled_by(person)
        self.initial.setdefault("department", person.department_id)


@dataclass(frozen=True)
class Section:
    """A card of the form with its fields."""

    title: str
    fields: list[forms.BoundField]


class CameraForm(forms.Form):
    """One point, a field for each column that is compiled, under the column's own name and its own rules."""

    def __init__(self, *arguments: Any, names: DepartmentNames, code: str = "", **options: Any) -> None:
        super().__init__(*arguments, **options)
        for column in FORM_COLUMNS:
            self.fields[column.field] = field_of(column, names)
        self.fields["ground"] = forms.CharField(
            label="变更原因",
            max_length=LONGEST_GROUND,
            required=False,
            widget=forms.TextInput(attrs={"wide": True}),
            help_text="给审核人看，并记入该点位的变更历史，可不填。",
        )
        if code:
            self.fields["code"].widget.attrs["readonly"] = True

    @property
    def sections(self) -> list[Section]:
        groups = [
            Section(group, [self[column.field] for column in FORM_COLUMNS if column.group is group])
            for group in Group
        ]
        return [*groups, Section("变更", [self["ground"]])]

    def refuse(self, refusal: WorkbookRefused) -> None:
        """Put each problem next to the field at fault."""
        fields = {column.head: column.field for column in FORM_COLUMNS}
        for problem in refusal.problems:
            self.add_error(fields.get(problem.column), problem.message)


class LabelsField(forms.MultipleChoiceField):
    """Several labels of a code table; what is chosen becomes a text with "/" between them, as in a cell."""

    widget = forms.SelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return _parts(value)

    def to_python(self, value: Any) -> list[str]:
        return _parts(value)

    def clean(self, value: Any) -> Any:
        return "/".join(super().clean(value))


def _parts(value: Any) -> list[str]:
    texts = [value] if isinstance(value, str) else list(value or ())
    return [part for text in texts for part in str(text).split("/") if part]


def field_of(column: Column, names: DepartmentNames) -> forms.Field:
    """A choice for code tables and departments, else a line of text that the column's cell will read."""
    common: dict[str, Any] = {"label": column.head, "required": column.is_required}
    labels = column.cell.labels(names)
    if isinstance(column.cell, Labels):
        hint = "可选多项：按住 Ctrl 点选"
        return LabelsField(choices=[(label, label) for label in labels], help_text=hint, **common)
    # Several platforms may stand in one cell.
    if labels and not column.is_of_path:
        return forms.ChoiceField(choices=[("", "请选择"), *((label, label) for label in labels)], **common)
    wide = isinstance(column.cell, Text) and column.cell.longest >= WIDE_FROM
    hint = f"{'、'.join(labels)}；多个用“、”分开" if labels else column.cell.hint
    widget = forms.DateInput(attrs={"type": "date"}) if isinstance(column.cell, Day) else forms.TextInput()
    widget.attrs |= {"wide": True} if wide else {}
    return forms.CharField(widget=widget, help_text=HINTS.get(column.field, hint), **common)


class HandInForm(forms.Form):
    title = forms.CharField(
        label="说明", max_length=128, required=False, help_text="给审核人看的一句话，可不填。"
    )


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
        if submission.failure:
            # What was decided when it could not be published is not typed twice.
            noted = submission.changes.exclude(reason="").values_list("code", "reason")
            self.initial["returned"] = "\n".join(f"{code} {reason}" for code, reason in noted)

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
