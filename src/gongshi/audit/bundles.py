"""The record in one file that `tools/verify_bundle.py` verifies without Gongshi.

A zip: `manifest.json`, `RULES.txt` (how to verify), `seals.jsonl` (an unbroken run of seals), and for each
table and month one `TABLE-MONTH.jsonl` with its rows in the order in which they were sealed.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final

from gongshi.audit import encoding, keys
from gongshi.audit.models import RECORD, RecordRow, Seal
from gongshi.audit.plain_rows import plain_row
from gongshi.audit.stored import rows_of_month
from gongshi.kernel import clock
from gongshi.kernel.errors import Invalid

FORMAT: Final = "gongshi-record-1"

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Month:
    """One table and month in a bundle; `is_complete`: it is over, and every row of it is sealed and here."""

    table: str
    month: str
    file: str
    rows: int
    is_complete: bool


def write_bundle(path: Path, first: str, last: str, progress: Progress | None = None) -> list[Month]:
    """Write the months from `first` to `last` (`2026-11`), as far as they are sealed; gives what is in it.

    Raises Invalid when nothing of these months is sealed.
    """
    months = months_between(first, last)
    seals = _seals_of(months)
    newest = Seal.objects.first()
    if not seals or newest is None:
        raise Invalid("所选月份没有已封存的记录，请另选月份，或等待下一次封存（每分钟一次）。")
    contents: list[Month] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        for model in RECORD:
            for month in months:
                entry = _write_month(bundle, model, month, _rows(model, month, newest.to_position))
                contents += [entry] if entry.rows else []
                if progress is not None:
                    progress(sum(each.rows for each in contents))
        with bundle.open("seals.jsonl", "w", force_zip64=True) as file:
            for seal in Seal.objects.filter(number__range=seals).order_by("number").iterator(100):
                file.write(_line(_seal_fields(seal)))
        bundle.writestr("RULES.txt", encoding.__doc__ or "")
        bundle.writestr(
            "manifest.json", json.dumps(_manifest(first, last, contents), ensure_ascii=False, indent=1)
        )
    return contents


def digest_of(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def months_between(first: str, last: str) -> list[str]:
    """`2026-11`, `2026-12`, `2027-01`: both ends included. Raises Invalid."""
    start, end = _month_number(first), _month_number(last)
    if end < start:
        raise Invalid("截止月份不能早于起始月份，请更正。", field="until_month")
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]


def _month_number(month: str) -> int:
    try:
        day = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Invalid("月份请按 2026-11 的格式填写。", field="from_month") from None
    return day.year * 12 + day.month - 1


def _seals_of(months: list[str]) -> tuple[int, int] | None:
    """The first and the last number of the seals that cover rows of these months."""
    # A row cannot be sealed before it was written; a clock that ran ahead is allowed for by a month.
    since = _opening(_month_number(months[0]) - 1)
    seals = Seal.objects.filter(sealed_at__gte=since).only("number", "parts_kept").order_by("number")
    wanted = set(months)
    covering = [seal.number for seal in seals.iterator(1000) if wanted & {part.month for part in seal.parts}]
    return (covering[0], covering[-1]) if covering else None


def _rows(model: type[RecordRow], month: str, end: int) -> Iterator[bytes]:
    return (_line(plain_row(model, row)) for row in rows_of_month(model, month, end))


def _write_month(bundle: zipfile.ZipFile, model: type[RecordRow], month: str, rows: Iterator[bytes]) -> Month:
    table = model._meta.db_table
    name = f"{table}-{month}.jsonl"
    count = 0
    first = next(rows, None)
    if first is not None:
        with bundle.open(name, "w", force_zip64=True) as file:
            for row in chain([first], rows):
                file.write(row)
                count += 1
    is_over = month < f"{clock.today():%Y-%m}"
    return Month(table, month, name, count, is_over and count == _rows_in(model, month))


def _rows_in(model: type[RecordRow], month: str) -> int:
    """How many rows a month has, sealed or not."""
    time = encoding.TIMES[model._meta.db_table]
    opens, closes = (_opening(number) for number in (_month_number(month), _month_number(month) + 1))
    return model._default_manager.filter(**{f"{time}__gte": opens, f"{time}__lt": closes}).count()


def _opening(month_number: int) -> datetime:
    """The first instant of a month in the city's time."""
    return datetime(month_number // 12, month_number % 12 + 1, 1, tzinfo=clock.LOCAL_ZONE)


def _manifest(first: str, last: str, contents: list[Month]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "from_month": first,
        "until_month": last,
        "made_at": clock.now().isoformat(),
        "months": [asdict(month) for month in contents],
        "columns": encoding.COLUMNS,
        "keys": {key_id: key.hex() for key_id, key in keys.public_keys().items()},
    }


def _seal_fields(seal: Seal) -> dict[str, Any]:
    return {
        "number": seal.number,
        "algorithm": seal.algorithm,
        "previous": seal.previous,
        "from_position": seal.from_position,
        "to_position": seal.to_position,
        "parts": [part.as_list() for part in seal.parts],
        "drops": [part.as_list() for part in seal.drops],
        "outline": bytes(seal.outline).hex(),
        "sealed_at": seal.sealed_at.isoformat(),
        "key_id": seal.key_id,
        "digest": seal.digest,
        "signature": seal.signature,
    }


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"
