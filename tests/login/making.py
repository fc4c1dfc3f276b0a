"""People who log in from somewhere, for tests."""

from typing import Any

from django.test import Client

from gongshi.identity.models import Person
from gongshi.login.models import LoginSession
from tests.factories import PASSWORD

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
LOGIN = "/account/login/"
HERE = "10.33.1.9"


def browser_at(address: str = HERE, program: str = CHROME) -> Client:
    """A browser on a machine with this address."""
    return Client(REMOTE_ADDR=address, headers={"User-Agent": program})


def log_in(person: Person, address: str = HERE, program: str = CHROME, **fields: Any) -> Client:
    """Sign in by the form, from an address; gives the browser, signed in or not."""
    browser = browser_at(address, program)
    browser.post(LOGIN, {"login": person.account, "password": PASSWORD} | fields)
    return browser


def is_in(browser: Client) -> bool:
    """Whether the portal lets this browser see a page that everybody may see who is signed in."""
    return browser.get("/notices/").status_code == 200


def live_login(person: Person) -> LoginSession | None:
    return LoginSession.objects.live().filter(person=person).first()


def last_login(person: Person) -> LoginSession:
    return LoginSession.objects.filter(person=person).latest("pk")
