"""The points that satisfy what was asked for, and how many there are of each value."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from gongshi.atlas.attributes import CELLS, UNITS, counts_by_table, wanted_values
from gongshi.atlas.criteria import Criteria, Words
from gongshi.atlas.index import PointIndex
from gongshi.atlas.leaf_sums import LeafSums, leaf_sums
from gongshi.atlas.orders import Order

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]
Facets = dict[str, dict[str, int]]

# Of so many sets of filters the points are remembered, some megabytes each.
_KEPT: Final = 12
# Filters that count under all others but themselves; `REST` are those without counts.
TABLES, WATCHABLE, REST = "tables", "watchable", "rest"


class Selected:
    """The points of one index under one set of filters.

    Nothing is worked out before it is asked for, and then once, however many ask at the same time.
    """

    def __init__(self, index: PointIndex, criteria: Criteria) -> None:
        self.index = index
        self.criteria = criteria
        self._lock = threading.RLock()
        self._facets: Facets | None = None

    @property
    def matching(self) -> Mask:
        """Which rows they are."""
        with self._lock:
            return self._matching

    @cached_property
    def _matching(self) -> Mask:
        return self._under_all_but("")

    @cached_property
    def _masks(self) -> dict[str, Mask]:
        return dict(_masks(self.index, self.criteria))

    @cached_property
    def total(self) -> int:
        return int(np.count_nonzero(self.matching))

    def _under_all_but(self, group: str) -> Mask:
        masks = [mask for name, mask in self._masks.items() if name != group]
        return masks[0] if len(masks) == 1 else cast(Mask, np.logical_and.reduce(masks))

    def facets(self) -> Facets:
        """For each filter how many points each of its values has under all other filters."""
        with self._lock:
            if self._facets is None:
                self._facets = self._counted()
            return self._facets

    def _counted(self) -> Facets:
        attributes = self.index.attributes
        cells = _tally(attributes.joint, self._under_all_but(TABLES), CELLS)
        wanted = {name: wanted_values(name, values) for name, values in self.criteria.tables}
        facets = counts_by_table(cells, wanted)
        for unit in UNITS:
            counts = _tally(attributes.units[unit], self._under_all_but(unit), len(attributes.departments))
            pairs = zip(attributes.departments.tolist(), counts.tolist(), strict=True)
            facets[unit] = {str(number): count for number, count in pairs if count}
        return facets

    def count_among(self, cameras: Iterable[int], but: str) -> int:
        """How many of these cameras there are under all filters except one group of them."""
        rows, _ = self.index.rows_of(np.fromiter(cameras, np.int64))
        with self._lock:
            return int(np.count_nonzero(self._under_all_but(but)[rows]))

    def in_order(self, field: str) -> Order:
        """The rows by `code` or `name`."""
        with self._lock:
            return self._by_code if field == "code" else self._by_name

    @cached_property
    def _by_code(self) -> Order:
        return self._picked(self.index.by_code)

    @cached_property
    def _by_name(self) -> Order:
        return self._picked(self.index.by_name)

    def _picked(self, order: Order) -> Order:
        return order if self.total == len(order) else order[self.matching[order]]

    @cached_property
    def by_place(self) -> Mask:
        """Whether the point at each place is one of these."""
        return self.matching[self.index.places.order]

    @cached_property
    def extent(self) -> tuple[int, int, int, int] | None:
        """West, north, east and south end of these points on the square; None of no points."""
        if not self.total:
            return None
        x, y = (column[self.matching] for column in (self.index.x, self.index.y))
        return int(x.min()), int(y.min()), int(x.max()), int(y.max())

    @property
    def leaf_sums(self) -> LeafSums:
        """The sums over the leaves of the grid."""
        with self._lock:
            return self._leaf_sums

    @cached_property
    def _leaf_sums(self) -> LeafSums:
        return leaf_sums(self.index.places, self.index.levels_by_place, self.by_place)


def _masks(index: PointIndex, criteria: Criteria) -> Iterable[tuple[str, Mask]]:
    yield REST, _rest(index, criteria)
    if criteria.tables:
        wanted = {name: wanted_values(name, values) for name, values in criteria.tables}
        yield TABLES, index.attributes.having(wanted)
    for unit, numbers in criteria.units:
        yield unit, index.attributes.of_departments(unit, numbers)
    if criteria.watchable is not None:
        yield WATCHABLE, _of_cameras(index, criteria.watchable)


def _rest(index: PointIndex, criteria: Criteria) -> Mask:
    found = index.live
    for words in criteria.words:
        found = found & _with_words(index, words)
    for cameras in criteria.given:
        found = found & _of_cameras(index, cameras)
    if criteria.area is not None:
        inside = np.zeros(len(index.live), np.bool_)
        inside[index.places.order[criteria.area.places(index.places)]] = True
        found = found & inside
    return found


def _with_words(index: PointIndex, words: Words) -> Mask:
    """Any of the texts, each with all its words."""
    texts = [[index.texts.with_word(word, words.fields) for word in text] for text in words.texts]
    return cast(Mask, np.logical_or.reduce([np.logical_and.reduce(masks) for masks in texts]))


def _of_cameras(index: PointIndex, cameras: bytes) -> Mask:
    mask = np.zeros(len(index.live), np.bool_)
    mask[index.rows_of(np.frombuffer(cameras, np.int64))[0]] = True
    return mask


def _tally(codes: NDArray[np.unsignedinteger], rows: Mask, size: int) -> Counts:
    """How many of these rows have each code."""
    count = int(np.count_nonzero(rows))
    some = codes if count == len(codes) else codes[np.flatnonzero(rows)]
    return np.bincount(some, minlength=size)


class Selections:
    """What was asked for lately, of one index: panning a map asks the same filters again and again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Criteria, Selected] = OrderedDict()

    def of(self, index: PointIndex, criteria: Criteria) -> Selected:
        with self._lock:
            found = self._kept.get(criteria)
            if found is None or found.index is not index:
                # Those of an index that is no longer the present one go with it.
                self._kept = OrderedDict(
                    (key, kept) for key, kept in self._kept.items() if kept.index is index
                )
                found = self._kept[criteria] = Selected(index, criteria)
            self._kept.move_to_end(criteria)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return found


select = Selections().of
