"""Gives the whole test session one temporary PostgreSQL (loaded by `-p`, see pyproject.toml).

The addresses must be in the environment before pytest-django reads the settings, so this is a plugin and not
a conftest. The server itself starts with the first test that needs it, on a copy of what `mould.py` keeps.
`GONGSHI_TEST_DATABASE_URL` names one to use instead; its role must be allowed to create databases, and
`template1` must have the extensions.
"""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from gongshi.config.postgres import PostgresServer, Role
from tests.mould import OF_THE_CHECKOUT, Moulds

SERVER = pytest.StashKey[PostgresServer]()
MOULDS = pytest.StashKey[Moulds]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    var = Path(tempfile.mkdtemp(prefix="gongshi-tests-"))
    # Ours, so it may be opened for passing through: the server's system user has to reach its folder below.
    var.chmod(0o711)
    early_config.add_cleanup(lambda: shutil.rmtree(var, ignore_errors=True))
    os.environ["GONGSHI_VAR"] = str(var)
    url = os.environ.get("GONGSHI_TEST_DATABASE_URL")
    if not url:
        server = PostgresServer(var, durable=False)
        # Cleanups run last first, also after Ctrl-C: stop, then delete.
        early_config.add_cleanup(server.remove)
        early_config.add_cleanup(server.stop)
        early_config.stash[SERVER] = server
        early_config.stash[MOULDS] = moulds = _moulds(var)
        moulds.lend_passwords(server)
        url = server.dsn(Role.OWNER)
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = url
    return (yield)


def _moulds(var: Path) -> Moulds:
    """Of the checkout; of this session alone where the checkout is somebody else's."""
    try:
        return Moulds(OF_THE_CHECKOUT)
    except OSError:
        return Moulds(var / "moulds")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Before the time of the first test that needs it runs: migrations take as long as many tests."""
    server = session.config.stash.get(SERVER, None)
    wanted = not session.config.option.collectonly
    if wanted and server is not None and any(_needs_database(item) for item in session.items):
        session.config.stash[MOULDS].make_if_missing(server)


def _needs_database(item: pytest.Item) -> bool:
    named = {"django_db_setup", "postgres_server"} & {*getattr(item, "fixturenames", ())}
    return bool(named) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[PostgresServer | None]:
    """The running server of this session; None when `GONGSHI_TEST_DATABASE_URL` names another."""
    server = pytestconfig.stash.get(SERVER, None)
    if server is not None:
        pytestconfig.stash[MOULDS].pour(server)
        with (server.home.parent / "postgres.log").open("wb") as log:
            server.start(stdout=log)
    yield server
    if server is not None:
        server.stop()
