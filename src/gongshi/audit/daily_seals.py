"""The day's last seal, told outside the database: who rewrites the chain cannot rewrite it there."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from gongshi.audit import sealing
from gongshi.audit.models import DailySeal, Seal
from gongshi.audit.outlets import Message, Outlet
from gongshi.audit.verifying import SealOutside
from gongshi.kernel import clock

KIND: Final = "seal.daily"


def send_daily_seals() -> list[str]:
    """Tell today's last seal to each place that has not got one today; gives what failed, a sentence each."""
    sealing.seal_all()
    last = Seal.objects.first()
    if last is None:
        return []
    told = set(DailySeal.objects.filter(day=clock.today()).values_list("outlet", flat=True))
    waiting = [outlet for outlet in settings.SEAL_OUTLETS if outlet.address not in told]
    return [failure for outlet in waiting if (failure := _send(outlet, last))]


def seals_outside() -> Iterator[SealOutside]:
    """The daily seals in the files to which the settings send them; other places are compared by people."""
    for outlet in settings.SEAL_OUTLETS:
        parts = urlsplit(outlet.address)
        if parts.scheme == "file":
            yield from read_seals(Path(parts.path))


def read_seals(path: Path) -> Iterator[SealOutside]:
    """The daily seals in a file, one JSON object a line; nothing when there is no file yet."""
    with suppress(FileNotFoundError):
        for line in path.read_text().splitlines():
            told = json.loads(line)
            yield SealOutside(int(told["number"]), str(told["digest"]))


def _send(outlet: Outlet, seal: Seal) -> str:
    """Tell one place; empty when it has it, else why not."""
    message = Message(seal.sealed_at, KIND, _line(seal))
    try:
        outlet.send([message])
    except OSError as error:
        return f"{outlet.address}：{error}"
    DailySeal.objects.create(
        day=clock.today(),
        outlet=outlet.address,
        seal_number=seal.number,
        digest=seal.digest,
        sent_at=clock.now(),
    )
    return ""


def _line(seal: Seal) -> str:
    told = {
        "number": seal.number,
        "digest": seal.digest,
        "algorithm": seal.algorithm,
        "to_position": seal.to_position,
        "sealed_at": seal.sealed_at.isoformat(),
        "key_id": seal.key_id,
        "signature": seal.signature,
    }
    return json.dumps(told, ensure_ascii=False)
