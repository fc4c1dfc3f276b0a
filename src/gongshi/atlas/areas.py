"""Areas that people draw: box, polygon, circle, a line with a buffer. Straight lines are those of the map.

Which points lie in one: cells of the grid that its outline does not touch are wholly inside or outside; only
the points of those that it touches are asked one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

import numpy as np
import shapely
from numpy.typing import NDArray

from gongshi.atlas.mercator import BITS, to_plane, units_of_metres
from gongshi.atlas.places import LEAF_LEVEL, CellBox, Places
from gongshi.atlas.shifting import Crs, read_from
from gongshi.atlas.spans import counted
from gongshi.kernel.errors import Invalid

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
# Which of these places on the square lie in the area.
Holds = Callable[[Floats, Floats], Mask]

MOST_CORNERS: Final = 1_000
# More cells than this, and they are made larger.
_MOST_CELLS: Final = 1_000_000
_ROUNDNESS: Final = 64


class Kind(StrEnum):
    BOX = "box"
    POLYGON = "polygon"
    CIRCLE = "circle"
    LINE = "line"


WORDS: Final = {Kind.BOX: "矩形", Kind.POLYGON: "多边形", Kind.CIRCLE: "圆形", Kind.LINE: "沿线"}
MOST_METRES: Final = {Kind.CIRCLE: 200_000.0, Kind.LINE: 20_000.0}
_FORM: Final = {
    Kind.BOX: "box:西,南,东,北",
    Kind.POLYGON: "polygon:经度,纬度;经度,纬度;经度,纬度",
    Kind.CIRCLE: "circle:经度,纬度,半径（米）",
    Kind.LINE: "line:两侧距离（米）;经度,纬度;经度,纬度",
}
_FEWEST: Final = {Kind.BOX: 2, Kind.POLYGON: 3, Kind.CIRCLE: 1, Kind.LINE: 2}


@dataclass(frozen=True)
class Area:
    """`corners` are WGS-84: two opposite ones of a box, a circle's centre. `metres`: radius or buffer."""

    kind: Kind
    corners: tuple[tuple[float, float], ...]
    metres: float = 0.0

    def places(self, of: Places) -> NDArray[np.intp]:
        """The places that lie in this area, in order."""
        x, y = to_plane(*np.array(self.corners).T)
        outline, holds = _SHAPES[self.kind](x, y, self._reach())
        return _within(of, outline, holds)

    def _reach(self) -> float:
        """The metres on the square, by the scale in the middle of the corners."""
        latitudes = [lat for _, lat in self.corners]
        return units_of_metres(self.metres, (min(latitudes) + max(latitudes)) / 2)


def read_area(text: str, crs: Crs = Crs.WGS84) -> Area:
    """The area that a text of docs/atlas-api.md describes. Raises Invalid."""
    kind, _, rest = text.partition(":")
    if kind not in list(Kind):
        forms = "、".join(_FORM.values())
        raise Invalid(f"看不懂区域“{text[:20]}”，请使用以下形式之一：{forms}。", field="area")
    try:
        metres, corners = _READERS[Kind(kind)](rest)
    except ValueError:
        raise Invalid(f"看不懂区域，{WORDS[Kind(kind)]}应写成 {_FORM[Kind(kind)]}。", field="area") from None
    return _checked(Kind(kind), corners, metres, crs)


def _checked(kind: Kind, corners: Floats, metres: float, crs: Crs) -> Area:
    word = WORDS[kind]
    if len(corners) > MOST_CORNERS:
        raise Invalid(
            f"{word}最多 {MOST_CORNERS} 个顶点，现有 {len(corners)} 个，请画得简单一些。", field="area"
        )
    if len(corners) < _FEWEST[kind]:
        raise Invalid(f"{word}至少要 {_FEWEST[kind]} 个顶点，请接着画。", field="area")
    lon, lat = corners.T
    if not (np.abs(lon) <= 180).all() or not (np.abs(lat) <= 85).all():
        raise Invalid("区域超出地图范围：经度 -180 至 180，纬度 -85 至 85。请重新画。", field="area")
    if kind in MOST_METRES and not 0 < metres <= MOST_METRES[kind]:
        raise Invalid(f"{word}的距离应大于 0、不超过 {MOST_METRES[kind]:.0f} 米，请修改。", field="area")
    lon, lat = read_from(crs, lon, lat)
    return Area(kind, tuple(zip(lon.tolist(), lat.tolist(), strict=True)), metres)


def _corners(text: str) -> Floats:
    found = [[float(number) for number in corner.split(",")] for corner in text.split(";") if corner.strip()]
    return (
        np.array(found, np.float64).reshape(-1, 2) if all(len(each) == 2 for each in found) else _unreadable()
    )


def _unreadable() -> Floats:
    raise ValueError


def _read_box(text: str) -> tuple[float, Floats]:
    west, south, east, north = (float(number) for number in text.split(","))
    return 0.0, np.array([(west, south), (east, north)])


def _read_polygon(text: str) -> tuple[float, Floats]:
    return 0.0, _corners(text)


def _read_circle(text: str) -> tuple[float, Floats]:
    lon, lat, metres = (float(number) for number in text.split(","))
    return metres, np.array([(lon, lat)])


def _read_line(text: str) -> tuple[float, Floats]:
    metres, _, corners = text.partition(";")
    return float(metres), _corners(corners)


_READERS: Final = {
    Kind.BOX: _read_box,
    Kind.POLYGON: _read_polygon,
    Kind.CIRCLE: _read_circle,
    Kind.LINE: _read_line,
}


# --- shapes on the square ----------------------------------------------------------------------


def _box(x: Floats, y: Floats, _: float) -> tuple[shapely.Polygon, Holds]:
    # As points are rounded, so that one on the edge is in.
    (west, east), (north, south) = np.sort(np.rint(x)), np.sort(np.rint(y))

    def holds(x: Floats, y: Floats) -> Mask:
        return cast(Mask, (x >= west) & (x <= east) & (y >= north) & (y <= south))

    return shapely.box(west, north, east, south), holds


def _polygon(x: Floats, y: Floats, _: float) -> tuple[shapely.Polygon, Holds]:
    outline = shapely.Polygon(np.column_stack((x, y)))
    shapely.prepare(outline)
    return outline, lambda x, y: cast(Mask, shapely.contains_xy(outline, x, y))


def _circle(x: Floats, y: Floats, reach: float) -> tuple[shapely.Polygon, Holds]:
    outline = shapely.Point(x[0], y[0]).buffer(reach, quad_segs=_ROUNDNESS)
    middle_x, middle_y = float(x[0]), float(y[0])

    def holds(x: Floats, y: Floats) -> Mask:
        return np.hypot(x - middle_x, y - middle_y) <= reach

    return outline, holds


def _line(x: Floats, y: Floats, reach: float) -> tuple[shapely.Polygon, Holds]:
    line = shapely.LineString(np.column_stack((x, y)))
    shapely.prepare(line)
    return line.buffer(reach, quad_segs=_ROUNDNESS), lambda x, y: cast(
        Mask, shapely.dwithin(line, shapely.points(x, y), reach)
    )


_SHAPES: Final[dict[Kind, Callable[[Floats, Floats, float], tuple[shapely.Polygon, Holds]]]] = {
    Kind.BOX: _box,
    Kind.POLYGON: _polygon,
    Kind.CIRCLE: _circle,
    Kind.LINE: _line,
}


# --- cells that an outline touches -------------------------------------------------------------


def _within(of: Places, outline: shapely.Polygon, holds: Holds) -> NDArray[np.intp]:
    if not len(of):
        return np.zeros(0, np.intp)
    box = _cells_of(outline, of.extent)
    leaves = of.leaves_in(box)
    if not len(leaves):
        return np.zeros(0, np.intp)
    touched, inside = _grid(outline, box)
    shift = LEAF_LEVEL - box.level
    column, row = (of.leaf_x[leaves] >> shift) - box.x0, (of.leaf_y[leaves] >> shift) - box.y0
    whole = leaves[inside[row, column] & ~touched[row, column]]
    asked = leaves[touched[row, column]]
    places = counted(of.starts[asked], of.sizes[asked])
    held = places[holds(of.x[places].astype(np.float64), of.y[places].astype(np.float64))]
    return np.sort(np.concatenate((counted(of.starts[whole], of.sizes[whole]), held)))


def _cells_of(outline: shapely.Polygon, extent: CellBox) -> CellBox:
    """The cells of the outline's box where points may be: leaves or, when those are too many, larger ones."""
    low_x, low_y, high_x, high_y = (int(each) >> (BITS - LEAF_LEVEL) for each in outline.bounds)
    box = CellBox(
        LEAF_LEVEL,
        max(low_x, extent.x0),
        max(low_y, extent.y0),
        min(high_x, extent.x1),
        min(high_y, extent.y1),
    )
    while box.count > _MOST_CELLS:
        box = box.at(box.level - 1)
    return box


def _grid(outline: shapely.Polygon, box: CellBox) -> tuple[Mask, Mask]:
    """Which cells of a box the outline touches, and which have their middle inside it (even and odd)."""
    size = float(1 << (BITS - box.level))
    shape = (box.y1 - box.y0 + 1, box.x1 - box.x0 + 1)
    touched = np.zeros((shape[0], shape[1] + 1), np.int32)
    crossed = np.zeros((shape[0], shape[1] + 1), np.int32)
    for ring in (outline.exterior, *outline.interiors):
        corners = np.asarray(ring.coords) / size - (box.x0, box.y0)
        _trace(corners, touched, crossed)
    return np.cumsum(touched, axis=1)[:, :-1] > 0, np.cumsum(crossed, axis=1)[:, :-1] % 2 == 1


def _trace(corners: Floats, touched: NDArray[np.int32], crossed: NDArray[np.int32]) -> None:
    """Mark in each row of cells where the closed line of corners (in cells) runs, and where it crosses."""
    height, width = touched.shape[0], touched.shape[1] - 1
    upper = np.where(corners[:-1, 1:] <= corners[1:, 1:], corners[:-1], corners[1:])
    lower = np.where(corners[:-1, 1:] <= corners[1:, 1:], corners[1:], corners[:-1])
    first = np.clip(np.floor(upper[:, 1]), 0, height).astype(np.intp)
    last = np.clip(np.floor(lower[:, 1]), -1, height - 1).astype(np.intp)
    lengths = np.maximum(last - first + 1, 0)
    row = counted(first, lengths)
    upper, lower = np.repeat(upper, lengths, axis=0), np.repeat(lower, lengths, axis=0)
    rise = lower[:, 1] - upper[:, 1]
    slope = np.divide(lower[:, 0] - upper[:, 0], rise, out=np.zeros_like(rise), where=rise > 0)

    def x_at(y: NDArray[Any]) -> Floats:
        return np.where(rise > 0, upper[:, 0] + (y - upper[:, 1]) * slope, upper[:, 0])

    enters, leaves = x_at(np.maximum(row, upper[:, 1])), x_at(np.minimum(row + 1, lower[:, 1]))
    leaves = np.where(rise > 0, leaves, lower[:, 0])
    # A hair to each side, for what rounding may do.
    left = np.floor(np.minimum(enters, leaves) - 1e-6).astype(np.intp)
    right = np.floor(np.maximum(enters, leaves) + 1e-6).astype(np.intp) + 1
    seen = (right > 0) & (left < width)
    np.add.at(touched, (row[seen], np.clip(left[seen], 0, width)), 1)
    np.add.at(touched, (row[seen], np.clip(right[seen], 0, width)), -1)
    middle = row + 0.5
    crosses = (upper[:, 1] <= middle) & (lower[:, 1] > middle)
    from_column = np.clip(np.ceil(x_at(middle) - 0.5), 0, width).astype(np.intp)
    np.add.at(crossed, (row[crosses], from_column[crosses]), 1)
