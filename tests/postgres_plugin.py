"""Gives the whole test session one temporary PostgreSQL (loaded by `-p`, see pyproject.toml).

The addresses must be in the environment before pytest-django reads the settings, so this is a plugin and not
a conftest. The server itself starts with the first test that needs it. `GONGSHI_TEST_DATABASE_URL` names one
to use instead; its role must be allowed to create databases, and `template1` must have the extensions.
"""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from gongshi.config.postgres import PostgresServer, Role

SERVER = pytest.StashKey[PostgresServer]()


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
        url = server.dsn(Role.OWNER)
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = url
    return (yield)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[PostgresServer | None]:
    """The running server of this session; None when `GONGSHI_TEST_DATABASE_URL` names another."""
    server = pytestconfig.stash.get(SERVER, None)
    if server is not None:
        with (server.home.parent / "postgres.log").open("wb") as log:
            server.start(stdout=log)
    yield server
    if server is not None:
        server.stop()
