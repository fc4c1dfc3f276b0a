"""The one way in by password: each look at a password costs a try."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from gongshi.credentials.lockout import LockedOut, guarded, person_of
from gongshi.identity.models import Person


class GuardedBackend(AuthenticationBackend):  # type: ignore[misc]
    """Gives the person, or None: unknown, wrong, locked out and no longer in use look and cost the same."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        account = credentials.get("username") or credentials.get("account")
        password = credentials.get("password")
        if not account or not password:
            return None
        try:
            return guarded(account, "密码", lambda: self._who(account, password))
        except LockedOut:
            make_password(password)
            return None

    def _who(self, account: str, password: str) -> Person | None:
        person = person_of(account)
        if person is None:
            make_password(password)
            return None
        right = person.check_password(password)
        return person if right and self.user_can_authenticate(person) else None
