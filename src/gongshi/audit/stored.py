"""The record as the database holds it now, read byte by byte: what is hashed comes ready from the server."""

import hashlib
import struct
from collections.abc import Callable, Iterator
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
START: Final = struct.Struct(">hiqiqi")
DIGESTS: Final[dict[bytes, Callable[[bytes], Any]]] = {
    f"{encoding.VERSION}-{algorithm}-".encode(): partial(hashlib.new, algorithm)
    for algorithm in encoding.ALGORITHMS
} | {f"{encoding.VERSION}-sha256-".encode(): hashlib.sha256}


class StoredRow(NamedTuple):
    """One row; `month` is `2026-11` in UTC+8, `content` what its digest is taken of."""

    id: int
    position: int
    month: str
    entry_hash: bytes
    content: bytes


def rows_between(model: type[RecordRow], first: int, end: int) -> Iterator[StoredRow]:
    """The rows at positions from `first` up to, not including, `end`, by (position, id), as a stream."""
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
    return _stream(model, where, (opens, opens, end))


def stored(row: RecordRow) -> StoredRow | None:
    """One row as it lies in the database; None when it is gone."""
    found = [*_stream(type(row), "id = %s", (row.pk,))]
    return found[0] if found else None


def is_as_written(row: RecordRow) -> bool:
    """Whether the row in the database still says what was hashed when it was written."""
    found = stored(row)
    return found is not None and hash_fits(found)


def hash_fits(row: StoredRow) -> bool:
    """Whether the digest that a row keeps is the digest of what it says."""
    start = row.entry_hash[: row.entry_hash.rfind(b"-") + 1]
    digest = DIGESTS.get(start)
    return digest is not None and digest(row.content).hexdigest().encode() == row.entry_hash[len(start) :]


def _stream(model: type[RecordRow], where: str, parameters: tuple[Any, ...]) -> Iterator[StoredRow]:
    table = model._meta.db_table
    month = f"coalesce(to_char(\"{encoding.TIMES[table]}\" AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), '')"
    columns = ", ".join(("id", "position", month, "entry_hash", *content_sql(model)))
    query = f"COPY (SELECT {columns} FROM {table} WHERE {where}) TO STDOUT (FORMAT BINARY)"  # noqa: S608
    with connection.cursor() as cursor, cursor.copy(query, parameters):
        skip = HEADER
        for message in _messages(cursor.connection.pgconn):
            if len(message) - skip > START.size:
                yield _row(message, skip)
            skip = 0


def _messages(wire: PGconn) -> Iterator[bytes]:
    """The messages of a COPY, one a row, straight from libpq: psycopg's loop costs more than digests."""
    while True:
        size, message = wire.get_copy_data(0)
        if size < 0:
            break
        yield bytes(message)
    while result := wire.get_result():
        if result.status != ExecStatus.COMMAND_OK:
            raise DatabaseError(result.get_error_message())


def _row(raw: bytes, at: int) -> StoredRow:
    _, _, row_id, _, position, month_size = START.unpack_from(raw, at)
    at += START.size
    month = raw[at : at + month_size].decode()
    at += month_size
    hash_size = int.from_bytes(raw[at : at + 4])
    at += 4
    return StoredRow(row_id, position, month, raw[at : at + hash_size], raw[at + hash_size :])
