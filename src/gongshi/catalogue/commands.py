"""`gongshi import …`: the same way into the catalogue as the page, for large first deliveries."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

app = typer.Typer(help="导入数据。", no_args_is_help=True)


@app.callback()
def group() -> None:
    """导入数据。"""


@app.command()
def cameras(
    file: Annotated[Path, typer.Argument(help="点位文件，.xlsx 或 .csv，表头与模板一致。")],
    department: Annotated[str, typer.Option(help="编目部门的编码。")],
    account: Annotated[str, typer.Option(help="编目人的账号。")],
    title: Annotated[str, typer.Option(help="说明；不填则用文件名。")] = "",
    approve_by: Annotated[str, typer.Option(help="审核人的账号；填写则提交后立即审核发布。")] = "",
) -> None:
    """导入视频点位：检查、提交编目，填了审核人则直接发布。有问题时逐行列出，不导入任何内容。"""
    import django

    django.setup()
    from django.db import transaction

    from gongshi.catalogue.actions import decide_submission
    from gongshi.catalogue.import_at_once import import_at_once
    from gongshi.identity.models import Department, Person
    from gongshi.kernel.errors import GongshiError, NotFound
    from gongshi.kernel.problems import WorkbookRefused

    def person(name: str) -> Person:
        found = Person.objects.filter(account=name, is_active=True).first()
        if found is None:
            raise NotFound(f"没有账号 {name}，或该账号已停用。")
        return found

    try:
        with transaction.atomic(), file.open("rb") as content:
            compiled = Department.objects.filter(code=department).first()
            if compiled is None:
                raise NotFound(f"没有编码为 {department} 的部门。")
            submission = import_at_once(
                actor=person(account), department=compiled, title=title, file=content, file_name=file.name
            )
            if approve_by:
                decide_submission(
                    actor=person(approve_by), submission=submission, verdict="approve", at_once=True
                )
    except WorkbookRefused as refusal:
        for problem in refusal.problems:
            typer.echo(str(problem), err=True)
        _fail(f"共 {refusal.count} 处问题，没有导入任何内容。")
    except GongshiError as error:
        _fail(error.message)
    except OSError as error:
        _fail(f"无法读取 {file}：{error.strerror}。")
    kinds = list(submission.changes.values_list("kind", flat=True))
    counts = f"新增 {kinds.count('create')} 个，修改 {kinds.count('update')} 个"
    outcome = "已审核发布" if approve_by else "等待大数据局审核"
    typer.echo(f"编目 {submission.number}：{counts}，{outcome}。")


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    sys.exit(1)
