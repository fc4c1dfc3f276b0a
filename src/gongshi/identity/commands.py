"""`gongshi accounts first`: how an empty installation gets its first people."""

import sys
from typing import Annotated

import typer

from gongshi.identity.regions import CITY

app = typer.Typer(help="首批账号。", no_args_is_help=True)


@app.callback()
def group() -> None:
    """首批账号。"""


@app.command()
def first(
    bureau: Annotated[str, typer.Option(help="大数据局的全称。")],
    region: Annotated[str, typer.Option(help="大数据局的行政区域代码。")] = CITY,
) -> None:
    """建立大数据局和系统、安全、审计三名管理员，密码只显示这一次。"""
    import django

    django.setup()
    from gongshi.identity.actions import establish
    from gongshi.kernel.errors import GongshiError

    try:
        passwords = establish(bureau=bureau, region=region)
    except GongshiError as error:
        typer.echo(error.message, err=True)
        sys.exit(1)
    typer.echo("请立即记录并分别交给三名管理员，密码不会再次显示：")
    for account, password in passwords.items():
        typer.echo(f"  {account}  {password}")
