"""Sends one request as one of the cast and tells what came back and what it changed; then it never was."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from psycopg.pq import TransactionStatus

from gongshi.identity.models import Person
from tests.matrix.people import STRANGER

LOGIN = "/account/login/"
# How often the running transaction has touched each table, also where it thought better of it.
TOUCHED = """
    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
# What a request writes about itself, whatever it asks for: its session, and that its person was there.
OWN_TRACES = frozenset({"django_session", "login_loginsession"})
# A refusal is recorded; it must be the only thing that is.
RECORD = "audit_auditevent"


@dataclass(frozen=True)
class Answer:
    """What came back, and the tables in which something is other than before."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    changed: frozenset[str]

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def is_page(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    @property
    def let_in(self) -> bool:
        return 200 <= self.status < 400 and not self._led_to_login

    @property
    def refused(self) -> bool:
        """Not allowed, not to be known of, no such method, or in somebody else's hands (409)."""
        return self.status in {401, 403, 404, 405, 409} or self._led_to_login

    @property
    def _led_to_login(self) -> bool:
        return self.location.startswith(LOGIN)

    def __str__(self) -> str:
        led = f" → {self.location}" if self.location else ""
        did = f", changed {', '.join(sorted(self.changed))}" if self.changed else ""
        said = "" if self.is_page or self.let_in else f" {self.body[:200].decode(errors='replace')}"
        return f"{self.status}{led}{did}{said}"


class Prober:
    """One browser that is each of the cast in turn.

    Django's own test client copies the context of every template, which would be half of the time.
    """

    def __init__(self, cast: dict[str, Person]) -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._keys = {STRANGER: ""} | {name: _session_of(person) for name, person in cast.items()}
        self._counts: dict[str, int] = {}
        self._untouched: dict[str, str] = {}
        self._touched()

    def ask(self, who: str, method: str, address: str, *, forged: bool = False, **request: Any) -> Answer:
        """Send it. `request` is what Django's request factory takes; `forged` comes from another site."""
        factory = RequestFactory()
        if key := self._keys[who]:
            factory.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: key})
        sent: Any = getattr(factory, method.lower())(address, **request)
        sent._dont_enforce_csrf_checks = not forged
        with never_was():
            response = self._handler.get_response(sent)
            body = _body(response)
            touched = frozenset() if _failed_alone() else self._touched() - OWN_TRACES
            now = {table: _fingerprint(table) for table in touched}
        changed = frozenset(table for table, digest in now.items() if digest != self._before(table))
        return Answer(response.status_code, response.headers, body, changed)

    def _touched(self) -> set[str]:
        """The tables that were written to since this was asked last."""
        with connection.cursor() as cursor:
            cursor.execute(TOUCHED)
            counts = dict(cursor.fetchall())
        touched = {table for table, count in counts.items() if count != self._counts.get(table)}
        self._counts = counts
        return touched

    def _before(self, table: str) -> str:
        """The fingerprint of a table in the prepared city, taken when it is first asked for."""
        if table not in self._untouched:
            self._untouched[table] = _fingerprint(table)
        return self._untouched[table]


@contextmanager
def never_was() -> Iterator[None]:
    """A transaction, or a savepoint in one, that is rolled back; durable ones may begin in it."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def _failed_alone() -> bool:
    """Whether a statement failed outside any transaction: in the portal it would have undone itself."""
    return connection.connection.info.transaction_status == TransactionStatus.INERROR


def _session_of(person: Person) -> str:
    """The key of a session in use: what is looked at once a day or a minute has been looked at."""
    browser = Client()
    browser.force_login(person)
    browser.get("/")
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def _fingerprint(table: str) -> str:
    """A digest of all rows; of the record only of what succeeded, since refusals are recorded too."""
    condition = "WHERE succeeded" if table.startswith(RECORD) else ""
    rows = f'SELECT md5(string_agg(r::text, chr(10) ORDER BY r::text)) FROM "{table}" r {condition}'
    with connection.cursor() as cursor:
        cursor.execute(rows)
        return str(cursor.fetchone()[0])


def _body(response: HttpResponseBase) -> bytes:
    """Without closing it, which would end the connection and with it the prepared city."""
    return b"".join(response) if response.streaming else response.content  # type: ignore[arg-type,attr-defined]
