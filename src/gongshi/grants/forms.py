"""What is asked for ending a grant."""

from django import forms


class RevocationForm(forms.Form):
    reason = forms.CharField(
        label="撤销理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "wide": True}),
        help_text="使用人员和使用部门的数据专员将看到该理由。",
    )
