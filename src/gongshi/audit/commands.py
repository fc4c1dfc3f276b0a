"""`gongshi audit …`: the record verified at the command line."""

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
