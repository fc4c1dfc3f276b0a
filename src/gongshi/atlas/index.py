"""The published points in memory, column by column: the map's filters and counts need no database (§6.2).

An index is never changed: what follows it shares with it whatever stayed the same. Rows are numbered as they
came and keep their number; `live` says which of them are points now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gongshi.atlas.attributes import Attributes
from gongshi.atlas.leaf_sums import packed_levels
from gongshi.atlas.mercator import Units
from gongshi.atlas.orders import NameOrder, Order
from gongshi.atlas.places import Places
from gongshi.atlas.reading import Columns
from gongshi.atlas.texts import Texts

Mask = NDArray[np.bool_]


@dataclass(frozen=True, repr=False, eq=False)
class PointIndex:
    """The points of one edition of the catalogue. `by_id`, `by_code`: the live rows in that order."""

    edition: int
    ids: NDArray[np.int64]
    x: Units
    y: Units
    live: Mask
    texts: Texts
    attributes: Attributes
    places: Places
    by_id: Order
    by_code: Order
    names: NameOrder

    def __len__(self) -> int:
        return len(self.by_id)

    @cached_property
    def _sorted_ids(self) -> NDArray[np.int64]:
        return self.ids[self.by_id]

    def rows_of(self, ids: Sequence[int] | NDArray[np.int64]) -> tuple[NDArray[np.intp], Mask]:
        """The rows of those of these cameras that are points, in their order, and which those are."""
        wanted = _whole(ids)
        if not len(self):
            return np.zeros(0, np.intp), np.zeros(len(wanted), np.bool_)
        at = np.minimum(np.searchsorted(self._sorted_ids, wanted), len(self) - 1)
        known = self._sorted_ids[at] == wanted
        return self.by_id[at[known]].astype(np.intp), known

    @cached_property
    def levels_by_place(self) -> NDArray[np.uint64]:
        """The sharing level at each place, ready to be summed."""
        return packed_levels(self.attributes.sharing[self.places.order])

    @property
    def by_name(self) -> Order:
        """The rows by name and, of the same name, by code."""
        return self.names.rows()


def index_of(number: int, columns: Columns) -> PointIndex:
    rows = np.arange(len(columns))
    by_code = columns.texts.in_order("code", rows)
    return PointIndex(
        edition=number,
        ids=columns.ids,
        x=columns.x,
        y=columns.y,
        live=np.ones(len(columns), np.bool_),
        texts=columns.texts,
        attributes=columns.attributes,
        places=Places.of(rows, columns.x, columns.y),
        by_id=np.argsort(columns.ids, kind="stable").astype(np.int32),
        by_code=by_code,
        names=NameOrder(columns.texts, by_code),
    )


def _whole(ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of cameras; what is too large for one becomes a number that none has."""
    if isinstance(ids, np.ndarray):
        return ids
    return np.array([pk if abs(pk) < 1 << 63 else -1 for pk in ids], np.int64)
