"""Seals: every row of the record, in gap-free ranges, under a signed chain of hash trees (ADR 18).

A row's position is the number of its transaction. All transactions below the lowest one that still runs are
over, so a range that ends there can get no row any more, and nobody has to wait for anybody.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Coalesce

from gongshi.audit import encoding, keys
from gongshi.audit.encoding import Part
from gongshi.audit.merkle import Tree
from gongshi.audit.models import RECORD, RecordRow, Seal
from gongshi.audit.policy import SEALING_LATE_MINUTES
from gongshi.audit.signals import sealing_is_late
from gongshi.kernel import clock

# One sealer at a time; another waits and then finds the rest.
LOCK: Final = 0x5EA1
# What a verifier holds of one seal is bounded; a larger transaction is one seal all the same.
ROWS_A_SEAL: Final = 100_000

# month, id, position, entry_hash
Leaf = tuple[str, int, int, str]


@transaction.atomic
def seal(*, drops: Sequence[Part] = ()) -> Seal | None:
    """Seal what is settled and not sealed yet; None when there is nothing.

    `drops`: months that will be dropped, told for ever by this seal, which is then made even without rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = Seal.objects.first()
    start = last.to_position if last else 0
    end = _end(start)
    parts, outline = _sealed(start, end)
    if not parts and not drops:
        return None
    sealed_at, number, previous = clock.now(), last.number + 1 if last else 1, last.digest if last else ""
    key_id = encoding.key_id_of(keys.public_key())
    digest = encoding.seal_digest(
        algorithm=settings.RECORD_HASH,
        number=number,
        previous=previous,
        from_position=start,
        to_position=end,
        parts=parts,
        drops=drops,
        outline=outline,
        sealed_at=sealed_at,
        key_id=key_id,
    )
    return Seal.objects.create(
        number=number,
        algorithm=settings.RECORD_HASH,
        previous=previous,
        from_position=start,
        to_position=end,
        parts_kept=[part.as_list() for part in parts],
        drops_kept=[part.as_list() for part in drops],
        outline=outline,
        rows=sum(part.count for part in parts),
        sealed_at=sealed_at,
        key_id=key_id,
        digest=digest,
        signature=keys.sign(digest),
    )


def seal_all() -> int:
    """Seal all that is settled by now, however much is written meanwhile; the number of seals made."""
    goal, made = settled_position(), 0
    while _sealed_up_to() < goal and seal() is not None:
        made += 1
    return made


def seal_of(row: RecordRow) -> Seal | None:
    """The seal that covers a row; None while it waits."""
    return Seal.objects.filter(from_position__lte=row.position, to_position__gt=row.position).first()


def unsealed() -> int:
    """How many rows wait for a seal."""
    return sum(model._default_manager.filter(position__gte=_sealed_up_to()).count() for model in RECORD)


def unsealed_since() -> datetime | None:
    """When the oldest row that no seal covers was written; None when all are sealed."""
    start = _sealed_up_to()
    oldest: list[datetime] = []
    for model in RECORD:
        time = encoding.TIMES[model._meta.db_table]
        waiting = model._default_manager.filter(position__gte=start)
        oldest += waiting.order_by("position", "id").values_list(time, flat=True)[:1]
    return min(oldest, default=None)


def late_since() -> datetime | None:
    """Like `unsealed_since`, but None also while nobody need worry (parameter 审计封存延迟告警)."""
    since = unsealed_since()
    if since is None or clock.now() - since < timedelta(minutes=SEALING_LATE_MINUTES.value()):
        return None
    return since


@transaction.atomic
def watch() -> None:
    """Tell the rooms above when sealing is late."""
    since = late_since()
    if since is not None:
        sealing_is_late.send(sender=None, since=since)


def settled_position() -> int:
    """Every row before this position is there, and no other will ever be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_settled_position()")
        (position,) = cursor.fetchone()
    return int(position)


def _sealed_up_to() -> int:
    last = Seal.objects.only("to_position").first()
    return last.to_position if last else 0


def _end(start: int) -> int:
    """Where the next seal ends: at what is settled, or earlier between two transactions when that is much."""
    ends = [max(start, settled_position())]
    for model in RECORD:
        waiting = model._default_manager.filter(position__gte=start).order_by("position", "id")
        positions = waiting.values_list("position", flat=True)
        for beyond in positions[ROWS_A_SEAL : ROWS_A_SEAL + 1]:
            first = positions[0]
            ends.append(beyond if beyond > first else first + 1)
    return min(ends)


def _sealed(start: int, end: int) -> tuple[list[Part], bytes]:
    """The parts and the outline of the rows from `start` up to `end`."""
    parts, outline = [], bytearray()
    for model in RECORD:
        for month, leaves in groupby(_leaves(model, start, end), key=itemgetter(0)):
            tree = Tree(settings.RECORD_HASH)
            for _, row_id, position, entry_hash in leaves:
                tree.add(row_id, position, entry_hash.encode())
                outline += encoding.outline_entry(row_id, entry_hash)
            parts.append(Part(model._meta.db_table, month, tree.count, tree.root()))
    return parts, bytes(outline)


def _leaves(model: type[RecordRow], start: int, end: int) -> Iterator[Leaf]:
    time = models.F(encoding.TIMES[model._meta.db_table])
    local = models.Func(models.Value("Asia/Shanghai"), time, function="timezone")
    month = models.Func(local, models.Value("YYYY-MM"), function="to_char", output_field=models.CharField())
    rows = model._default_manager.filter(position__gte=start, position__lt=end)
    rows = rows.annotate(month=Coalesce(month, models.Value(""))).order_by("month", "position", "id")
    return iter(rows.values_list("month", "id", "position", "entry_hash").iterator(chunk_size=5000))
