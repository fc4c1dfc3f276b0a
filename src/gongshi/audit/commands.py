"""`gongshi audit …`: the record verified and exported at the command line."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="审计记录。", no_args_is_help=True)

DAY = ["%Y-%m-%d"]


@app.callback()
def group() -> None:
    """审计记录。"""


@app.command()
def verify(
    since: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="起始日期。")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="截止日期（含）。")] = None,
    outside: Annotated[
        Path | None, typer.Option(help="在数据库之外保存的每日封条文件，一行一个；不填则用设置中的文件。")
    ] = None,
) -> None:
    """重新计算每一条记录和每一个封条；完好时退出码为 0，发现问题为 1。"""
    import django

    django.setup()
    from gongshi.audit import daily_seals, keys, verifying
    from gongshi.kernel import clock

    told = daily_seals.read_seals(outside) if outside else daily_seals.seals_outside()
    for key_id, key in keys.public_keys().items():
        typer.echo(f"公钥 {key_id}：{key.hex()}")
    verdict = verifying.verify(
        since and since.replace(tzinfo=clock.LOCAL_ZONE),
        until and (until + timedelta(days=1)).replace(tzinfo=clock.LOCAL_ZONE),
        outside=told,
    )
    typer.echo(f"已校验封条 {verdict.seals} 个、记录 {verdict.rows} 条，待封存 {verdict.unsealed} 条。")
    if verdict.late_since is not None:
        typer.echo(f"自 {clock.local_text(verdict.late_since)} 起没有封存，请检查后台任务进程。", err=True)
    for finding in verdict.findings:
        typer.echo(finding.sentence, err=True)
    if not verdict.is_whole:
        sys.exit(1)
    typer.echo("记录完好。")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="要写入的文件，.zip。")],
    first: Annotated[str, typer.Option("--from", help="起始月份，如 2026-11。")],
    last: Annotated[str, typer.Option("--to", help="截止月份（含）。")],
    account: Annotated[str, typer.Option(help="审计管理员的账号。")],
) -> None:
    """按月导出审计日志、信息调用登记及其封条；文件可用 tools/verify_bundle.py 离线校验。"""
    import django

    django.setup()
    from django.contrib.auth import get_user_model

    from gongshi.audit.auditing import export_to
    from gongshi.kernel.errors import GongshiError

    auditor = get_user_model().objects.filter(account=account, is_active=True).first()
    try:
        bundle = export_to(actor=auditor, from_month=first, until_month=last, path=file)
    except GongshiError as error:
        typer.echo(error.message, err=True)
        sys.exit(1)
    typer.echo(f"已导出 {bundle.rows} 条，SHA-256 {bundle.digest}。")
    typer.echo("妥善保存后，请审计管理员在“审计归档”页面确认。")
