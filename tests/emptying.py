"""Empties the tables behind a test that had transactions of its own.

Row by row in the few tables that hold some, as the superuser and without triggers: TRUNCATE makes the files
of every table and index anew, which takes longer than most such tests.
"""

from collections.abc import Callable

import psycopg
from django.db import connection
from django.test import TransactionTestCase

from gongshi.config.postgres import PostgresServer, Role
from tests.mould import TEST_DATABASE

# Written after migrations, never changed by a test; writing them again is most of what a flush costs.
WRITTEN_ONCE = {"auth_permission", "django_content_type", "django_site", "kernel_parameterbounds"}
# Tables, and months of the record, whose files hold anything, be it dead; and how much.
FILLED = """
    SELECT oid::regclass::text, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND pg_relation_size(oid) > 0 AND (
        oid::regclass::text = ANY(%(tables)s)
        OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent::regclass::text = ANY(%(tables)s)))
"""
# Above this the dead rows are cleared away too, since the next to empty the table would look at each again.
LARGE = 1024**2


def empty_behind_tests(server: PostgresServer | None) -> None:
    """From now on tests with transactions of their own leave nothing behind, as by Django's flush."""
    empty = _by_truncating if server is None else _by_deleting(server)

    def leave_nothing(_: TransactionTestCase) -> None:
        from gongshi.credentials.undertaking import ensure_first_version

        empty(_tables())
        ensure_first_version()

    TransactionTestCase._fixture_teardown = leave_nothing  # type: ignore[method-assign]


def _tables() -> list[str]:
    found = {*connection.introspection.django_table_names(only_existing=True, include_views=False)}
    return sorted(found - WRITTEN_ONCE)


def _by_truncating(tables: list[str]) -> None:
    """For a server that is not ours, where nobody is superuser."""
    names = ", ".join(f'"{table}"' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}")


def _by_deleting(server: PostgresServer) -> Callable[[list[str]], None]:
    def empty(tables: list[str]) -> None:
        filled = admin.execute(FILLED, {"tables": tables}).fetchall()
        deletions = "; ".join(f"DELETE FROM {table}" for table, _ in filled)
        admin.execute(f"SET session_replication_role = replica; {deletions}")
        for table in (table for table, size in filled if size > LARGE):
            admin.execute(f"VACUUM {table}")

    admin = psycopg.connect(server.dsn(Role.ADMIN, TEST_DATABASE), autocommit=True)
    return empty
