"""`gongshi passwords`: the way back in when no security administrator can sign in any more."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

app = typer.Typer(help="账号解锁与密码重置（安全管理员无法登录时使用）。", no_args_is_help=True)

Account = Annotated[str, typer.Argument(help="账号。")]
Reason = Annotated[str, typer.Option(help="理由，写入审计日志。")]


@app.callback()
def group() -> None:
    """账号解锁与密码重置（安全管理员无法登录时使用）。"""


@app.command()
def unlock(account: Account, reason: Reason) -> None:
    """解除一个账号的登录失败锁定。"""
    _set_up()
    from gongshi.credentials.lockout import lift_lock
    from gongshi.credentials.queries import lock_of_account

    _or_exit(lambda: lift_lock(actor=None, guard=lock_of_account(account), reason=reason))
    typer.echo(f"已解除 {account} 的锁定。")


@app.command()
def reset(account: Account, reason: Reason) -> None:
    """重置一个账号的密码，新密码只显示这一次，登录后须修改。"""
    _set_up()
    from gongshi.credentials.passwords import reset_password
    from gongshi.credentials.second_factor_queries import person_by_account

    password = _or_exit(lambda: reset_password(actor=None, person=person_by_account(account), reason=reason))
    typer.echo(f"{account} 的新密码，不会再次显示：{password}")


@app.command()
def reset_second_factor(account: Account, reason: Reason) -> None:
    """重置一个账号的二次验证，下次登录须重新设置。"""
    _set_up()
    from gongshi.credentials import second_factor
    from gongshi.credentials.second_factor_queries import person_by_account

    _or_exit(
        lambda: second_factor.reset_second_factor(
            actor=None, person=person_by_account(account), reason=reason
        )
    )
    typer.echo(f"已重置 {account} 的二次验证。")


def _set_up() -> None:
    import django

    django.setup()


def _or_exit(act: Callable[[], str | None]) -> str | None:
    from gongshi.kernel.errors import GongshiError

    try:
        return act()
    except GongshiError as error:
        typer.echo(error.message, err=True)
        sys.exit(1)
