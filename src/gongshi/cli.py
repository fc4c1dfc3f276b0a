"""The `gongshi` command."""

import os
import shlex
import sys
from typing import Annotated, NoReturn

import typer

from gongshi.audit import commands as audit_commands
from gongshi.catalogue import commands as catalogue_commands
from gongshi.config import demonstration, field_keys
from gongshi.config.environment import Environment, environment
from gongshi.config.postgres_home import DatabaseStartError
from gongshi.config.processes import (
    Installation,
    NoPortError,
    database,
    everything,
    installation,
    run,
)
from gongshi.config.supervisor import AlreadyRunningError, Supervisor, single_instance
from gongshi.credentials import commands as credentials_commands
from gongshi.identity import commands as identity_commands

EXIT_TROUBLE = 1
EXIT_ALREADY_RUNNING = 3
WORKER_NAMES = ("prompt", "bulk")

app = typer.Typer(
    help="共视：公共安全视频跨部门共享平台。所有设置都是环境变量，见 gongshi settings。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _join_installation() -> None:
    """Let a command work in this installation with the rights that the portal has."""
    given = installation(environment())
    _refuse_without_database(given)
    os.environ.update(given.child_environment())
    environment.cache_clear()


app.add_typer(identity_commands.app, name="accounts", callback=_join_installation, help="首批账号。")
app.add_typer(
    credentials_commands.app, name="passwords", callback=_join_installation, help="账号解锁与密码重置。"
)
app.add_typer(field_keys.app, name="keys", callback=_join_installation, help="字段加密密钥。")
app.add_typer(audit_commands.app, name="audit", callback=_join_installation, help="审计记录。")
app.add_typer(catalogue_commands.app, name="import", callback=_join_installation, help="导入数据。")


def main() -> None:
    """Run the command line; what a person can mend is said in one sentence, without a traceback."""
    try:
        app()
    except AlreadyRunningError as error:
        _fail(error, EXIT_ALREADY_RUNNING)
    except (DatabaseStartError, NoPortError, demonstration.NotADemonstrationError) as error:
        _fail(error, EXIT_TROUBLE)
    except PermissionError as error:
        _fail(f"无权读写 {error.filename}：请换用有权限的用户，或用 GONGSHI_VAR 另选目录。", EXIT_TROUBLE)


@app.command()
def up() -> None:
    """启动全部进程（数据库、门户、后台任务、媒体节点），Ctrl-C 全部停止。"""

    def welcome(given: Installation) -> None:
        typer.echo(f"\n共视已就绪：{given.portal_url}\n")

    raise typer.Exit(run(environment(), on_ready=welcome, say=typer.echo))


@app.command()
def demo(
    reset: Annotated[bool, typer.Option("--reset", help="删除演示数据，从头开始。")] = False,
) -> None:
    """启动演示：合成的城市、2,000 个点位、6 路真实视频，Ctrl-C 全部停止。"""
    own = environment().model_copy(update={"demo": True})
    os.environ["GONGSHI_DEMO"] = "1"
    demonstration.claim(own)
    if reset:
        demonstration.forget(own)

    def say_welcome(given: Installation) -> None:
        typer.echo(demonstration.welcome(given))

    raise typer.Exit(run(own, extra=demonstration.processes, on_ready=say_welcome, say=typer.echo))


@app.command()
def db(
    exports: Annotated[
        bool, typer.Option("--exports", help="只打印供其他程序连接的环境变量（shell 格式），不启动。")
    ] = False,
) -> None:
    """只启动内置数据库，Ctrl-C 停止。"""
    given = installation(environment())
    if exports:
        for name in ("GONGSHI_VAR", "DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
            typer.echo(f"export {name}={shlex.quote(given.child_environment()[name])}")
        typer.echo(f"export DATABASE_OWNER_URL={shlex.quote(given.owner_url)}")
        return
    if given.server is None:
        _fail("已由 DATABASE_URL 指定数据库，内置数据库不启动。", EXIT_TROUBLE)
    with single_instance(given.environment.var):
        raise typer.Exit(Supervisor(database(given)).run(lambda: typer.echo("数据库已就绪。")))


@app.command()
def migrate() -> None:
    """用数据库属主角色升级数据表（数据库须已运行）。"""
    _become("migrate")


@app.command()
def web() -> None:
    """只运行门户（数据库须已运行）。"""
    _become("web")


@app.command()
def worker(name: Annotated[str, typer.Argument(help=f"任务进程：{' 或 '.join(WORKER_NAMES)}。")]) -> None:
    """只运行一个后台任务进程（数据库须已运行）。"""
    if name not in WORKER_NAMES:
        raise typer.BadParameter(f"没有名为 {name} 的任务进程，可选 {'、'.join(WORKER_NAMES)}。")
    _become(f"worker-{name}")


@app.command()
def media() -> None:
    """只运行媒体节点。"""
    _become("media", needs_database=False)


@app.command()
def settings() -> None:
    """列出全部设置：环境变量、默认值、说明。"""
    prefix = Environment.model_config.get("env_prefix", "")
    fields = Environment.model_fields.items()
    rows = [(field.alias or f"{prefix}{name}".upper(), str(field.default), field) for name, field in fields]
    name_width = max(len(name) for name, _, _ in rows)
    default_width = max(len(default) for _, default, _ in rows)
    for name, default, field in rows:
        typer.echo(f"{name:<{name_width}}  {default:<{default_width}}  {field.description}")


def _become(name: str, *, needs_database: bool = True) -> NoReturn:
    """Turn this process into one process of the list: what a system's own supervisor starts."""
    given = installation(environment())
    if needs_database:
        _refuse_without_database(given)
    process = next(process for process in everything(given) if process.name == name)
    os.execve(process.argv[0], process.argv, dict(process.env))  # noqa: S606 - our own command, no shell


def _refuse_without_database(given: Installation) -> None:
    if given.server is not None and not given.server.is_ready():
        _fail("内置数据库没有运行：请先运行 gongshi db，或用 DATABASE_URL 指定数据库。", EXIT_TROUBLE)


def _fail(problem: object, code: int) -> NoReturn:
    typer.echo(str(problem), err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
