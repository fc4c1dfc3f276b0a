"""What a view of the map shows: clusters in the cells of a fixed grid, and single points where there are few.

The grid divides the world, not the view, so nothing jumps while panning; the cells of one zoom make up those
of the zoom before, so clusters split into parts of themselves.
"""

from dataclasses import dataclass
from math import floor
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from gongshi.atlas.areas import Area
from gongshi.atlas.attributes import VALUES
from gongshi.atlas.index import PointIndex
from gongshi.atlas.mercator import BITS, to_units
from gongshi.atlas.places import LEAF_LEVEL, CellBox
from gongshi.atlas.selecting import Selected
from gongshi.atlas.spans import Whole, counted
from gongshi.catalogue.codes import SharingLevel

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

# Cells are 64 pixels of a world of 512 pixels at zoom 0.
CELLS_AT_ZOOM_0: Final = 3
FARTHEST_ZOOM: Final = 22
MOST_CELLS: Final = 4_000
MOST_POINTS: Final = 800
# From so many candidates on, leaves are summed and not points.
_MANY: Final = 40_000
# In cells of at least so many leaves each way.
_COARSE_LEVEL: Final = LEAF_LEVEL - 2
LEVELS: Final = (SharingLevel.UNCONDITIONAL, SharingLevel.RESTRICTED, SharingLevel.NONE)


@dataclass(frozen=True)
class Clusters:
    """By cluster: its cell, its middle on the square, points by sharing level, whether all on one spot."""

    cx: Counts
    cy: Counts
    x: Floats
    y: Floats
    levels: Counts
    spot: NDArray[np.bool_]


@dataclass(frozen=True)
class View:
    """`rows`: the single points."""

    zoom: int
    in_view: int
    clusters: Clusters
    rows: Whole


def view(selected: Selected, box: Area, zoom: float) -> View:
    """The clusters and points of the cells that a box touches."""
    index = selected.index
    zoom, cells = _grid(box, zoom)
    leaves = index.places.leaves_in(cells)
    if cells.level <= _COARSE_LEVEL and int(index.places.sizes[leaves].sum()) > _MANY:
        return _coarse(selected, zoom, cells, leaves)
    places = index.places.places_in(cells)
    places = places[selected.by_place[places]]
    if len(places) <= MOST_POINTS:
        rows = index.places.order[places].astype(np.intp)
        return View(zoom, len(rows), _no_clusters(), rows)
    return _fine(index, zoom, cells, places)


def _grid(box: Area, zoom: float) -> tuple[int, CellBox]:
    x, y = (np.sort(units) for units in to_units(*np.array(box.corners).T))
    found = min(max(floor(zoom), 0), FARTHEST_ZOOM)
    while True:
        level = found + CELLS_AT_ZOOM_0
        shift = BITS - level
        cells = CellBox(level, int(x[0]) >> shift, int(y[0]) >> shift, int(x[1]) >> shift, int(y[1]) >> shift)
        if cells.count <= MOST_CELLS or not found:
            return found, cells
        found -= 1


def _fine(index: PointIndex, zoom: int, cells: CellBox, places: Whole) -> View:
    """From the points themselves."""
    x, y = index.places.x[places], index.places.y[places]
    keys = _keys(cells, x, y, BITS)
    order = index.places.order[places]
    levels = np.bincount(
        keys * len(LEVELS) + _level_numbers()[index.attributes.sharing[order]],
        minlength=cells.count * len(LEVELS),
    ).reshape(-1, len(LEVELS))
    counts = levels.sum(axis=1)
    is_single = counts[keys] == 1
    sum_x, sum_y = (_summed(keys, each.astype(np.float64), cells) for each in (x, y))
    # One point of each cell, with which the others are compared.
    some_x, some_y = np.zeros(cells.count, np.uint32), np.zeros(cells.count, np.uint32)
    some_x[keys], some_y[keys] = x, y
    apart = np.zeros(cells.count, np.bool_)
    apart[keys[(x != some_x[keys]) | (y != some_y[keys])]] = True
    clusters = _clusters(cells, levels, sum_x, sum_y, ~apart)
    return View(zoom, len(places), clusters, order[is_single].astype(np.intp))


def _coarse(selected: Selected, zoom: int, cells: CellBox, leaves: Whole) -> View:
    """From the sums of leaves, which are cells of cells."""
    places, sums = selected.index.places, selected.leaf_sums
    leaves = leaves[sums.counts[leaves] > 0]
    keys = _keys(cells, places.leaf_x[leaves], places.leaf_y[leaves], LEAF_LEVEL)
    levels = np.column_stack(
        [_summed(keys, sums.levels[at][leaves], cells) for at in range(len(LEVELS))]
    ).astype(np.int64)
    x, y = (_summed(keys, each[leaves], cells) for each in (sums.x, sums.y))
    counts = levels.sum(axis=1)
    clusters = _clusters(cells, levels, x, y, np.zeros(cells.count, np.bool_))
    single = leaves[counts[keys] == 1]
    found = counted(places.starts[single], places.sizes[single])
    rows = places.order[found[selected.by_place[found]]].astype(np.intp)
    return View(zoom, int(counts.sum()), clusters, rows)


def _summed(keys: Whole, values: Floats, cells: CellBox) -> Floats:
    """The sums of values by cell."""
    return np.bincount(keys, values, minlength=cells.count).astype(np.float64)


def _keys(cells: CellBox, x: NDArray[np.integer], y: NDArray[np.integer], level: int) -> Whole:
    """The numbers of the cells that hold these places (of so many bits), row by row."""
    shift = level - cells.level
    width = cells.x1 - cells.x0 + 1
    return ((y >> shift).astype(np.intp) - cells.y0) * width + ((x >> shift).astype(np.intp) - cells.x0)


def _clusters(
    cells: CellBox, levels: Counts, sum_x: Floats, sum_y: Floats, spot: NDArray[np.bool_]
) -> Clusters:
    counts = levels.sum(axis=1)
    shown = np.flatnonzero(counts > 1)
    width = cells.x1 - cells.x0 + 1
    return Clusters(
        cells.x0 + shown % width,
        cells.y0 + shown // width,
        sum_x[shown] / counts[shown],
        sum_y[shown] / counts[shown],
        levels[shown],
        spot[shown],
    )


def _no_clusters() -> Clusters:
    none = np.zeros(0, np.int64)
    return Clusters(
        none, none, np.zeros(0), np.zeros(0), np.zeros((0, len(LEVELS)), np.int64), np.zeros(0, np.bool_)
    )


def _level_numbers() -> NDArray[np.intp]:
    """The place in LEVELS by digit; what has no known level counts with the strictest."""
    return np.array(
        [len(LEVELS) - 1, *(LEVELS.index(SharingLevel(each)) for each in VALUES["sharing_level"])]
    )


def spots(x: NDArray[np.uint32], y: NDArray[np.uint32]) -> list[int]:
    """For each point 0 when it stands alone, or a number that all points on its spot share."""
    _, spot, counts = np.unique(
        x.astype(np.uint64) << np.uint64(BITS) | y, return_inverse=True, return_counts=True
    )
    numbers = np.where(counts > 1, np.cumsum(counts > 1), 0)
    return cast(list[int], numbers[spot].tolist())
