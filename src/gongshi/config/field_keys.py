"""`gongshi keys …`: changing the key of encrypted fields while everything runs."""

import sys
from typing import NoReturn

import typer

from gongshi.config.environment import replace_secret

app = typer.Typer(help="字段加密密钥。", no_args_is_help=True)


@app.callback()
def group() -> None:
    """字段加密密钥。"""


@app.command()
def show() -> None:
    """列出各密钥的生成时间和仍在使用的数量。"""
    _set_up()
    from gongshi.kernel import clock
    from gongshi.kernel.key_ring import key_ring
    from gongshi.kernel.reencryption import keys_in_use

    ring, used = key_ring(), keys_in_use()
    for name, key in ring.keys.items():
        made = clock.local_text(key.made_at) if key.made_at else "安装时"
        mark = "，当前使用" if key == ring.current else ""
        typer.echo(f"密钥 {name}：{made}生成，加密 {used[name]} 项{mark}")
    for name in sorted(used.keys() - ring.keys.keys()):
        typer.echo(f"密钥 {name}：不在密钥文件中，{used[name]} 项无法解密", err=True)


@app.command()
def rotate() -> None:
    """生成新密钥，并把全部加密字段换用新密钥；门户可以同时运行。中断后再次执行即可继续。"""
    _set_up()
    from django.db import transaction

    from gongshi.audit.actions import record
    from gongshi.audit.kinds import AuditAction
    from gongshi.kernel.errors import Conflict
    from gongshi.kernel.key_ring import add_key, key_ring
    from gongshi.kernel.models import ParameterValue
    from gongshi.kernel.reencryption import alone, encrypt_anew, keys_in_use

    # Keys are no rows; the record needs the name of something.
    thing = ParameterValue(key="field_key")
    try:
        with alone():
            current = key_ring().current
            if current.made_at is not None and keys_in_use().keys() - {current.name}:
                typer.echo(f"上次轮换没有完成，继续换用密钥 {current.name}。")
            else:
                with transaction.atomic():
                    current = add_key()
                    label = f"字段加密密钥 {current.name}"
                    record(AuditAction.FieldKeyMade, actor=None, thing=thing, label=label)
                typer.echo(f"已生成密钥 {current.name}，新写入的内容即用它加密。")
            outcome = encrypt_anew(typer.echo)
    except Conflict as refusal:
        _fail(refusal.message)
    typer.echo(f"共换用新密钥 {outcome.rows} 行。确认备份可用后，用 gongshi keys retire 删除旧密钥。")
    if outcome.unreadable:
        _fail("以下内容无法解密，已原样保留：" + "、".join(outcome.unreadable))


@app.command()
def retire() -> None:
    """删除不再使用的旧密钥。删除后，轮换之前的备份须另存旧密钥文件才能读取。"""
    _set_up()
    from django.conf import settings
    from django.db import transaction

    from gongshi.audit.actions import record
    from gongshi.audit.kinds import AuditAction
    from gongshi.kernel.errors import Conflict
    from gongshi.kernel.key_ring import FIRST, drop_keys, key_ring
    from gongshi.kernel.models import ParameterValue
    from gongshi.kernel.reencryption import alone, has_transaction_from_before, keys_in_use

    try:
        with alone():
            ring = key_ring()
            made_at = ring.current.made_at
            if made_at is None:
                _fail("还没有轮换过密钥，没有旧密钥可以删除。")
            if has_transaction_from_before(made_at):
                _fail("还有生成新密钥之前开始的数据库事务，请稍后再试。")
            unused = ring.keys.keys() - keys_in_use().keys() - {ring.current.name}
            if not unused:
                _fail("旧密钥仍在使用，请先执行 gongshi keys rotate。")
            label, thing = f"字段加密密钥 {'、'.join(sorted(unused))}", ParameterValue(key="field_key")
            with transaction.atomic():
                record(AuditAction.FieldKeysRetired, actor=None, thing=thing, label=label)
                drop_keys(set(unused))
    except Conflict as refusal:
        _fail(refusal.message)
    if FIRST in unused:
        replace_secret(settings.ENVIRONMENT.var, "field_key")
        typer.echo("如曾用 GONGSHI_FIELD_KEY 指定密钥，请一并删除。")
    typer.echo(f"已删除密钥 {'、'.join(sorted(unused))}。")


def _set_up() -> None:
    import django

    django.setup()


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    sys.exit(1)
