#!/usr/bin/env python3
"""Verifies an exported bundle of the record without Gongshi.

    python verify_bundle.py BUNDLE.zip [--key PUBLIC_KEY_HEX]

Needs Python 3.11 and `cryptography`, nothing else. It recomputes the digest of each row, the tree of each
seal and the chain of the seals, and checks each signature. Without `--key` the keys in the bundle itself are
believed: give the public key that was written down elsewhere (`gongshi audit verify` prints it). The rules
are told in RULES.txt of the bundle.

Exit code 0: whole. 1: something was edited, is missing, was reordered or inserted later, or a seal is broken.
2: this is no bundle.
"""

import argparse
import hashlib
import io
import json
import struct
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VERSION = "1"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = {"at", "opened_at", "range_from", "range_to", "started_at", "ended_at"}


def encode(texts: list[str | None]) -> bytes:
    """Each text behind its length; a missing one is the length -1."""
    pieces = [b"" if text is None else text.encode() for text in texts]
    lengths = [-1 if text is None else len(raw) for text, raw in zip(texts, pieces, strict=True)]
    return b"".join(struct.pack(">i", length) + raw for length, raw in zip(lengths, pieces, strict=True))


def text_of(name: str, value: Any) -> str | None:
    """A value of a row as the text that is hashed."""
    if value is None:
        return None
    if name in INSTANTS:
        return str((datetime.fromisoformat(value) - EPOCH) // timedelta(microseconds=1))
    if name == "address":
        address = ip_address(value)
        family, bits = (2, 32) if address.version == 4 else (3, 128)
        return (bytes((family, bits, 0, bits // 8)) + address.packed).hex()
    return str(value).lower() if isinstance(value, bool) else str(value)


def digest_of_row(table: str, columns: list[str], row: dict[str, Any]) -> str:
    """`1-sha256-…` as the row should say of itself."""
    algorithm = row["entry_hash"].split("-")[1]
    texts = [VERSION, table, *(text_of(name, row[name]) for name in columns)]
    return f"{VERSION}-{algorithm}-{hashlib.new(algorithm, encode(texts)).hexdigest()}"


def root_of(algorithm: str, rows: list[dict[str, Any]]) -> str:
    """The root of the hash tree over the rows, after RFC 6962."""

    def digest(data: bytes) -> bytes:
        return hashlib.new(algorithm, data).digest()

    def tree(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return leaves[0]
        left = 1 << (len(leaves) - 1).bit_length() - 1
        return digest(b"\x01" + tree(leaves[:left]) + tree(leaves[left:]))

    leaves = [
        digest(b"\x00" + struct.pack(">qq", row["id"], row["position"]) + row["entry_hash"].encode())
        for row in rows
    ]
    return tree(leaves).hex() if leaves else digest(b"").hex()


def digest_of_seal(seal: dict[str, Any]) -> str:
    """What is signed, in hex."""
    parts = [str(item) for part in seal["parts"] for item in part]
    drops = [str(item) for drop in seal["drops"] for item in drop]
    outline = hashlib.new(seal["algorithm"], bytes.fromhex(seal["outline"])).hexdigest()
    texts: list[str | None] = ["seal", VERSION, seal["algorithm"], str(seal["number"]), seal["previous"]]
    texts += [str(seal["from_position"]), str(seal["to_position"])]
    texts += [str(len(seal["parts"])), *parts, str(len(seal["drops"])), *drops]
    texts += [outline, text_of("at", seal["sealed_at"]), seal["key_id"]]
    return hashlib.new(seal["algorithm"], encode(texts)).hexdigest()


def faults_of_seal(
    seal: dict[str, Any], before: dict[str, Any] | None, keys: dict[str, str]
) -> Iterator[str]:
    """What is wrong with a seal itself and with its place in the chain."""
    name = f"seal {seal['number']}"
    if before is not None:
        if seal["number"] != before["number"] + 1:
            yield f"{name}: MISSING seals between {before['number']} and {seal['number']}"
        elif (seal["previous"], seal["from_position"]) != (before["digest"], before["to_position"]):
            yield f"{name}: SEAL BROKEN, it does not continue seal {before['number']}"
    if digest_of_seal(seal) != seal["digest"]:
        yield f"{name}: SEAL BROKEN, its content is not what was sealed"
    elif seal["key_id"] not in keys:
        yield f"{name}: SEAL BROKEN, signed with the unknown key {seal['key_id']}"
    else:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys[seal["key_id"]]))
        try:
            key.verify(bytes.fromhex(seal["signature"]), seal["digest"].encode())
        except InvalidSignature:
            yield f"{name}: SEAL BROKEN, the signature is false"


def sealed_ids(seal: dict[str, Any], index: int) -> list[int]:
    """The ids of the rows of one part, in their order, as the seal remembers them."""
    skipped = sum(part[2] for part in seal["parts"][:index])
    outline = bytes.fromhex(seal["outline"])[16 * skipped : 16 * (skipped + seal["parts"][index][2])]
    return [number for number, _ in struct.iter_unpack(">q8s", outline)]


def faults_of_part(seal: dict[str, Any], index: int, rows: list[dict[str, Any]]) -> Iterator[str]:
    """What is wrong with the rows of one table and month that one seal covers."""
    table, month, _, root = seal["parts"][index]
    if root_of(seal["algorithm"], rows) == root:
        return
    name, sealed, found = (
        f"{table} {month}, seal {seal['number']}",
        sealed_ids(seal, index),
        [row["id"] for row in rows],
    )
    missing, strange = [i for i in sealed if i not in set(found)], [i for i in found if i not in set(sealed)]
    if missing:
        yield f"{name}: MISSING row {missing[0]}, {len(missing)} in all"
    if strange:
        yield f"{name}: INSERTED LATER row {strange[0]}, {len(strange)} in all"
    if not missing and not strange:
        moved = [row for row, wanted in zip(found, sealed, strict=False) if row != wanted]
        yield (
            f"{name}: REORDERED at row {moved[0]}"
            if moved
            else f"{name}: EDITED, a row is not the one sealed"
        )


class Rows:
    """The rows of one table and month, in the order of the file, handed out seal by seal."""

    def __init__(self, bundle: zipfile.ZipFile, entry: dict[str, Any], columns: list[str]) -> None:
        self.table, self.columns = entry["table"], columns
        self.lines = io.TextIOWrapper(bundle.open(entry["file"]), "utf-8")
        self.ahead = self._next()
        self.faults: list[str] = []
        self.count = 0

    def _next(self) -> dict[str, Any] | None:
        line = self.lines.readline()
        return json.loads(line) if line.strip() else None

    def up_to(self, position: int) -> list[dict[str, Any]]:
        """The next rows before this position, each checked against its own digest."""
        rows = []
        while self.ahead is not None and self.ahead["position"] < position:
            if digest_of_row(self.table, self.columns, self.ahead) != self.ahead["entry_hash"]:
                self.faults.append(
                    f"{self.table} row {self.ahead['id']}: EDITED, its content is not what was written"
                )
            rows.append(self.ahead)
            self.count += 1
            self.ahead = self._next()
        return rows


def faults_of(bundle: zipfile.ZipFile, trusted: str | None) -> Iterator[str]:
    """Everything that is wrong with a bundle, one sentence each."""
    manifest = json.loads(bundle.read("manifest.json"))
    keys = {key_id: key for key_id, key in manifest["keys"].items() if trusted is None or key == trusted}
    months = {
        (each["table"], each["month"]): Rows(bundle, each, manifest["columns"][each["table"]])
        for each in manifest["months"]
    }
    before = None
    for line in io.TextIOWrapper(bundle.open("seals.jsonl"), "utf-8"):
        seal = json.loads(line)
        yield from faults_of_seal(seal, before, keys)
        for index, part in enumerate(seal["parts"]):
            rows = months.get((part[0], part[1]))
            if rows is not None:
                yield from faults_of_part(seal, index, rows.up_to(seal["to_position"]))
        before = seal
    for each in manifest["months"]:
        rows = months[each["table"], each["month"]]
        yield from rows.faults
        if rows.ahead is not None:
            yield f"{rows.table} row {rows.ahead['id']}: INSERTED LATER or REORDERED, no seal covers it"
        elif rows.count != each["rows"]:
            yield f"{rows.table} {each['month']}: MISSING rows, {rows.count} of {each['rows']} are there"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", help="the exported file")
    parser.add_argument("--key", help="the public key in hex, from another place than the bundle")
    asked = parser.parse_args()
    try:
        with zipfile.ZipFile(asked.bundle) as bundle:
            faults = list(faults_of(bundle, asked.key and asked.key.lower()))
            keys = json.loads(bundle.read("manifest.json"))["keys"]
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, IndexError, TypeError) as error:
        print(f"NO BUNDLE: {error!r}")
        return 2
    for fault in faults:
        print(fault)
    if faults:
        print(f"{asked.bundle}: NOT WHOLE, {len(faults)} faults")
        return 1
    believed = (
        "" if asked.key else f"; the keys are the bundle's own, compare them: {', '.join(keys.values())}"
    )
    print(f"{asked.bundle}: WHOLE{believed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
