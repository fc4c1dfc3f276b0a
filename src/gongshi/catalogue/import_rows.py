"""What a check finds of each row, written in one statement a chunk."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from gongshi.catalogue.codes import Publication
from gongshi.catalogue.import_models import Import, ImportRow, RowKind
from gongshi.catalogue.models import Change, ChangeKind
from gongshi.kernel.encryption import encrypt
from gongshi.kernel.problems import Problem, Severity

_TABLE = ImportRow._meta.db_table
_COLUMNS = (
    "whole_id",
    "number",
    "kind",
    "code",
    "camera_id",
    "base_version",
    "previous",
    "proposed",
    "proposed_paths",
    "problems",
    "outcome",
    "differs",
)
_PLACE = ImportRow._meta.get_field("proposed_paths").place
_LONGEST_CODE = 32
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

# Key and version of the published cameras, by code.
Published = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Checked:
    """One row: what it would change, or None, and what is wrong or doubtful about it."""

    number: int
    code: str
    change: Change | None
    problems: list[Problem]

    @property
    def kind(self) -> RowKind:
        if any(problem.severity is Severity.ERROR for problem in self.problems):
            return RowKind.ERROR
        if self.change is None:
            return RowKind.SAME
        if self.change.kind == ChangeKind.CREATE:
            return RowKind.NEW
        was = self.change.previous.get("publication")
        return RowKind.REVIVED if was == Publication.WITHDRAWN else RowKind.CHANGED


def write(whole: Import, rows: Sequence[Checked], published: Published, *, again: bool) -> Counter[str]:
    """Store the rows and count them by kind, `doubtful` and `differing`.

    `again`: they were shown before, so what is another now is marked. Rows without a change keep the version
    of their camera, too, to know whether they are still the same.
    """
    counts: Counter[str] = Counter()
    numbers = [row.number for row in rows]
    shown = _outcomes(whole, numbers) if again else {}
    if again:
        ImportRow.objects.filter(whole=whole, number__in=numbers).delete()
    columns = ", ".join(_COLUMNS)
    with connection.cursor() as cursor, cursor.copy(f"COPY {_TABLE} ({columns}) FROM STDIN") as copy:
        for row in rows:
            kind = row.kind
            values = _values(row, kind, published.get(row.code, (None, 0)))
            outcome = _digest(values)
            differs = again and shown.get(row.number) != outcome
            counts[kind.value] += 1
            counts["doubtful"] += any(each.severity is Severity.WARNING for each in row.problems)
            counts["differing"] += differs
            copy.write_row((whole.pk, row.number, *_stored(values), outcome, differs))
    return counts


def _outcomes(whole: Import, numbers: list[int]) -> dict[int, str]:
    shown = ImportRow.objects.filter(whole=whole, number__in=numbers)
    return dict(shown.values_list("number", "outcome"))


def _values(row: Checked, kind: RowKind, camera: tuple[int | None, int]) -> tuple[Any, ...]:
    change = row.change if kind in {RowKind.NEW, RowKind.CHANGED, RowKind.REVIVED} else None
    key, version = camera
    return (
        kind.value,
        row.code[:_LONGEST_CODE],
        key,
        version,
        _json(change.previous if change else {}),
        _json(change.proposed if change else {}),
        change.proposed_paths if change else "",
        _json([[each.column, each.message, each.severity.value] for each in row.problems]),
    )


def _stored(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same with the addresses encrypted."""
    *others, paths, problems = values
    return (*others, encrypt(paths, _PLACE) if paths else "", problems)


def _digest(values: tuple[Any, ...]) -> str:
    # With a key, since a plain digest would let the passwords in it be guessed.
    key = settings.SECRET_KEY.encode()[:64]
    return hashlib.blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=16, key=key).hexdigest()


def _json(value: dict[str, Any] | list[Any]) -> str:
    return _ENCODER.encode(value) if value else "{}" if isinstance(value, dict) else "[]"
