"""An index brought up to date with what was published since: only the cameras that changed are read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from gongshi.atlas.index import PointIndex, index_of
from gongshi.atlas.models import EditionNews
from gongshi.atlas.orders import merged_by_code
from gongshi.atlas.reading import Columns, one_moment, read_published
from gongshi.atlas.texts import Texts
from gongshi.catalogue.queries import edition

CHANNEL: Final = "gongshi_edition"
# So many editions can be caught up with; a process that slept longer builds its index anew.
_NEWS_KEPT: Final = 2_000
# With more to read than this, or more rows out of use, building anew is as quick.
MOST_CHANGED: Final = 100_000


def note_changed(cameras: Iterable[int]) -> None:
    """Note which cameras the edition changes that this transaction makes, and wake who waits for it."""
    changed, number = sorted(set(cameras)), edition()
    EditionNews.objects.filter(number__lte=number - _NEWS_KEPT).delete()
    EditionNews.objects.create(number=number, cameras=None if len(changed) > MOST_CHANGED else changed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(number)])


def build_index() -> PointIndex:
    """Read all published points."""
    with one_moment():
        return index_of(edition(), read_published())


def renewed(index: PointIndex) -> PointIndex:
    """The index of the present edition: itself when it is of that, and else what changed since put in."""
    with one_moment():
        number = edition()
        if number == index.edition:
            return index
        cameras = _changed_since(index.edition, number)
        dead = len(index.live) - len(index)
        if cameras is None or len(cameras) > MOST_CHANGED or dead > max(MOST_CHANGED, len(index) // 4):
            return index_of(number, read_published())
        return with_changes(index, number, cameras, read_published(cameras))


def _changed_since(before: int, now: int) -> list[int] | None:
    """The cameras of all editions in between; None when one of them does not say."""
    news = EditionNews.objects.filter(number__gt=before, number__lte=now).values_list("number", "cameras")
    found: set[int] = set()
    told: set[int] = set()
    for number, cameras in news:
        if cameras is None:
            return None
        told.add(number)
        found.update(cameras)
    return sorted(found) if len(told) == now - before else None


@dataclass(frozen=True)
class _Sorted:
    """What becomes of the cameras that changed.

    `rows` keep their place and words and take the values of `kept`, rows of what was read; `gone` are rows
    that are points no more, `new` those of what was read that are to be added.
    """

    rows: NDArray[np.intp]
    kept: NDArray[np.intp]
    gone: NDArray[np.intp]
    new: NDArray[np.intp]


def with_changes(index: PointIndex, number: int, cameras: list[int], fresh: Columns) -> PointIndex:
    """The index with these cameras as they are in `fresh`; those that are not in it are points no more."""
    found = _sort(index, cameras, fresh)
    changed = index
    if len(found.rows):
        values = fresh.attributes.at(found.kept)
        changed = replace(index, attributes=index.attributes.with_values(found.rows, values))
    if len(found.gone) or len(found.new):
        changed = _moved(changed, found.gone, fresh.at(found.new))
    return replace(changed, edition=number)


def _sort(index: PointIndex, cameras: list[int], fresh: Columns) -> _Sorted:
    old, _ = index.rows_of(cameras)
    rows, known = index.rows_of(fresh.ids)
    again = np.flatnonzero(known)
    same = (index.x[rows] == fresh.x[again]) & (index.y[rows] == fresh.y[again])
    same &= _same_words(index.texts, rows, fresh.texts, again)
    new = np.concatenate((np.flatnonzero(~known), again[~same]))
    return _Sorted(rows[same], again[same], np.setdiff1d(old, rows[same]), new)


def _same_words(
    one: Texts, rows: NDArray[np.intp], other: Texts, its_rows: NDArray[np.intp]
) -> NDArray[np.bool_]:
    pairs = zip(one.rows(rows), other.rows(its_rows), strict=True)
    return np.fromiter((here == there for here, there in pairs), np.bool_, len(rows))


def _moved(index: PointIndex, gone: NDArray[np.intp], fresh: Columns) -> PointIndex:
    """Rows taken out of use, and others added after the last."""
    first = len(index.live)
    rows = np.arange(first, first + len(fresh))
    live = np.concatenate((index.live, np.ones(len(fresh), np.bool_)))
    live[gone] = False
    is_gone = ~live
    ids = np.concatenate((index.ids, fresh.ids))
    texts = index.texts.plus(fresh.texts) if len(fresh) else index.texts
    by_id = index.by_id[live[index.by_id]]
    new_by_id = rows[np.argsort(fresh.ids)]
    new_by_code = texts.in_order("code", rows)
    by_code = merged_by_code(texts, index.by_code[live[index.by_code]], new_by_code)
    return replace(
        index,
        ids=ids,
        x=np.concatenate((index.x, fresh.x)),
        y=np.concatenate((index.y, fresh.y)),
        live=live,
        texts=texts,
        attributes=index.attributes.plus(fresh.attributes) if len(fresh) else index.attributes,
        places=index.places.without_and_with(is_gone, rows, fresh.x, fresh.y),
        by_id=np.insert(by_id, np.searchsorted(ids[by_id], ids[new_by_id]), new_by_id.astype(np.int32)),
        by_code=by_code,
        names=index.names.moved(texts, live, by_code, new_by_code),
    )
