"""Which processes make up a Gongshi on one machine, with which commands, ports and rights."""

import http.client
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg

from gongshi.config.environment import Environment
from gongshi.config.postgres import PostgresServer, Role
from gongshi.config.supervisor import Process, Supervisor, single_instance

LOOPBACK = "127.0.0.1"
PORTS_TRIED = 100
ANSWER_WITHIN_S = 2.0
# Connections that the portal itself must not have.
OTHER_ROLES = frozenset({"DATABASE_OWNER_URL", "DATABASE_KEEPER_URL"})
# Timers and play must never wait behind an import: each worker has its own queues.
WORKERS = {
    "worker-prompt": {"queues": "timers,play,default", "concurrency": 4},
    "worker-bulk": {"queues": "imports,inspection", "concurrency": 2},
}


class NoPortError(RuntimeError):
    """We cannot listen where we should; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Installation:
    """The settings with the ports really used, and the embedded server if there is no `DATABASE_URL`."""

    environment: Environment
    server: PostgresServer | None

    @property
    def portal_url(self) -> str:
        """The address for people on this machine; a name, because WebAuthn refuses bare addresses."""
        return f"http://localhost:{self.environment.port}"

    @property
    def database_url(self) -> str:
        return self.environment.database_url or self._embedded(Role.APP)

    @property
    def owner_url(self) -> str:
        """The role that owns the tables; an external database may have one role for both."""
        if self.server is not None:
            return self._embedded(Role.OWNER)
        return self.environment.database_owner_url or self.environment.database_url

    @property
    def keeper_url(self) -> str:
        """The role that may drop old months of the record; empty when an external database has none."""
        return self._embedded(Role.KEEPER) or self.environment.database_keeper_url

    def _embedded(self, role: Role) -> str:
        return "" if self.server is None else self.server.dsn(role)

    def child_environment(self) -> dict[str, str]:
        """What every process of ours finds in its environment: the application's role and no other."""
        own = self.environment
        return {name: value for name, value in os.environ.items() if name not in OTHER_ROLES} | {
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "gongshi.config.settings",
            "DATABASE_URL": self.database_url,
            "GONGSHI_VAR": str(own.var.resolve()),
            "GONGSHI_PORT": str(own.port),
            "GONGSHI_MEDIA_HOST": own.media_host,
            "GONGSHI_MEDIA_PORT": str(own.media_port),
        }

    def owner_environment(self) -> dict[str, str]:
        """The environment of migrations."""
        return self.child_environment() | {"DATABASE_URL": self.owner_url}

    def worker_environment(self) -> dict[str, str]:
        """The environment of background jobs, one of which drops old months of the record."""
        return self.child_environment() | {"DATABASE_KEEPER_URL": self.keeper_url}

    def media_environment(self) -> dict[str, str]:
        """The media node asks the portal by its hooks, and knows no database."""
        own = self.environment
        portal = "127.0.0.1" if own.host == "0.0.0.0" else own.host  # noqa: S104 - a comparison
        shared = {name: value for name, value in self.child_environment().items() if name != "DATABASE_URL"}
        return shared | {
            "GONGSHI_MEDIA_SECRET": own.media_secret,
            "GONGSHI_MEDIA_NODE_ID": own.media_node,
            "GONGSHI_MEDIA_HOOK_URL": f"http://{own.media_node}:{own.hook_secret}@{portal}:{own.port}/media-hooks",
            "GONGSHI_MEDIA_ALLOWED_ORIGINS": ",".join(own.portal_origins),
        }


def installation(environment: Environment) -> Installation:
    """The installation that `environment` describes, as it is (no port is looked for)."""
    embedded = not environment.database_url
    return Installation(environment, PostgresServer(environment.var) if embedded else None)


def with_free_ports(environment: Environment, say: Callable[[str], None]) -> Environment:
    """The settings with ports that are free now; every port that had to change is said aloud."""
    port = _free_port(environment.host, environment.port, set(), say)
    media_port = _free_port(environment.media_host, environment.media_port, {port}, say)
    found = {"port": port, "media_port": media_port}
    if environment.demo:
        wanted = environment.demo_cameras_port
        found["demo_cameras_port"] = _free_port(LOOPBACK, wanted, {port, media_port}, say)
    return environment.model_copy(update=found)


def database(given: Installation) -> list[Process]:
    """The embedded server; no process when the database is somewhere else."""
    server = given.server
    if server is None:
        return []

    def ready() -> bool:
        if not server.is_ready():
            return False
        try:
            server.bootstrap()
        except psycopg.OperationalError:
            # It went down again in this moment: asked again later.
            return False
        return True

    return [
        Process(
            "db",
            tuple(server.argv()),
            server.environment(),
            prepare=server.prepare,
            ready=ready,
            user=server.user,
            stop_signal=signal.SIGINT,
        )
    ]


def everything(given: Installation) -> list[Process]:
    """The list of `gongshi up`."""
    own = given.environment
    db = database(given)
    migrate = Process(
        "migrate",
        python("django", "migrate", "--no-input", "--verbosity=0"),
        given.owner_environment(),
        needs=tuple(process.name for process in db),
        once=True,
    )
    register = Process(
        "register",
        python("gongshi.config.register"),
        given.child_environment(),
        needs=("migrate",),
        once=True,
    )
    return [
        *db,
        migrate,
        register,
        Process(
            "web",
            _granian(own.host, own.port),
            given.child_environment(),
            needs=("register",),
            ready=lambda: _answers(own.host, own.port),
        ),
        # After the portal, which people wait for: all of them at once would start it more slowly.
        *(Process(name, _worker(name), given.worker_environment(), needs=("web",)) for name in WORKERS),
        Process(
            "media",
            python("gongshi.media"),
            given.media_environment(),
            needs=("web",),
            ready=lambda: listens(own.media_host, own.media_port),
        ),
    ]


def run(
    environment: Environment,
    *,
    extra: Callable[[Installation], Sequence[Process]] = lambda _: (),
    on_ready: Callable[[Installation], None],
    say: Callable[[str], None],
) -> int:
    """Run everything, and what a caller adds, until a signal; returns the exit code.

    `on_ready` is called once, when all are ready; `say` prints a line for the person who started us.
    Raises AlreadyRunningError, NoPortError, DatabaseStartError.
    """
    with single_instance(environment.var):
        given = installation(with_free_ports(environment, say))
        if given.server is not None and given.server.moved:
            var, home = environment.var.resolve(), given.server.home
            say(f"数据库用户 {given.server.user} 无法进入 {var}，数据库改存 {home}。")
        return Supervisor([*everything(given), *extra(given)]).run(lambda: on_ready(given))


def python(*arguments: str) -> tuple[str, ...]:
    """A command of this Python."""
    return (sys.executable, "-m", *arguments)


def _granian(host: str, port: int) -> tuple[str, ...]:
    serving = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--no-ws")
    return python("granian", *serving, "--host", host, "--port", str(port), "gongshi.config.wsgi:application")


def _worker(name: str) -> tuple[str, ...]:
    options = [f"--{option}={value}" for option, value in WORKERS[name].items()]
    return python("django", "procrastinate", "worker", f"--name={name}", *options)


def _free_port(host: str, wanted: int, taken: set[int], say: Callable[[str], None]) -> int:
    for port in range(wanted, wanted + PORTS_TRIED):
        if port not in taken and _is_free(host, port):
            if port != wanted:
                say(f"端口 {wanted} 已被占用，改用 {port}（port {wanted} is taken, using {port}）")
            return port
    raise NoPortError(f"端口 {wanted} 至 {wanted + PORTS_TRIED - 1} 均被占用，请用 GONGSHI_PORT 另选。")


def _is_free(host: str, port: int) -> bool:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        # As servers do: connections that are still closing do not make a port busy, a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError as error:
            raise NoPortError(f"无权监听端口 {port}，请用 GONGSHI_PORT 选一个 1024 以上的端口。") from error
        except OSError:
            return False
    return True


def _within_reach(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a translation


def _answers(host: str, port: int) -> bool:
    """Whether the portal serves: any answer but a server error will do."""
    connection = http.client.HTTPConnection(_within_reach(host), port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection((_within_reach(host), port), timeout=ANSWER_WITHIN_S).close()
    except OSError:
        return False
    return True
