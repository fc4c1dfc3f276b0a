"""The columns of published cameras from the database, as arrays: PostgreSQL sends columns, not rows."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from gongshi.atlas.attributes import Attributes, joint_sql
from gongshi.atlas.mercator import Units, to_units
from gongshi.atlas.texts import Texts

_ROWS_AT_ONCE: Final = 20_000
# What stands before the fields of the one row of an answer of COPY (FORMAT binary).
_BEFORE_FIELDS: Final = 21
# What stands before the elements of an array, each of which has its length before it.
_BEFORE_ELEMENTS: Final = 20
# What is read: a name, how it is found, how it comes.
_FIELDS: Final = (
    ("id", "id", ">i8"),
    ("lon", "longitude", ">f8"),
    ("lat", "latitude", ">f8"),
    ("joint", f"({joint_sql()})::int4", ">i4"),
    ("owner", "owner_id", ">i8"),
    ("source", "source_department_id", ">i8"),
    ("code", "octet_length(code)::int2", ">i2"),
    ("name", "octet_length(name)::int2", ">i2"),
    ("text", "octet_length(address) + octet_length(code) + octet_length(name) + 3", ">i4"),
)
_TEXT: Final = r"code || E'\n' || name || E'\n' || address || E'\n'"
# The numbers between braces are filled in by psycopg; there is no per cent sign in our code tables.
_QUERY: Final = f"""
    COPY (
        SELECT {", ".join(f"array_agg({name})" for name, *_ in _FIELDS)}, string_agg(words, '')
        FROM (
            SELECT {", ".join(f"{found} AS {name}" for name, found, _ in _FIELDS)}, {_TEXT} AS words
            FROM catalogue_camera
            WHERE publication = 'published' AND id > %(after)s AND (%(all)s OR id = ANY(%(some)s::bigint[]))
            ORDER BY catalogue_camera.id
            LIMIT {_ROWS_AT_ONCE}
        ) AS cameras
    ) TO STDOUT (FORMAT binary)
"""  # noqa: S608 - our own code tables


@dataclass(frozen=True)
class Columns:
    """Published cameras by row."""

    ids: NDArray[np.int64]
    x: Units
    y: Units
    texts: Texts
    attributes: Attributes

    def __len__(self) -> int:
        return len(self.ids)

    def at(self, rows: NDArray[np.intp]) -> "Columns":
        """These rows, in this order."""
        return Columns(
            self.ids[rows], self.x[rows], self.y[rows], self.texts.at(rows), self.attributes.at(rows)
        )


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within is of one moment; in a transaction that has begun, of that transaction."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def read_published(cameras: list[int] | None = None) -> Columns:
    """All published cameras, or those of these."""
    parts = list(_parts(cameras))
    column = {
        name: np.concatenate([np.zeros(0, kind), *(part[at] for part, _ in parts)])
        for at, (name, _, kind) in enumerate(_FIELDS)
    }
    block = np.concatenate([np.zeros(0, np.uint8), *(words for _, words in parts)])
    del parts
    x, y = to_units(column["lon"], column["lat"])
    starts = np.zeros(len(x) + 1, np.int64)
    np.cumsum(column["text"], out=starts[1:])
    owners, sources = (column[name].astype(np.int64) for name in ("owner", "source"))
    return Columns(
        column["id"].astype(np.int64),
        x,
        y,
        Texts.of(block, starts, column["code"].astype(np.intp), column["name"].astype(np.intp)),
        Attributes.of(column["joint"].astype(np.uint32), owners, sources),
    )


def _parts(cameras: list[int] | None) -> Iterator[tuple[list[NDArray[Any]], NDArray[np.uint8]]]:
    """The columns of some rows and their texts, until there are no more."""
    values = {"after": -1, "all": cameras is None, "some": cameras or []}
    with connection.cursor() as cursor:
        while True:
            with cursor.copy(_QUERY, values) as copy:
                part = _part(b"".join(copy))
            if part is None:
                return
            yield part
            values["after"] = int(part[0][0][-1])


def _part(sent: bytes) -> tuple[list[NDArray[Any]], NDArray[np.uint8]] | None:
    """The one row of an answer; None when it is of no rows."""
    at = _BEFORE_FIELDS
    columns = []
    for _, _, kind in _FIELDS:
        (length,) = struct.unpack_from(">i", sent, at)
        if length < 0:
            return None
        at += 4
        elements = np.frombuffer(
            sent, [("length", ">i4"), ("value", kind)], offset=at + _BEFORE_ELEMENTS, count=_count(sent, at)
        )
        columns.append(elements["value"].astype(kind[1:]))
        at += length
    (length,) = struct.unpack_from(">i", sent, at)
    return columns, np.frombuffer(sent, np.uint8, length, at + 4).copy()


def _count(sent: bytes, at: int) -> int:
    """How many elements the array that begins here has."""
    return int(struct.unpack_from(">i", sent, at + 12)[0])
