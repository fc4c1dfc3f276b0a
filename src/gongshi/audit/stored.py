"""The record as the database holds it now, read byte by byte: what is hashed comes ready from the server."""

import hashlib
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any, Final, NamedTuple

from django.db import DatabaseError, connection
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from gongshi.audit import encoding
from gongshi.audit.fields import content_sql
from gongshi.audit.models import RecordRow

# PostgreSQL's binary COPY: 11 + 4 + 4 bytes before the first row, two bytes after the last; each row has the
# number of its columns and then each column behind its length, which is just how `encoding.encode` writes.
HEADER: Final = 19
# Columns; id, position and time, each behind its length; the length of the digest that follows.
START: Final = struct.Struct(">hiqiqiqi")
# Where id and position lie in a row's bytes.
ID, POSITION = slice(6, 14), slice(18, 26)
# From where PostgreSQL counts microseconds.
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
ZONE: Final = timezone(timedelta(hours=8))
DIGESTS: Final[dict[bytes, Callable[[bytes], Any]]] = {
    f"{encoding.VERSION}-{algorithm}".encode(): partial(hashlib.new, algorithm)
    for algorithm in encoding.ALGORITHMS
} | {f"{encoding.VERSION}-sha256".encode(): hashlib.sha256}


class StoredRow(NamedTuple):
    """One row; `month` is `2026-11` in UTC+8, `content` what its digest is taken of."""

    id: int
    position: int
    month: str
    entry_hash: bytes
    content: bytes


def rows_between(model: type[RecordRow], first: int, end: int) -> Iterator[StoredRow]:
    """The rows at positions from `first` up to, not including, `end`, by (position, id), as a stream."""
    return map(_parsed, raw_rows_between(model, first, end))


def raw_rows_between(model: type[RecordRow], first: int, end: int) -> Iterator[bytes]:
    """As `rows_between`, each row as it comes from the wire: `START`, its digest, what the digest is of."""
    return _stream(model, "position >= %s AND position < %s ORDER BY position, id", (first, end))


def rows_of_month(model: type[RecordRow], month: str, end: int) -> Iterator[StoredRow]:
    """The rows of a month (`2026-11`) before the position `end`, by (position, id)."""
    moment = encoding.TIMES[model._meta.db_table]
    where = (
        f"\"{moment}\" >= %s::timestamp AT TIME ZONE 'Asia/Shanghai' "
        f"AND \"{moment}\" < (%s::timestamp + interval '1 month') AT TIME ZONE 'Asia/Shanghai' "
        "AND position < %s ORDER BY position, id"
    )
    opens = f"{month}-01"
    return map(_parsed, _stream(model, where, (opens, opens, end)))


def stored(row: RecordRow) -> StoredRow | None:
    """One row as it lies in the database; None when it is gone."""
    found = [*_stream(type(row), "id = %s", (row.pk,))]
    return _parsed(found[0]) if found else None


def is_as_written(row: RecordRow) -> bool:
    """Whether the row in the database still says what was hashed when it was written."""
    found = stored(row)
    return found is not None and hash_fits(found)


def hash_fits(row: StoredRow) -> bool:
    """Whether the digest that a row keeps is the digest of what it says."""
    return fits(row.entry_hash, row.content)


def fits(entry_hash: bytes, content: bytes) -> bool:
    """Whether `entry_hash` is the digest of `content`."""
    start, _, kept = entry_hash.rpartition(b"-")
    digest = DIGESTS.get(start)
    return digest is not None and digest(content).hexdigest().encode() == kept


def _stream(model: type[RecordRow], where: str, parameters: tuple[Any, ...]) -> Iterator[bytes]:
    """Each row's bytes straight from libpq: a verifier of millions has no time for more."""
    table = model._meta.db_table
    moment_sql = f"coalesce(\"{encoding.TIMES[table]}\", '-infinity')"
    columns = ", ".join(("id", "position", moment_sql, "entry_hash", *content_sql(model)))
    query = f"COPY (SELECT {columns} FROM {table} WHERE {where}) TO STDOUT (FORMAT BINARY)"  # noqa: S608
    begins = HEADER
    with connection.cursor() as cursor, cursor.copy(query, parameters):
        wire = cursor.connection.pgconn
        next_message = wire.get_copy_data
        while (message := next_message(0))[0] >= 0:
            raw = bytes(message[1][begins:])
            if len(raw) > START.size:  # not so after the last row
                yield raw
            begins = 0
        _finish(wire)


def _parsed(raw: bytes) -> StoredRow:
    _, _, row_id, _, position, _, moment, size = START.unpack_from(raw)
    ends = START.size + size
    return StoredRow(row_id, position, month_around(moment)[0], raw[START.size : ends], raw[ends:])


def month_around(moment: int) -> tuple[str, int, int]:
    """The month in UTC+8 of a moment (microseconds since `EPOCH`), its first moment and the one after it.

    A moment out of every calendar is in the month ''.
    """
    try:
        local = (EPOCH + timedelta(microseconds=moment)).astimezone(ZONE)
        first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = (first + timedelta(days=32)).replace(day=1)
    except (OverflowError, ValueError):
        return "", moment, moment + 1
    opens, closes = ((each - EPOCH) // encoding.MICROSECOND for each in (first, following))
    return f"{local:%Y-%m}", opens, closes


def _finish(wire: PGconn) -> None:
    """Read the end of a COPY. Raises DatabaseError when it broke off."""
    while result := wire.get_result():
        if result.status != ExecStatus.COMMAND_OK:
            raise DatabaseError(result.get_error_message())
