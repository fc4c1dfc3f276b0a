"""How allauth is fitted to us: no sign-up, no password change by mail."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from gongshi.identity.models import Person


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by the security administrator, nobody makes one for himself (§10a)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def display_name(person: Person) -> str:
    return person.name
