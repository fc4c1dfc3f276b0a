"""What the auditor fills in."""

from django import forms
from django.core.validators import RegexValidator

MONTH = RegexValidator(r"^\d{4}-(0[1-9]|1[0-2])$", "月份请按 2026-11 的格式填写。")


def _month(label: str) -> forms.CharField:
    return forms.CharField(label=label, validators=[MONTH], widget=forms.TextInput(attrs={"type": "month"}))


class VerificationForm(forms.Form):
    """Days between which everything sealed is verified; both may be left open."""

    day = forms.TextInput(attrs={"type": "date"})
    since = forms.DateField(label="自（不填则从最早开始）", required=False, widget=day)
    until = forms.DateField(label="至（不填则到最近）", required=False, widget=day)


class BundleForm(forms.Form):
    from_month = _month("起始月份")
    until_month = _month("截止月份")


class ConfirmationForm(forms.Form):
    digest = forms.CharField(
        label="您保存的文件的 SHA-256 摘要",
        max_length=80,
        help_text="在保存文件的机器上计算：certutil -hashfile 文件 SHA256（Windows）或 sha256sum 文件。",
        widget=forms.TextInput(attrs={"wide": True, "autocomplete": "off"}),
    )
