"""Fixtures of all rooms: the database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection, transaction

from gongshi.config.postgres import PostgresServer, Role


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres_server: PostgresServer | None, django_db_modify_db_settings: None
) -> None:
    """Start PostgreSQL before Django makes its test database."""


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
