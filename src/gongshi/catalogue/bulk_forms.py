"""What is asked when many points are changed at once."""

from dataclasses import dataclass
from typing import Any

from django import forms

from gongshi.catalogue.bulk import BULK_BY_HEAD, BULK_COLUMNS
from gongshi.catalogue.columns import Group
from gongshi.catalogue.drafts import LONGEST_GROUND
from gongshi.catalogue.forms import field_of
from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel.problems import WorkbookRefused


@dataclass(frozen=True)
class Choice:
    """A field that may be changed, and the tick that says that it shall be."""

    tick: forms.BoundField
    field: forms.BoundField


class AlikeForm(forms.Form):
    """A tick and a field for each column; only what is ticked changes. An empty field empties the column."""

    ground = forms.CharField(
        label="变更原因",
        max_length=LONGEST_GROUND,
        required=False,
        help_text="给审核人看，并记入变更历史，可不填。",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, names: DepartmentNames, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for column in BULK_COLUMNS:
            field = field_of(column, names)
            # The tick before it has its words.
            field.required, field.label = False, ""
            field.widget.attrs["aria-label"] = column.head
            self.fields[f"use_{column.field}"] = forms.BooleanField(
                label=f"修改{column.head}", required=False
            )
            self.fields[column.field] = field

    @property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """The fields under the headings of the archive."""
        of_group = {group: [column for column in BULK_COLUMNS if column.group is group] for group in Group}
        return [
            (group, [Choice(self[f"use_{column.field}"], self[column.field]) for column in columns])
            for group, columns in of_group.items()
            if columns
        ]

    @property
    def cells(self) -> dict[str, str]:
        """The new texts by head, of what is ticked."""
        ticked = [column for column in BULK_COLUMNS if self.cleaned_data.get(f"use_{column.field}")]
        return {column.head: self.cleaned_data[column.field] for column in ticked}

    def refuse(self, refusal: WorkbookRefused) -> None:
        """Put what cannot be read next to its field; what is wrong of single points is listed by the page."""
        for problem in refusal.problems:
            if column := BULK_BY_HEAD.get(problem.column):
                self.add_error(column.field, problem.message)
            else:
                self.add_error(None, str(problem))


class WithdrawForm(forms.Form):
    ground = forms.CharField(
        label="撤回原因",
        max_length=LONGEST_GROUND,
        widget=forms.Textarea(attrs={"rows": 3, "wide": True}),
        help_text="审核人、数源部门和正在使用的部门将看到该原因。",
        error_messages={"required": "请填写撤回原因，数源部门和使用部门将看到该原因。"},
    )
