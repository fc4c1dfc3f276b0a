"""How many of the selected points each leaf of the grid holds, by sharing level, and where they are."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gongshi.atlas.places import Places

Floats = NDArray[np.float64]
# Three counts in one number, of 21 bits each: they are summed in one pass.
_BITS: Final = 21
_ONE: Final = np.array([1 << 2 * _BITS, 1, 1 << _BITS, 1 << 2 * _BITS], np.uint64)


@dataclass(frozen=True)
class LeafSums:
    """By leaf: `counts`, `levels` (unconditional, restricted, none), and the sums of `x` and `y`."""

    counts: Floats
    levels: tuple[Floats, Floats, Floats]
    x: Floats
    y: Floats


def packed_levels(sharing: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """One for each point, at the place of its level (by digit of its table)."""
    return _ONE[sharing]


def leaf_sums(places: Places, packed: NDArray[np.uint64], chosen: NDArray[np.bool_]) -> LeafSums:
    """`packed` and `chosen` by place; there must be some place."""
    starts = places.starts[:-1]
    sums = np.add.reduceat(packed * chosen, starts)
    levels = [
        (sums >> np.uint64(_BITS * at) & np.uint64((1 << _BITS) - 1)).astype(np.float64) for at in range(3)
    ]
    return LeafSums(
        levels[0] + levels[1] + levels[2],
        (levels[0], levels[1], levels[2]),
        np.add.reduceat(places.x * chosen, starts, dtype=np.float64),
        np.add.reduceat(places.y * chosen, starts, dtype=np.float64),
    )
