"""Fixtures of all rooms: the database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import hypothesis
import pytest
from django.db import connection, transaction
from pytest_django import Settings

from gongshi.config.postgres import PostgresServer, Role

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("gongshi", deadline=None)
hypothesis.settings.load_profile("gongshi")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres_server: PostgresServer | None, django_db_modify_db_settings: None
) -> None:
    """Start PostgreSQL before Django makes its test database."""


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Hashing that is slow on purpose would be most of the time of the tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
