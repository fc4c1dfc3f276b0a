"""The prepared city, once for each process that walks in it: each request is rolled back."""

import logging
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_django import DjangoDbBlocker

from gongshi.login import watching
from tests.matrix.city import prepare
from tests.matrix.probing import Prober, never_was
from tests.matrix.walking import Walk

HERE = Path(__file__).parent


@contextmanager
def prepared(blocker: DjangoDbBlocker) -> Iterator[Walk]:
    log = logging.getLogger("django.request")
    level = log.level
    # Thousands of refusals are what these tests are about.
    log.setLevel(logging.ERROR)
    with blocker.unblock(), pytest.MonkeyPatch.context() as patch, never_was():
        # Each request would note again that its login is in use, since the one before it never was.
        patch.setattr(watching, "WRITTEN_EVERY", timedelta(days=1))
        # For the same reason nobody does anything for as long as the tests take.
        patch.setattr(watching, "IDLE_MINUTES", SimpleNamespace(value=lambda: 24 * 60))
        made = prepare()
        yield Walk(made, Prober(made.cast))
    log.setLevel(level)


class OneWalk:
    """Made before the first test that walks, in a transaction around them all."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self._blocker = blocker
        self._stack = ExitStack()
        self._walk: Walk | None = None

    def walk(self) -> Walk:
        if self._walk is None:
            self._walk = self._stack.enter_context(prepared(self._blocker))
        return self._walk

    def end(self) -> None:
        self._walk = None
        self._stack.close()


PREPARED = pytest.StashKey[OneWalk]()


@pytest.fixture(scope="session")
def prepared_city(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, pytestconfig: pytest.Config
) -> OneWalk:
    pytestconfig.stash[PREPARED] = OneWalk(django_db_blocker)
    return pytestconfig.stash[PREPARED]


@pytest.fixture
def _before_the_test(request: pytest.FixtureRequest, prepared_city: OneWalk) -> None:
    if "walk" in request.fixturenames:
        prepared_city.walk()


@pytest.fixture
def walk(db: None, prepared_city: OneWalk) -> Walk:
    return prepared_city.walk()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    yield
    if PREPARED in item.config.stash and (nextitem is None or HERE not in nextitem.path.parents):
        item.config.stash[PREPARED].end()
