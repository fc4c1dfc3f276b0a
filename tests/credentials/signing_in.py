"""Signing in by the page, as a browser does it."""

from typing import Any

from django.test import Client

from gongshi.credentials import steps
from gongshi.identity.models import Person
from tests.factories import PASSWORD

LOGIN = "/account/login/"
NEW_PASSWORD = "Guanshan-58-hu"


def try_to_sign_in(client: Client, account: str, password: str = PASSWORD, **meta: Any) -> Any:
    return client.post(LOGIN, {"login": account, "password": password}, **meta)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def signed_in_by_the_page(person: Person, password: str = PASSWORD) -> Client:
    """A browser in which nothing of the steps is taken for granted."""
    client = Client()
    try_to_sign_in(client, person.account, password)
    assert is_signed_in(client)
    assert steps.SESSION_KEY not in client.session
    return client
