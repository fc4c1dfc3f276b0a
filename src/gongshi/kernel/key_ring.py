"""The keys of encrypted fields. They lie in a file outside the database, readable by its owner only."""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from gongshi.kernel import clock

KEY_BYTES: Final = 32
# The key of an installation that has not rotated yet: `field_key` of its environment.
FIRST: Final = "0"


@dataclass(frozen=True)
class FieldKey:
    """One secret with its name; `made_at` is None for the first."""

    name: str
    secret: bytes
    made_at: datetime | None = None


@dataclass(frozen=True)
class KeyRing:
    """All keys by which something may be encrypted, and the one by which it is encrypted from now on."""

    keys: Mapping[str, FieldKey]
    current: FieldKey


def key_ring() -> KeyRing:
    """The keys as they are now: the file is read anew when another process has changed it."""
    path: Path = settings.FIELD_KEY_FILE
    try:
        stat = path.stat()
    except FileNotFoundError:
        first = FieldKey(FIRST, settings.FIELD_KEY)
        return KeyRing({FIRST: first}, first)
    return _read(path, stat.st_ino, stat.st_mtime_ns, stat.st_size)


def add_key() -> FieldKey:
    """Make a new key and encrypt with it from now on; the others stay for reading."""
    with _only_one_changes():
        ring = key_ring()
        name = str(max(int(name) for name in ring.keys) + 1)
        new = FieldKey(name, secrets.token_bytes(KEY_BYTES), clock.now())
        _write(replace(ring, keys={**ring.keys, name: new}, current=new))
    return new


def drop_keys(names: set[str]) -> None:
    """Forget keys for ever. Raises ValueError for the one that is in use."""
    with _only_one_changes():
        ring = key_ring()
        if ring.current.name in names:
            raise ValueError("the current key cannot be dropped")
        _write(replace(ring, keys={name: key for name, key in ring.keys.items() if name not in names}))


@lru_cache(maxsize=4)
def _read(path: Path, inode: int, changed_ns: int, size: int) -> KeyRing:
    told = json.loads(path.read_text())
    keys = {
        name: FieldKey(
            name,
            bytes.fromhex(each["secret"]),
            datetime.fromisoformat(each["made_at"]) if each["made_at"] else None,
        )
        for name, each in told["keys"].items()
    }
    return KeyRing(keys, keys[told["current"]])


def _write(ring: KeyRing) -> None:
    """Beside its place and moved there, so that no reader and no power failure ever meets half a file."""
    path: Path = settings.FIELD_KEY_FILE
    told = {
        "current": ring.current.name,
        "keys": {
            key.name: {
                "secret": key.secret.hex(),
                "made_at": key.made_at.isoformat() if key.made_at else None,
            }
            for key in ring.keys.values()
        },
    }
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(told, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def _only_one_changes() -> Iterator[None]:
    path: Path = settings.FIELD_KEY_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
