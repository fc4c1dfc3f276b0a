"""Fixtures of all rooms: the database."""

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth import login
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client, override_settings
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from gongshi.config.postgres import PostgresServer, Role
from tests.demand.making import City
from tests.emptying import empty_behind_tests
from tests.mould import TEST_DATABASE
from tests.shared_city import SharedCity, begins_with_it, goes_on

CITY = pytest.StashKey[SharedCity]()

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("gongshi", deadline=None)
hypothesis.settings.load_profile("gongshi")

# Looking for garbage among all that Django has loaded is a twelfth of the time of the tests.
gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_setup(
    postgres_server: PostgresServer | None,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The test database: the one that our server has from its mould, else one that Django makes.

    Tests may empty all tables behind them; here the record lets them.
    """
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False) if postgres_server is None else []
        if postgres_server is not None:
            connection.settings_dict["NAME"] = TEST_DATABASE
            emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION audit_refuse_truncate() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN NULL; END'"
            )
    empty_behind_tests(postgres_server)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """Hashing that is slow on purpose, and reading all static files for each browser, take long."""
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[hasher], WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def nothing_cached() -> None:
    """The brake of logins counts by address, and all tests come from one."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def forced_logins_have_passed_the_steps() -> Iterator[None]:
    """`force_login` brings in somebody who has done all that a login asks for; the page brings in anybody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", come_in)
        yield


def come_in(browser: Client, person: Any, backend: str | None = None) -> None:
    """As Django's, but in one session: it would make one, read it again, and put another in its place."""
    from gongshi.credentials import steps
    from gongshi.login.store import SessionStore

    request = HttpRequest()
    has_session = settings.SESSION_COOKIE_NAME in browser.cookies
    request.session = browser.session if has_session else SessionStore()
    person.backend = backend or browser._get_backend()
    login(request, person, person.backend)
    request.session[steps.SESSION_KEY] = steps.have_passed()
    request.session.save()
    browser._set_login_cookies(request)


@pytest.fixture(scope="session")
def city_of_many(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, pytestconfig: pytest.Config
) -> SharedCity:
    pytestconfig.stash[CITY] = SharedCity(django_db_blocker)
    return pytestconfig.stash[CITY]


@pytest.fixture
def _before_the_test(request: pytest.FixtureRequest) -> None:
    if begins_with_it(request.node):
        request.getfixturevalue("city_of_many").begin()


@pytest.fixture
def _django_db_helper(_before_the_test: None, _django_db_helper: None) -> None:
    """pytest-django's, which begins a test's own transaction: the one around it must be there before."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    yield
    if CITY in item.config.stash and not goes_on(item, nextitem):
        item.config.stash[CITY].end()


@pytest.fixture
def shared_city(db: None, city_of_many: SharedCity) -> City:
    """A city that was made before the test, or for it where it has transactions of its own."""
    return city_of_many.copy()


@pytest.fixture
def as_application(db: None) -> Callable[[], AbstractContextManager[None]]:
    """`with as_application(): …` has the rights of the portal's role; tests otherwise own the tables."""

    @contextmanager
    def act() -> Iterator[None]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {Role.APP}")
            yield
            cursor.execute("RESET ROLE")

    return act
