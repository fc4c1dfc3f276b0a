"""Rows of the record as others get them: by name, instants in ISO 8601, addresses as people write them."""

import struct
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final

from gongshi.audit.encoding import COLUMNS, EPOCH
from gongshi.audit.models import RecordRow
from gongshi.audit.stored import StoredRow

INSTANTS: Final = frozenset({"at", "opened_at", "range_from", "range_to", "started_at", "ended_at"})
# Version and table stand before the columns in what is hashed.
BEFORE_COLUMNS: Final = 2
# family, bits, is_cidr, size: what PostgreSQL writes before the bytes of an address
ADDRESS_HEAD: Final = 4


def plain_row(model: type[RecordRow], row: StoredRow) -> dict[str, Any]:
    """What was hashed, readable: values are texts or None, except the numbers that only seals guard."""
    texts = [*decoded(row.content)][BEFORE_COLUMNS:]
    values = zip(COLUMNS[model._meta.db_table], texts, strict=True)
    named = {name: _readable(name, text) for name, text in values}
    return {"id": row.id, "position": row.position, "entry_hash": row.entry_hash.decode()} | named


def decoded(content: bytes) -> Iterator[str | None]:
    """The texts that `encoding.encode` put one after another."""
    at = 0
    while at < len(content):
        (size,) = struct.unpack_from(">i", content, at)
        at += 4
        yield None if size < 0 else content[at : at + size].decode()
        at += max(size, 0)


def _readable(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    if name in INSTANTS:
        return (EPOCH + timedelta(microseconds=int(text))).isoformat()
    if name == "address":
        return str(ip_address(bytes.fromhex(text)[ADDRESS_HEAD:]))
    return text
