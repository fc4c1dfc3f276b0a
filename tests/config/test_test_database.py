"""The database that the test session itself runs on."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import ProgrammingError, connection

from gongshi.config.postgres import EXTENSIONS

pytestmark = pytest.mark.django_db


def _scalar(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_test_database_belongs_to_the_owner_role_which_is_no_superuser() -> None:
    assert _scalar("SELECT current_user") == "gongshi_owner"
    assert _scalar("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_extensions_are_in_the_test_database() -> None:
    for name in EXTENSIONS:
        assert _scalar(f"SELECT count(*) FROM pg_extension WHERE extname = '{name}'") == 1


def test_chinese_letters_have_trigrams() -> None:
    assert _scalar("SELECT cardinality(show_trgm('公园广场'))") == 5


def test_application_role_has_rows_but_not_tables(
    as_application: Callable[[], AbstractContextManager[None]],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE note (text varchar)")
    with as_application():
        assert _scalar("INSERT INTO note VALUES ('乙') RETURNING text") == "乙"
    for statement in (
        "TRUNCATE note",
        "ALTER TABLE note ADD more text",
        "DROP TABLE note",
        "CREATE TABLE more ()",
    ):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), as_application():
            _scalar(statement)
    assert _scalar("SELECT current_user") == "gongshi_owner"
