"""What the map reads, made from the index (docs/atlas-api.md)."""

import gzip
import json
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gongshi.atlas.areas import Area
from gongshi.atlas.clusters import Clusters, spots, view
from gongshi.atlas.index import PointIndex
from gongshi.atlas.mercator import DEGREE_DECIMALS, to_degrees
from gongshi.atlas.selecting import WATCHABLE, Selected
from gongshi.atlas.shifting import Crs, shown_in
from gongshi.atlas.tree import department_tree
from gongshi.atlas.watching import cameras_watched_by
from gongshi.catalogue.codes import DeviceStatus
from gongshi.identity.borders import county_borders
from gongshi.identity.models import Person

# Beyond this level time grows faster than size shrinks.
GZIP_LEVEL: Final = 4
CLUSTER_FIELDS: Final = (
    *("cx", "cy", "lon", "lat", "count"),
    *("unconditional", "restricted", "none", "spot"),
)
POINT_FIELDS: Final = ("id", "lon", "lat", "sharing", "status", "name", "code", "spot")
ROW_FIELDS: Final = (
    *("id", "code", "name", "address", "region", "owner", "source_department"),
    *("point_class", "device_type", "security_level", "sharing", "status", "lon", "lat"),
)
# The map tells three kinds apart; a camera in repair gives no picture.
STATUS_ON_MAP: Final = {DeviceStatus.REPAIR.value: DeviceStatus.OFFLINE.value}


def viewport_answer(selected: Selected, box: Area, zoom: float, crs: Crs) -> dict[str, Any]:
    """Clusters and points of a box of the map."""
    seen = view(selected, box, zoom)
    return {
        "version": selected.index.edition,
        "total": selected.total,
        "in_view": seen.in_view,
        "zoom": seen.zoom,
        "clusters": {"fields": CLUSTER_FIELDS, "rows": _cluster_rows(seen.clusters, crs)},
        "points": {"fields": POINT_FIELDS, "rows": _point_rows(selected.index, seen.rows, crs)},
    }


def _cluster_rows(clusters: Clusters, crs: Crs) -> list[list[Any]]:
    lon, lat = degrees(clusters.x, clusters.y, crs)
    columns = (
        *(clusters.cx.tolist(), clusters.cy.tolist(), lon, lat),
        *(clusters.levels.sum(axis=1).tolist(), *clusters.levels.T.tolist()),
        clusters.spot.astype(int).tolist(),
    )
    return [list(row) for row in zip(*columns, strict=True)]


def _point_rows(index: PointIndex, rows: NDArray[np.intp], crs: Crs) -> list[list[Any]]:
    x, y = index.x[rows], index.y[rows]
    columns = (
        index.ids[rows].tolist(),
        *degrees(x, y, crs),
        index.attributes.values("sharing_level", rows),
        statuses(index, rows),
        *words(index, rows, "name", "code"),
        spots(x, y),
    )
    return [list(row) for row in zip(*columns, strict=True)]


def rows_answer(selected: Selected, sort: str, offset: int, limit: int, crs: Crs) -> dict[str, Any]:
    """A window of the list; `sort` is `code` or `name`, with a minus in front from the end."""
    order = selected.in_order(sort.removeprefix("-"))
    order = order[::-1] if sort.startswith("-") else order
    rows = order[offset : offset + limit].astype(np.intp)
    return {
        "version": selected.index.edition,
        "total": selected.total,
        "offset": offset,
        "fields": ROW_FIELDS,
        "rows": _list_rows(selected.index, rows, crs),
    }


def _list_rows(index: PointIndex, rows: NDArray[np.intp], crs: Crs) -> list[list[Any]]:
    attributes = index.attributes
    columns = (
        index.ids[rows].tolist(),
        *words(index, rows, "code", "name", "address"),
        attributes.values("region", rows),
        *(attributes.numbers(unit)[rows].tolist() for unit in ("owner", "source_department")),
        *(attributes.values(name, rows) for name in ("point_class", "device_type", "security_level")),
        attributes.values("sharing_level", rows),
        statuses(index, rows),
        *degrees(index.x[rows], index.y[rows], crs),
    )
    return [list(row) for row in zip(*columns, strict=True)]


def facets_answer(selected: Selected, person: Person, crs: Crs) -> dict[str, Any]:
    """For each filter how many points each of its values has under all other filters; with their extent."""
    facets = dict(selected.facets())
    tree = department_tree()
    facets["owner_under"] = tree.counts_below(facets["owner"])
    facets["source_under"] = tree.counts_below(facets["source_department"])
    watchable = selected.count_among(cameras_watched_by(person), but=WATCHABLE)
    facets["watchable"] = {"1": watchable} if watchable else {}
    return {
        "version": selected.index.edition,
        "total": selected.total,
        "facets": facets,
        "extent": _extent(selected, crs),
    }


def _extent(selected: Selected, crs: Crs) -> list[float] | None:
    """West, south, east and north end."""
    if selected.extent is None:
        return None
    west, north, east, south = selected.extent
    lon, lat = degrees(np.array([west, east]), np.array([south, north]), crs)
    return [lon[0], lat[0], lon[1], lat[1]]


def degrees(x: NDArray[Any], y: NDArray[Any], crs: Crs) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes as they are sent."""
    lon, lat = shown_in(crs, *to_degrees(x, y))
    return lon.round(DEGREE_DECIMALS).tolist(), lat.round(DEGREE_DECIMALS).tolist()


def statuses(index: PointIndex, rows: NDArray[np.intp]) -> list[str]:
    """The status of each as the map tells them apart."""
    return [STATUS_ON_MAP.get(status, status) for status in index.attributes.values("status", rows)]


def words(index: PointIndex, rows: NDArray[np.intp], *fields: str) -> list[list[str]]:
    """The texts of these rows, field by field."""
    places = [("code", "name", "address").index(field) for field in fields]
    found = index.texts.rows(rows)
    return [[row[place] for row in found] for place in places]


def as_json(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def zipped(body: bytes) -> bytes:
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


@cache
def borders_answer(crs: Crs) -> tuple[bytes, bytes]:
    """The county borders as GeoJSON, plain and zipped."""
    borders: dict[str, Any] = {**county_borders()}
    if crs is not Crs.WGS84:
        borders = borders | {"features": [_shifted(feature, crs) for feature in borders["features"]]}
    body = as_json(borders)
    return body, zipped(body)


def _shifted(feature: dict[str, Any], crs: Crs) -> dict[str, Any]:
    geometry, properties = feature["geometry"], feature["properties"]
    [centre] = _shifted_line([properties["centre"]], crs)
    return feature | {
        "geometry": geometry | {"coordinates": _shifted_line(geometry["coordinates"], crs)},
        "properties": properties | {"centre": centre},
    }


def _shifted_line(coordinates: Any, crs: Crs) -> Any:
    """Lists of positions, however deep they stand in each other."""
    if isinstance(coordinates[0][0], int | float):
        lon, lat = shown_in(crs, *np.array(coordinates, np.float64).T[:2])
        return np.column_stack((lon, lat)).round(DEGREE_DECIMALS).tolist()
    return [_shifted_line(each, crs) for each in coordinates]
