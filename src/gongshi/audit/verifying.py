"""Verifying the record: every seal and every row computed again, and the first that is wrong named.

Rows and seals are read as streams, a batch of seals at a time, so that memory stays bounded.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Final

from django.db import models

from gongshi.audit import encoding, keys, sealing
from gongshi.audit.encoding import OUTLINE_ENTRY, Part, outline_entry
from gongshi.audit.merkle import Tree
from gongshi.audit.models import RECORD, RecordRow, RecordTable, Seal
from gongshi.audit.stored import (
    ID,
    POSITION,
    START,
    StoredRow,
    fits,
    hash_fits,
    month_around,
    raw_rows_between,
    rows_between,
)

BATCH_SEALS: Final = 50
# More would tell nothing new; what is named is the first ones.
MOST_FINDINGS: Final = 20

Progress = Callable[[int], None]
Entries = dict[int, bytes]  # id and the start of the digest, in the order that was sealed


class Fault(models.TextChoices):
    """What can be wrong with a row or a seal."""

    EDITED = "edited", "内容被修改"
    MISSING = "missing", "缺失"
    REORDERED = "reordered", "次序被调换"
    INSERTED = "inserted", "事后插入"
    SEAL_BROKEN = "seal_broken", "封条被破坏"
    SEAL_MISSING = "seal_missing", "封条缺失"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong; `row_id` is None when it is a seal, or no single row can be named."""

    fault: Fault
    seal_number: int
    table: str = ""
    row_id: int | None = None

    @property
    def sentence(self) -> str:
        """What is wrong, for people: 审计日志第 5 号记录（封条 2）：内容被修改。"""
        if not self.table:
            return f"封条 {self.seal_number}：{self.fault.label}。"
        thing = f"第 {self.row_id} 号记录" if self.row_id is not None else "的记录"
        return f"{RecordTable(self.table).label}{thing}（封条 {self.seal_number}）：{self.fault.label}。"


@dataclass(frozen=True)
class SealOutside:
    """What was handed to a place outside the database of one day's last seal."""

    number: int
    digest: str


@dataclass
class Verdict:
    """What verifying found. `unsealed` rows wait for their first seal and are not proved by anything yet."""

    seals: int = 0
    rows: int = 0
    unsealed: int = 0
    late_since: datetime | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The first that is wrong, in the order of the seals."""
        return min(self.findings, key=lambda finding: finding.seal_number, default=None)


def verify(
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    outside: Iterable[SealOutside] = (),
    progress: Progress | None = None,
) -> Verdict:
    """Verify all that was sealed between two moments, by default everything.

    `outside`: daily seals from where they were sent to; they prove that no seal at the end is missing.
    `progress` is told the number of rows verified so far.
    """
    verdict = Verdict(unsealed=sealing.unsealed(), late_since=sealing.late_since())
    before: Seal | None = None
    for batch in _batches(since, until):
        broken = _check_chain(batch, before, is_start=before is None and since is None)
        verdict.findings += broken
        unsound = {finding.seal_number for finding in broken}
        for model in RECORD:
            sums = _sums(model, batch)
            verdict.rows += sum(each.rows for each in sums)
            verdict.findings += _check_rows(model, sums, unsound)
        before = batch[-1]
        verdict.seals += len(batch)
        if progress is not None:
            progress(verdict.rows)
        if len(verdict.findings) >= MOST_FINDINGS:
            break
    verdict.findings += _check_outside(outside)
    verdict.findings.sort(key=lambda finding: finding.seal_number)
    del verdict.findings[MOST_FINDINGS:]
    return verdict


def _batches(since: datetime | None, until: datetime | None) -> Iterator[list[Seal]]:
    """The seals of a time, oldest first; rows of its last minute may be in the first seal after it."""
    seals = Seal.objects.order_by("number")
    if since is not None:
        seals = seals.filter(sealed_at__gte=since)
    if until is not None:
        after = seals.filter(sealed_at__gt=until).first()
        seals = seals.filter(number__lte=after.number) if after else seals
    number = 0
    while batch := [*seals.filter(number__gt=number)[:BATCH_SEALS]]:
        yield batch
        number = batch[-1].number


def _check_chain(batch: Sequence[Seal], before: Seal | None, *, is_start: bool) -> list[Finding]:
    """Whether each seal is what was signed and follows the one before; `is_start`: none may be before it."""
    findings = []
    for seal in batch:
        if before is not None or is_start:
            wanted = before.number + 1 if before else 1
            link = (before.digest, before.to_position) if before else ("", 0)
            if seal.number > wanted:
                findings.append(Finding(Fault.SEAL_MISSING, wanted))
            elif (seal.previous, seal.from_position) != link and not _names(findings, wanted - 1):
                findings.append(Finding(Fault.SEAL_BROKEN, seal.number))
        if not _is_as_signed(seal) and not _names(findings, seal.number):
            findings.append(Finding(Fault.SEAL_BROKEN, seal.number))
        before = seal
    return findings


def _names(findings: Sequence[Finding], number: int) -> bool:
    return bool(findings) and findings[-1].seal_number == number


def _is_as_signed(seal: Seal) -> bool:
    """Whether everything that a seal says is what its signature covers."""
    try:
        digest = encoding.seal_digest(
            algorithm=seal.algorithm,
            number=seal.number,
            previous=seal.previous,
            from_position=seal.from_position,
            to_position=seal.to_position,
            parts=seal.parts,
            drops=seal.drops,
            outline=bytes(seal.outline),
            sealed_at=seal.sealed_at,
            key_id=seal.key_id,
        )
        rows = sum(part.count for part in seal.parts)
    except (TypeError, ValueError, AttributeError):  # not even the form of a seal
        return False
    return (
        digest == seal.digest
        and seal.rows == rows
        and len(seal.outline) == rows * OUTLINE_ENTRY
        and keys.is_signed(seal.digest, seal.signature, seal.key_id)
    )


@dataclass
class _Sum:
    """The rows of one table at the positions of one seal, computed again."""

    seal: Seal
    trees: dict[str, Tree] = field(default_factory=dict)
    all_fit: bool = True

    @property
    def rows(self) -> int:
        return sum(tree.count for tree in self.trees.values())

    def take(self, raw: bytes, rows: Iterator[bytes], end: int) -> bytes:
        """Add the row `raw` and those after it before the position `end`; gives the first that is not added.

        One loop without a call more than it needs, since verifying millions is mostly this.
        """
        opens = closes = 0
        add, parse, digest_begins = None, START.unpack_from, START.size
        while raw:
            _, _, _, _, position, _, moment, size = parse(raw)
            if position >= end:
                break
            if add is None or not opens <= moment < closes:
                month, opens, closes = month_around(moment)
                add = self._tree_of(month).add_leaf
            digest_ends = digest_begins + size
            entry_hash = raw[digest_begins:digest_ends]
            add(raw[ID] + raw[POSITION] + entry_hash)
            if not fits(entry_hash, raw[digest_ends:]):
                self.all_fit = False
            raw = next(rows, b"")
        return raw

    def _tree_of(self, month: str) -> Tree:
        known = self.seal.algorithm in encoding.ALGORITHMS
        algorithm = self.seal.algorithm if known else encoding.ALGORITHMS[0]
        return self.trees.setdefault(month, Tree(algorithm))

    def differs(self, table: str, gone: set[str]) -> bool:
        """Whether the rows are others than were sealed, months that were dropped aside."""
        found = {(month, tree.count, tree.root()) for month, tree in self.trees.items()}
        parts = (part for part in self.seal.parts if part.table == table and part.month not in gone)
        return not self.all_fit or found != {(part.month, part.count, part.digest) for part in parts}


def _sums(model: type[RecordRow], batch: Sequence[Seal]) -> list[_Sum]:
    """The sums of one table for seals that follow each other, from one stream of rows."""
    rows = raw_rows_between(model, batch[0].from_position, batch[-1].to_position)
    row = next(rows, b"")
    sums = []
    for seal, following in zip_longest(batch, batch[1:]):
        # Where a seal was broken or taken away, its neighbours still say where they begin and end.
        end = min(seal.to_position, following.from_position) if following else seal.to_position
        while row and int.from_bytes(row[POSITION]) < seal.from_position:
            row = next(rows, b"")
        each = _Sum(seal)
        row = each.take(row, rows, end)
        sums.append(each)
    deque(rows, maxlen=0)  # to the end: a stream that is cut off would end the transaction
    return sums


def _check_rows(model: type[RecordRow], sums: Sequence[_Sum], unsound: set[int]) -> list[Finding]:
    """Name the rows that are not as they were sealed."""
    table = model._meta.db_table
    # Read after the rows: what was dropped meanwhile is told here.
    dropped = {month for of, month in _dropped_months() if of == table}
    findings: list[Finding] = []
    for each in sums:
        if each.seal.number in unsound:
            if not each.all_fit:
                findings += _unfit(model, each.seal)
        elif each.differs(table, gone := dropped - each.trees.keys()):
            findings += _examine(model, each.seal, gone)
        if len(findings) >= MOST_FINDINGS:
            break
    return findings


def _unfit(model: type[RecordRow], seal: Seal) -> Iterator[Finding]:
    """The rows under a broken seal that do not even fit their own digests."""
    for row in rows_between(model, seal.from_position, seal.to_position):
        if not hash_fits(row):
            yield Finding(Fault.EDITED, seal.number, model._meta.db_table, row.id)


def _examine(model: type[RecordRow], seal: Seal, gone: set[str]) -> Iterator[Finding]:
    """Name the rows of one table that are not as this seal, which is sound, has sealed them."""
    table = model._meta.db_table
    sealed = {month: entries for of, month, entries in _outlines(seal) if of == table and month not in gone}
    rows: dict[str, list[StoredRow]] = {}
    for row in rows_between(model, seal.from_position, seal.to_position):
        rows.setdefault(row.month, []).append(row)
    everywhere = {row.id: row for group in rows.values() for row in group}
    known = {digest for entries in sealed.values() for digest in entries.values()}
    found = False
    for month in sorted(sealed.keys() | rows.keys()):
        entries, present = sealed.get(month, {}), rows.get(month, [])
        for fault, row_id in _faults(model, entries, present, known, everywhere):
            found = True
            yield Finding(fault, seal.number, table, row_id)
    if not found:
        # Each row says what it said, yet the root differs: a position was changed.
        yield Finding(Fault.REORDERED, seal.number, table)


def _faults(
    model: type[RecordRow],
    entries: Entries,
    present: Sequence[StoredRow],
    known: set[bytes],
    everywhere: dict[int, StoredRow],
) -> Iterator[tuple[Fault, int]]:
    """What is wrong with the rows of one month of a seal, in the order in which they were sealed."""
    here = {row.id: row for row in present}
    for row_id, digest in entries.items():
        row = here.get(row_id)
        if row is None:
            yield _fault_of_absent(model, row_id, everywhere), row_id
        elif not hash_fits(row):
            yield Fault.EDITED, row_id
        elif _start_of_digest(row) != digest:
            yield (Fault.REORDERED if _start_of_digest(row) in known else Fault.EDITED), row_id
    yield from ((Fault.INSERTED, row.id) for row in present if row.id not in entries and hash_fits(row))
    order = [row.id for row in present if row.id in entries]
    sealed = [row_id for row_id in entries if row_id in here]
    yield from [
        (Fault.REORDERED, wrong) for wrong, right in zip(order, sealed, strict=True) if wrong != right
    ][:1]


def _fault_of_absent(model: type[RecordRow], row_id: int, everywhere: dict[int, StoredRow]) -> Fault:
    """A row that is not in its place is gone, or its time or its position was changed."""
    if row_id in everywhere:
        return Fault.EDITED
    elsewhere = model._default_manager.filter(pk=row_id).first()
    if elsewhere is None:
        return Fault.MISSING
    return Fault.REORDERED


def _start_of_digest(row: StoredRow) -> bytes:
    return outline_entry(row.id, row.entry_hash.decode(errors="replace"))[8:]


def _outlines(seal: Seal) -> Iterator[tuple[str, str, Entries]]:
    """Table, month and rows of each part, from the outline."""
    outline, at = bytes(seal.outline), 0
    for part in seal.parts:
        entries = {}
        for _ in range(part.count):
            entries[int.from_bytes(outline[at : at + 8], signed=True)] = outline[at + 8 : at + OUTLINE_ENTRY]
            at += OUTLINE_ENTRY
        yield part.table, part.month, entries


def _dropped_months() -> set[tuple[str, str]]:
    """Table and month of all that signed seals say was dropped at the end of its term."""
    drops: list[Part] = []
    for seal in Seal.objects.exclude(drops_kept=[]).order_by("number"):
        if _is_as_signed(seal):
            drops += seal.drops
    return {(part.table, part.month) for part in drops}


def _check_outside(outside: Iterable[SealOutside]) -> Iterator[Finding]:
    for told in outside:
        digest = Seal.objects.filter(number=told.number).values_list("digest", flat=True).first()
        if digest is None:
            yield Finding(Fault.SEAL_MISSING, told.number)
        elif digest != told.digest:
            yield Finding(Fault.SEAL_BROKEN, told.number)
