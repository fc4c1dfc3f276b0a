"""Fixtures of all rooms: the database."""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import hypothesis
import pytest
from django.db import connection, transaction
from django.test import Client, TransactionTestCase, override_settings
from pytest_django import DjangoDbBlocker

from gongshi.config.postgres import PostgresServer, Role

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("gongshi", deadline=None)
hypothesis.settings.load_profile("gongshi")

# Looking for garbage among all that Django has loaded is a twelfth of the time of the tests.
gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres_server: PostgresServer | None, django_db_modify_db_settings: None
) -> None:
    """Start PostgreSQL before Django makes its test database."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests with transactions of their own empty all tables behind them; here the record lets them."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION audit_refuse_truncate() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NULL; END'"
        )
    TransactionTestCase._fixture_teardown = empty_the_tables  # type: ignore[method-assign]


# Written after migrations, never changed by a test; writing them again is most of what a flush costs.
WRITTEN_ONCE = {"auth_permission", "django_content_type", "django_site", "kernel_parameterbounds"}


def empty_the_tables(_: TransactionTestCase) -> None:
    """What a test with transactions of its own leaves behind goes, as by Django's flush."""
    from gongshi.credentials.undertaking import ensure_first_version

    tables = {*connection.introspection.django_table_names(only_existing=True, include_views=False)}
    names = ", ".join(f'"{table}"' for table in sorted(tables - WRITTEN_ONCE))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}")
    ensure_first_version()


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
    from gongshi.credentials import steps

    force_login = Client.force_login

    def force_and_pass(client: Client, *arguments: Any, **options: Any) -> None:
        force_login(client, *arguments, **options)
        session = client.session
        session[steps.SESSION_KEY] = steps.have_passed()
        session.save()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_and_pass)
        yield


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
