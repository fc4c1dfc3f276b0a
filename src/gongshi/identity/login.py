"""How allauth is fitted to us: no sign-up, no password change by mail."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from gongshi.identity.models import Person


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by the security administrator, nobody makes one for himself (§10a)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "账号或密码不正确，请核对；忘记密码请联系安全管理员。",
        "too_many_login_attempts": "登录失败次数过多，请稍后再试，或联系安全管理员。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def display_name(person: Person) -> str:
    return person.name
