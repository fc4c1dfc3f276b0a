"""What is asked when an import is confirmed, and when its columns are assigned."""

from typing import Any

from django import forms

from gongshi.catalogue.columns import COLUMNS
from gongshi.catalogue.import_models import Import
from gongshi.catalogue.import_queries import names_of

ALL, GOOD = "all", "good"
NOT_OURS = "不导入"


class ConfirmForm(forms.Form):
    good_rows_only = forms.TypedChoiceField(
        label="提交范围",
        choices=[(ALL, "全部：有任何一行有误就不提交"), (GOOD, "只提交无误的行，有误的行略过并列出")],
        initial=ALL,
        widget=forms.RadioSelect,
        coerce=lambda chosen: chosen == GOOD,
    )


class ColumnsForm(forms.Form):
    """One choice for each head of the file that is none of ours, or that was assigned before."""

    def __init__(self, *arguments: Any, whole: Import, **options: Any) -> None:
        super().__init__(*arguments, **options)
        known = names_of(whole.department)
        self.heads = list(dict.fromkeys([*whole.unknown_heads, *known]))
        choices = [("", NOT_OURS), *((column.head, _label(column.head, whole)) for column in COLUMNS)]
        for number, head in enumerate(self.heads):
            self.fields[f"head_{number}"] = forms.ChoiceField(
                label=head, choices=choices, required=False, initial=known.get(head, "")
            )

    def clean(self) -> dict[str, Any]:
        """`heads`: its head → our head, or nothing."""
        cleaned = super().clean() or self.cleaned_data
        return {"heads": {head: cleaned.get(f"head_{number}", "") for number, head in enumerate(self.heads)}}


def _label(head: str, whole: Import) -> str:
    return f"{head}（文件缺少）" if head in whole.missing_heads else head
