"""Where points are, in the order of a grid of leaves (a quarter of a kilometre): a view is a few spans."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gongshi.atlas.mercator import BITS, Units
from gongshi.atlas.spans import Whole, counted

# A leaf is this part of the world's side.
LEAF_LEVEL: Final = 17
LEAF_SHIFT: Final = BITS - LEAF_LEVEL


@dataclass(frozen=True)
class CellBox:
    """Cells of the grid that divides the world's side into 2**level, both ends included."""

    level: int
    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def count(self) -> int:
        return (self.x1 - self.x0 + 1) * (self.y1 - self.y0 + 1)

    def at(self, level: int) -> "CellBox":
        """The cells of another level that hold these, or that these hold."""
        down = level - self.level
        if down < 0:
            return CellBox(level, self.x0 >> -down, self.y0 >> -down, self.x1 >> -down, self.y1 >> -down)
        ends = ((self.x1 + 1) << down) - 1, ((self.y1 + 1) << down) - 1
        return CellBox(level, self.x0 << down, self.y0 << down, *ends)


@dataclass(frozen=True)
class Places:
    """`order` are the rows in the order of leaves, `x` and `y` in that same order.

    `leaves` are the leaves that hold points, row of the grid first; `starts` is where each begins in `order`,
    and one more. A *place* is a position in `order`.
    """

    order: NDArray[np.int32]
    x: Units
    y: Units
    leaves: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Whole, x: Units, y: Units) -> "Places":
        """`x` and `y` of these rows."""
        keys = _keys(x, y)
        order = np.argsort(keys, kind="stable")
        return cls._ordered(rows[order].astype(np.int32), x[order], y[order], keys[order])

    @classmethod
    def _ordered(cls, order: NDArray[np.int32], x: Units, y: Units, keys: NDArray[np.int64]) -> "Places":
        begins = np.flatnonzero(np.diff(keys, prepend=-1))
        return cls(order, x, y, keys[begins], np.append(begins, len(keys)))

    def without_and_with(self, gone: NDArray[np.bool_], rows: Whole, x: Units, y: Units) -> "Places":
        """Without the rows that are `gone` (by row), and with these."""
        kept = np.flatnonzero(~gone[self.order])
        old_x, old_y = self.x[kept], self.y[kept]
        old_keys, new_keys = _keys(old_x, old_y), _keys(x, y)
        new = np.argsort(new_keys, kind="stable")
        at = np.searchsorted(old_keys, new_keys[new], side="right")
        return self._ordered(
            np.insert(self.order[kept], at, rows[new].astype(np.int32)),
            np.insert(old_x, at, x[new]),
            np.insert(old_y, at, y[new]),
            np.insert(old_keys, at, new_keys[new]),
        )

    def __len__(self) -> int:
        return len(self.order)

    @cached_property
    def leaf_x(self) -> NDArray[np.int64]:
        return self.leaves & ((1 << LEAF_LEVEL) - 1)

    @cached_property
    def leaf_y(self) -> NDArray[np.int64]:
        return self.leaves >> LEAF_LEVEL

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many points each leaf holds."""
        return np.diff(self.starts)

    @cached_property
    def extent(self) -> CellBox:
        """The leaves between which all points are; there must be some."""
        return CellBox(
            LEAF_LEVEL,
            int(self.leaf_x.min()),
            int(self.leaf_y[0]),
            int(self.leaf_x.max()),
            int(self.leaf_y[-1]),
        )

    def leaves_in(self, box: CellBox) -> Whole:
        """The numbers of the leaves that lie in this box or, where its cells are smaller, touch it."""
        if not len(self):
            return np.zeros(0, np.intp)
        box, extent = box.at(LEAF_LEVEL), self.extent
        x0, x1 = max(box.x0, extent.x0), min(box.x1, extent.x1)
        rows = np.arange(max(box.y0, extent.y0), min(box.y1, extent.y1) + 1, dtype=np.int64) << LEAF_LEVEL
        if x1 < x0 or not len(rows):
            return np.zeros(0, np.intp)
        first = np.searchsorted(self.leaves, rows | x0)
        last = np.searchsorted(self.leaves, rows | x1, side="right")
        return counted(first, last - first)

    def places_in(self, box: CellBox) -> Whole:
        """The places that lie in this box."""
        leaves = self.leaves_in(box)
        found = counted(self.starts[leaves], self.sizes[leaves])
        if box.level <= LEAF_LEVEL:
            return found
        shift = BITS - box.level
        x, y = self.x[found] >> shift, self.y[found] >> shift
        return found[(x >= box.x0) & (x <= box.x1) & (y >= box.y0) & (y <= box.y1)]


def _keys(x: Units, y: Units) -> NDArray[np.int64]:
    return (y >> LEAF_SHIFT).astype(np.int64) << LEAF_LEVEL | (x >> LEAF_SHIFT)
