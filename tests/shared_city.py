"""One city for the tests of a file that begin with one: made once, in a transaction around them.

Each test has a copy of it, in a savepoint of its own. The transaction ends before a test that is not one of
these, or has transactions of its own.
"""

from copy import deepcopy

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests.demand.making import City

FIXTURE = "shared_city"
OWN_TRANSACTIONS = frozenset({"transactional_db", "live_server"})


class SharedCity:
    """`begin` and `end` are called around tests, `copy` within one."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self._blocker = blocker
        self._around: transaction.Atomic | None = None
        self._city: City | None = None

    def begin(self) -> None:
        if self._around is not None and connection.in_atomic_block:
            return
        with self._blocker.unblock():
            self._around = transaction.atomic()
            # As Django's own around a test: durable ones may begin in it.
            self._around._from_testcase = True  # type: ignore[attr-defined]
            self._around.__enter__()
            self._city = City()

    def end(self) -> None:
        if self._around is not None:
            with self._blocker.unblock():
                transaction.set_rollback(True)
                self._around.__exit__(None, None, None)
        self._around = self._city = None

    def copy(self) -> City:
        """A city as if made for this test alone."""
        return City() if self._city is None else deepcopy(self._city)


def begins_with_it(test: pytest.Item) -> bool:
    names = {*getattr(test, "fixturenames", ())}
    marker = test.get_closest_marker("django_db")
    has_own = bool(names & OWN_TRANSACTIONS) or bool(marker and marker.kwargs.get("transaction"))
    return FIXTURE in names and not has_own


def goes_on(test: pytest.Item, following: pytest.Item | None) -> bool:
    return following is not None and begins_with_it(following) and following.path == test.path
