"""The rule by which rows and seals of the record become bytes and digests; others copy it, so it knows no
Django.

**Encoding.** A list of texts is encoded text by text: four bytes, big-endian, signed: the length of the text
in UTF-8, then the text. A missing text (NULL) is the length -1 alone. No text can so run into the next one.

**Texts of a row.** `VERSION`, the name of the table, then its columns in the order of `COLUMNS`: text as it
is; whole numbers in decimal; truth `true` or `false`; instants as microseconds since 1970 UTC in decimal;
addresses as hex of `02 20 00 04` + 4 bytes (IPv4) or `03 80 00 10` + 16 bytes (IPv6), which is PostgreSQL's
`inet_send`; before and after as the JSON text that is stored. `id` and `position` are not among them: the
seal guards those.

**Digest of a row** (`entry_hash`): `VERSION-ALGORITHM-HEX`, HEX being the digest of the encoded texts.

**Leaf and node** (after RFC 6962): leaf = H(00 ‖ id ‖ position ‖ entry_hash), id and position as eight bytes
big-endian signed, entry_hash in ASCII; node = H(01 ‖ left ‖ right). A tree of n > 1 leaves has the largest
power of two below n on its left. The leaves of a part (one table, one month in UTC+8) stand in the order of
(position, id).

**Outline**: for each row of the seal's parts, in their order, id (eight bytes) and the first eight bytes of
the row's digest. It proves nothing that the roots do not prove; it lets a verifier name the row that is
wrong.

**Digest of a seal**: hex of H over the encoded texts `seal`, VERSION, algorithm, number, digest of the seal
before (empty for the first), first position, position after the last, number of parts, each part's table,
month, count and root in hex, number of drops, each drop's table, month, count and digest of its export, hex
of H(outline), instant, key id. The signature is Ed25519 (RFC 8032) over the digest's hex text; the key id is
the first 16 hex digits of SHA-256(public key).
"""

import hashlib
import ipaddress
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

VERSION: Final = "1"
ALGORITHMS: Final = ("sha256", "sm3")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
MISSING: Final = struct.pack(">i", -1)
OUTLINE_ENTRY: Final = 16  # bytes

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "audit_auditevent": (
        *("at", "actor_id", "actor_account", "actor_name", "actor_department", "actor_roles", "action"),
        *("object_type", "object_id", "object_label", "succeeded", "reason", "before", "after"),
        *("address", "user_agent", "request_id"),
    ),
    "audit_accessrecord": (
        *("opened_at", "kind", "reason", "camera_code", "camera_name", "source_department"),
        *("source_department_id", "range_from", "range_to", "person_id", "person_account", "person_name"),
        *("department_id", "department_name", "grant_number", "basis", "address"),
    ),
    "audit_accessoutcome": ("record_id", "started_at", "ended_at", "bytes", "ending"),
}
# The column that says into which month a row belongs.
TIMES: Final = {
    "audit_auditevent": "at",
    "audit_accessrecord": "opened_at",
    "audit_accessoutcome": "ended_at",
}


@dataclass(frozen=True)
class Part:
    """The rows of one table and month (`2026-11`) in one seal, or of a dropped month; `digest` is hex."""

    table: str
    month: str
    count: int
    digest: str

    def texts(self) -> tuple[str, ...]:
        return (self.table, self.month, str(self.count), self.digest)

    def as_list(self) -> list[str | int]:
        return [self.table, self.month, self.count, self.digest]


def encode(texts: Iterable[str | None]) -> bytes:
    """The texts one after another, each behind its length."""
    pieces = []
    for text in texts:
        if text is None:
            pieces.append(MISSING)
        else:
            raw = text.encode()
            pieces.append(struct.pack(">i", len(raw)) + raw)
    return b"".join(pieces)


def content(table: str, texts: Sequence[str | None]) -> bytes:
    """What is hashed of a row; `texts` in the order of `COLUMNS[table]`."""
    return encode((VERSION, table, *texts))


def content_hash(algorithm: str, content: bytes) -> str:
    """`1-sha256-…`, as it is kept in the row. Raises ValueError for an unknown algorithm."""
    return f"{VERSION}-{algorithm}-{hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()}"


def number_text(value: int) -> str:
    return str(value)


def truth_text(value: bool) -> str:
    return "true" if value else "false"


def instant_text(value: datetime) -> str:
    return str((value - EPOCH) // MICROSECOND)


@lru_cache(maxsize=4096)
def address_text(value: str) -> str:
    address = ipaddress.ip_address(value)
    family, bits = (2, 32) if address.version == 4 else (3, 128)
    return (bytes((family, bits, 0, bits // 8)) + address.packed).hex()


def outline_entry(row_id: int, entry_hash: str) -> bytes:
    """Sixteen bytes of the outline for one row; a digest that is no digest counts as zeros."""
    try:
        digest = bytes.fromhex(entry_hash.rpartition("-")[2])[:8]
    except ValueError:
        digest = b""
    return struct.pack(">q", row_id) + digest.ljust(8, b"\0")


def seal_digest(
    *,
    algorithm: str,
    number: int,
    previous: str,
    from_position: int,
    to_position: int,
    parts: Sequence[Part],
    drops: Sequence[Part],
    outline: bytes,
    sealed_at: datetime,
    key_id: str,
) -> str:
    """The digest of a seal in hex: what the next seal names as `previous`, and what is signed."""
    texts = [
        *("seal", VERSION, algorithm, str(number), previous, str(from_position), str(to_position)),
        *(str(len(parts)), *(text for part in parts for text in part.texts())),
        *(str(len(drops)), *(text for drop in drops for text in drop.texts())),
        *(hashlib.new(algorithm, outline).hexdigest(), instant_text(sealed_at), key_id),
    ]
    return hashlib.new(algorithm, encode(texts)).hexdigest()


def key_id_of(public_key: bytes) -> str:
    """The short name of a public key of 32 bytes."""
    return hashlib.sha256(public_key).hexdigest()[:16]
