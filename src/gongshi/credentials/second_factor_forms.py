"""What is asked at the second factor: a code at the login, the password again before every change."""

from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.core.exceptions import ValidationError

from gongshi.credentials.second_factor import use_code
from gongshi.kernel.errors import GongshiError


def code_field(label: str, hint: str = "", **attributes: str) -> forms.CharField:
    """Six digits of the app; phones offer the keyboard and the code that goes with them."""
    looks = {"autocomplete": "one-time-code", "inputmode": "numeric", **attributes}
    return forms.CharField(label=label, max_length=16, help_text=hint, widget=forms.TextInput(attrs=looks))


class LoginCodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code between the password and the portal; allauth's form asks our action."""

    code = code_field("验证码", autofocus="autofocus")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            self.authenticator = use_code(person=self.user, code=code)
        except GongshiError as error:
            raise ValidationError(error.message) from None
        return code


class OwnPasswordForm(forms.Form):
    """Whoever finds a desk unattended changes nothing."""

    password = forms.CharField(
        label="登录密码",
        max_length=128,
        strip=False,
        help_text="再次填写登录密码，确认是本人操作。",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SetSecondFactorForm(OwnPasswordForm):
    code = code_field("验证码", "扫描后，手机上显示的 6 位数字。")
    field_order = ("code", "password")


class ResetReasonForm(forms.Form):
    reason = forms.CharField(
        label="重置理由",
        max_length=200,
        help_text="例如：手机丢失，已当面核验身份。",
        widget=forms.TextInput(attrs={"wide": True}),
    )
