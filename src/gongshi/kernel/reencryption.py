"""Encrypting anew what another key encrypted: in batches, while the portal runs, resumable at any moment."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.functions import Cast

from gongshi.kernel.encryption import EncryptedTextField, decrypt, encrypt, head_of, is_encrypted, key_of
from gongshi.kernel.errors import Conflict
from gongshi.kernel.key_ring import key_ring

BATCH: Final = 500
# Any number that nothing else of ours locks.
ADVISORY_LOCK: Final = 0x476F6E67


@dataclass(frozen=True)
class Place:
    """A field with encrypted text; with `holds_json`, JSON of which some strings are encrypted."""

    model: type[models.Model]
    field: str
    holds_json: bool = False

    @property
    def name(self) -> str:
        """`table.column`."""
        field = cast("models.Field[Any, Any]", self.model._meta.get_field(self.field))
        return f"{self.model._meta.db_table}.{field.column}"

    @property
    def bound_to(self) -> str:
        """What its texts are bound to: its name, but for a field whose texts are copied into another one."""
        field = self.model._meta.get_field(self.field)
        return field.place if isinstance(field, EncryptedTextField) else self.name

    def stored(self) -> models.QuerySet[Any]:
        """All rows, with `stored` as it lies in the database, by number."""
        rows: models.QuerySet[Any] = self.model._base_manager.annotate(
            stored=Cast(self.field, models.TextField())
        )
        return rows.exclude(stored="").order_by("pk")


JSON_FIELDS: Final[set[tuple[str, str]]] = set()


def declare_json(model: str, field: str) -> None:
    """Say that strings in this JSON field are encrypted, bound to `table.column`: for tables of libraries."""
    JSON_FIELDS.add((model, field))


def places() -> list[Place]:
    """Every field of the installation with encrypted text."""
    found = [
        Place(model, field.name)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    return found + [Place(apps.get_model(model), field, True) for model, field in sorted(JSON_FIELDS)]


@dataclass(frozen=True)
class Outcome:
    """How many rows were encrypted anew, and which nobody can read (`table.column 12`)."""

    rows: int
    unreadable: tuple[str, ...]


@contextmanager
def alone() -> Iterator[None]:
    """Only one process encrypts anew. Raises Conflict; the lock goes with the process, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            raise Conflict("另一个密钥轮换正在进行，请等它结束后再试。")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def encrypt_anew(say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Bring every encrypted text to the current key and cipher.

    A batch is one transaction with its rows locked, so the portal's own changes are neither lost nor held up
    for long. What is done is recognised by how it begins: after a kill the next run goes on.
    """
    rows, unreadable = 0, list[str]()
    for place in places():
        done, bad = _place_anew(place)
        if done or bad:
            say(f"{place.name}：{done} 行")
        rows += done
        unreadable += bad
    return Outcome(rows, tuple(unreadable))


def keys_in_use() -> Counter[str]:
    """How many texts each key has encrypted, by its name."""
    used: Counter[str] = Counter()
    for place in places():
        for stored in place.stored().values_list("stored", flat=True).iterator(BATCH):
            used.update(key_of(text) for text in _texts(stored, place))
    return used


def has_transaction_from_before(moment: datetime) -> bool:
    """Whether somebody may still write with the key from before this moment: his transaction is older."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start <= %s)",
            [moment],
        )
        return bool(cursor.fetchone()[0])


def _place_anew(place: Place) -> tuple[int, list[str]]:
    """How many rows of one place were brought to the current key, and which are unreadable."""
    head, last, done, unreadable = head_of(key_ring().current), None, 0, list[str]()
    stale = place.stored() if place.holds_json else place.stored().exclude(stored__startswith=head)
    stale = stale.select_for_update(no_key=True, of=("self",))
    while True:
        with transaction.atomic():
            further = stale if last is None else stale.filter(pk__gt=last)
            rows = list(further.values_list("pk", "stored")[:BATCH])
            for pk, stored in rows:
                try:
                    done += _row_anew(place, pk, stored, head)
                except ValueError:
                    unreadable.append(f"{place.name} {pk}")
        if not rows:
            return done, unreadable
        last = rows[-1][0]


def _row_anew(place: Place, pk: Any, stored: str, head: str) -> bool:
    """Whether the row was written; a field encrypts by itself what is written to it."""
    if not place.holds_json:
        value: Any = decrypt(stored, place.bound_to)
    elif all(text.startswith(head) for text in _texts(stored, place)):
        return False
    else:
        value = _each_text(json.loads(stored), lambda text: encrypt(decrypt(text, place.name), place.name))
    place.model._base_manager.filter(pk=pk).update(**{place.field: value})
    return True


def _texts(stored: str, place: Place) -> list[str]:
    """The encrypted texts in a stored value."""
    if not place.holds_json:
        return [stored]
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    _each_text(json.loads(stored), note)
    return found


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same JSON with each encrypted string changed."""
    match value:
        case dict():
            return {name: _each_text(each, change) for name, each in value.items()}
        case list():
            return [_each_text(each, change) for each in value]
        case str() if is_encrypted(value):
            return change(value)
    return value
