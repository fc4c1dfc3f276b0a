"""How allauth is fitted to us: no sign-up, one sentence for all that fails, no way out to other hosts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from gongshi.audit.origin import current_origin
from gongshi.credentials.policy import FAILURES_UNTIL_LOCKED, LOCK_MINUTES
from gongshi.identity.models import Person


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by the security administrator, nobody makes one for himself (§10a)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": "登录过于频繁，请稍后再试，或联系安全管理员。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def validation_error(self, code: str, *arguments: Any) -> ValidationError:
        if code == "username_password_mismatch":
            return ValidationError(refusal(), code=code)
        refused: ValidationError = super().validation_error(code, *arguments)
        return refused

    def is_safe_url(self, url: str) -> bool:
        """Pages of this portal only, whatever host the request names."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        return current_origin().address or "unknown"


def refusal() -> str:
    """The same for an unknown account, a wrong password and a lock: none of them is told (ADR 22)."""
    return (
        f"账号或密码不正确，或登录已被锁定。连续失败 {FAILURES_UNTIL_LOCKED.value()} 次"
        f"锁定 {LOCK_MINUTES.value()} 分钟；忘记密码请联系安全管理员。"
    )


def display_name(person: Person) -> str:
    return person.name
