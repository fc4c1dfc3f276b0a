"""Codes, names and addresses of all points in one block of bytes, and where a word stands in them.

A row is `code LF name LF address LF` in UTF-8. Latin letters are kept small, as they are compared, with a bit
for each byte that was big. Rows are only added; those out of use stay until the index is built anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gongshi.atlas.spans import counted

Bytes = NDArray[np.uint8]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

# Fits into the cache of a core, so that looking twice costs once.
_LOOKED_AT: Final = 1 << 18
_CASE: Final = 32
FIELDS: Final = ("code", "name", "address")


@dataclass(frozen=True)
class Texts:
    """`starts` has one more than there are rows; `code_ends` and `name_ends` count from a row's start."""

    folded: Bytes
    big: Bytes
    starts: NDArray[np.int64]
    code_ends: NDArray[np.uint16]
    name_ends: NDArray[np.uint16]

    @classmethod
    def of(cls, block: Bytes, starts: NDArray[np.int64], code_lengths: Rows, name_lengths: Rows) -> "Texts":
        """Whole bytes of bits: rows that come later begin at a multiple of eight."""
        block = np.concatenate((block, np.full(-len(block) % 8, ord("\n"), np.uint8)))
        big = (block >= ord("A")) & (block <= ord("Z"))
        np.bitwise_or(block, _CASE, out=block, where=big)
        code_ends = code_lengths.astype(np.uint16)
        return cls(
            block, np.packbits(big), starts, code_ends, (code_ends + name_lengths + 1).astype(np.uint16)
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    def at(self, rows: Rows) -> "Texts":
        """These rows, in this order."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        block = np.frombuffer(self._spelled(counted(self.starts[rows], lengths)), np.uint8)
        code_ends, name_ends = (ends[rows].astype(np.intp) for ends in (self.code_ends, self.name_ends))
        return Texts.of(block, starts, code_ends, name_ends - code_ends - 1)

    def rows(self, rows: Rows) -> list[list[str]]:
        """Code, name and address of each."""
        starts, code_ends, name_ends = self.starts[rows], self.code_ends[rows], self.name_ends[rows]
        lengths = self.starts[rows + 1] - starts
        spelled = self._spelled(counted(starts, lengths))
        ends = np.cumsum(lengths)
        begins = ends - lengths
        places = zip(
            begins.tolist(),
            (begins + code_ends).tolist(),
            (begins + name_ends).tolist(),
            ends.tolist(),
            strict=True,
        )
        return [
            [
                spelled[begin:code].decode(),
                spelled[code + 1 : name].decode(),
                spelled[name + 1 : end].rstrip(b"\n").decode(),
            ]
            for begin, code, name, end in places
        ]

    def codes(self, rows: Rows) -> list[str]:
        lengths = self.code_ends[rows].astype(np.intp)
        spelled = self._spelled(counted(self.starts[rows], lengths))
        ends = np.cumsum(lengths)
        spans = zip((ends - lengths).tolist(), ends.tolist(), strict=True)
        return [spelled[begin:end].decode() for begin, end in spans]

    def _spelled(self, places: Rows) -> bytes:
        """The bytes at these places as they were given, with big letters."""
        big = self.big[places >> 3] >> (7 - (places & 7)).astype(np.uint8) & 1
        spelled: NDArray[np.uint8] = self.folded[places] ^ big * np.uint8(_CASE)
        return spelled.tobytes()

    def plus(self, other: "Texts") -> "Texts":
        """These rows and, after them, the other's."""
        return Texts(
            np.concatenate((self.folded, other.folded)),
            np.concatenate((self.big, other.big)),
            np.concatenate((self.starts[:-1], other.starts + len(self.folded))),
            np.concatenate((self.code_ends, other.code_ends)),
            np.concatenate((self.name_ends, other.name_ends)),
        )

    # --- where words stand --------------------------------------------------------------------

    def with_word(self, word: str, fields: Sequence[str] = FIELDS) -> Mask:
        """The rows in one of whose fields this word stands. A word has no blanks in it."""
        places = self._places_of(word.encode().lower())
        rows = np.zeros(len(self), np.bool_)
        if not len(places):
            return rows
        if len(places) > len(self) and len(fields) == len(FIELDS):
            return np.diff(np.searchsorted(places, self.starts)) > 0
        found = np.searchsorted(self.starts, places, side="right") - 1
        if len(fields) < len(FIELDS):
            found = found[self._is_in(fields, found, places - self.starts[found])]
        rows[found] = True
        return rows

    def _is_in(self, fields: Sequence[str], rows: Rows, at: NDArray[np.int64]) -> Mask:
        field = (at > self.code_ends[rows]).astype(np.uint8) + (at > self.name_ends[rows])
        return np.isin(field, [FIELDS.index(name) for name in fields])

    def _places_of(self, word: bytes) -> NDArray[np.int64]:
        """Where these bytes begin, in order: two rare bytes are looked for first, the others only there."""
        if not word or len(word) > len(self.folded):
            return np.zeros(0, np.int64)
        first, second, *rest = (*sorted(range(len(word)), key=lambda at: self._commonness[word[at]]), -1)
        ends = len(self.folded) - len(word) + 1
        here, there = np.empty(_LOOKED_AT, np.bool_), np.empty(_LOOKED_AT, np.bool_)
        found = []
        for start in range(0, ends, _LOOKED_AT):
            size = min(_LOOKED_AT, ends - start)
            is_it = np.equal(self.folded[start + first : start + first + size], word[first], out=here[:size])
            if second >= 0:
                other = self.folded[start + second : start + second + size]
                is_it &= np.equal(other, word[second], out=there[:size])
            places = np.flatnonzero(is_it)
            places += start
            for at in rest[:-1]:
                places = places[self.folded[places + at] == word[at]]
            if len(places):
                found.append(places)
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    @cached_property
    def _commonness(self) -> NDArray[np.int64]:
        """How often each byte occurs, by a sample."""
        sample = self.folded[:: max(len(self.folded) // 1_000_000, 1)]
        return np.bincount(sample, minlength=256)

    # --- order --------------------------------------------------------------------------------

    def in_order(self, field: str, rows: Rows) -> NDArray[np.int32]:
        """These rows by `code`, or by `name` and then code: by the bytes of UTF-8, small letters."""
        begin, ends = self._spans(field)
        return _sorted_by_bytes(self.folded, begin, ends, rows).astype(np.int32)

    def code_key(self, row: int) -> bytes:
        """What a row stands by among codes."""
        start = int(self.starts[row])
        return self.folded[start : start + int(self.code_ends[row])].tobytes()

    def name_key(self, row: int) -> tuple[bytes, bytes]:
        """What a row stands by among names."""
        start, code_end = int(self.starts[row]), int(self.code_ends[row])
        name = self.folded[start + code_end + 1 : start + int(self.name_ends[row])].tobytes()
        return name, self.code_key(row)

    def _spans(self, field: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        starts = self.starts[:-1]
        if field == "code":
            return starts, starts + self.code_ends
        return starts + self.code_ends + 1, starts + self.name_ends


_WIDTH: Final = 24


def _sorted_by_bytes(block: Bytes, begin: NDArray[np.int64], ends: NDArray[np.int64], rows: Rows) -> Rows:
    """Rows by their bytes, stable: a piece at a time, those alike so far by the next piece."""
    order = rows.copy()
    # Runs of `order` whose rows are alike so far: from, to.
    runs = np.array([(0, len(order))])
    at = 0
    while len(runs):
        lengths = runs[:, 1] - runs[:, 0]
        places = counted(runs[:, 0], lengths)
        group = np.repeat(np.arange(len(runs)), lengths)
        pieces = _pieces(block, begin[order[places]] + at, ends[order[places]])
        sorting = np.lexsort((pieces, group))
        order[places] = order[places][sorting]
        pieces, group = pieces[sorting], group[sorting]
        alike = (pieces[1:] == pieces[:-1]) & (group[1:] == group[:-1]) & (pieces[1:] != b"")
        edges = np.flatnonzero(np.diff(np.concatenate(([False], alike, [False])).astype(np.int8)))
        runs = places[edges.reshape(-1, 2)] + np.array([0, 1])
        at += _WIDTH
    return order


def _pieces(block: Bytes, begin: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bytes_]:
    """The next `_WIDTH` bytes of each, fewer at the end."""
    piece = np.zeros((len(begin), _WIDTH), np.uint8)
    lengths = np.clip(ends - begin, 0, _WIDTH)
    last = len(block) - 1
    for column in range(_WIDTH):
        has = lengths > column
        piece[:, column] = np.where(has, block[np.minimum(begin + column, last)], 0)
    return piece.view(f"S{_WIDTH}").ravel()
