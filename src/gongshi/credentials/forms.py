"""What is asked for passwords, locks and undertakings."""

from typing import Any

from django import forms

from gongshi.credentials.password_rules import HINT
from gongshi.credentials.undertaking import LONGEST


class ChangePasswordForm(forms.Form):
    old = forms.CharField(
        label="原密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "wide": True}),
    )
    new = forms.CharField(
        label="新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=HINT,
    )
    again = forms.CharField(
        label="再次填写新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", "两次填写的新密码不一致，请重新填写。")
        return cleaned


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3, "wide": True})
    )


class SignUndertakingForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label="我已阅读并同意以上承诺",
        error_messages={"required": "请阅读承诺书，同意后勾选；不同意的请退出登录。"},
        widget=forms.CheckboxInput(attrs={"wide": True}),
    )
    name = forms.CharField(label="签名", max_length=64, help_text="填写您本人的姓名，作为签署。")


class PublishUndertakingForm(forms.Form):
    text = forms.CharField(
        label="承诺书内容", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 18, "wide": True})
    )
    in_force_on = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="最早为明天；自生效之日起，所有人登录时须重新签署。",
    )
