"""The county borders of Lishui, and which county a position lies in (§6.2). Positions are WGS-84 degrees."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from shapely import Point, dwithin, intersects_xy, prepare, total_bounds
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from typing_extensions import TypedDict


class CountyProperties(TypedDict):
    """`centre` is [longitude, latitude] of the seat of government, inside the county."""

    code: str
    name: str
    centre: list[float]


class CountyFeature(TypedDict):
    type: Literal["Feature"]
    properties: CountyProperties
    geometry: dict[str, Any]


class FeatureCollection(TypedDict):
    type: Literal["FeatureCollection"]
    features: list[CountyFeature]


@cache
def county_borders() -> FeatureCollection:
    """The nine counties as GeoJSON, ordered by code. One shared object: do not change it."""
    text = files("gongshi.identity").joinpath("data/lishui.geojson").read_text("utf-8")
    return cast(FeatureCollection, json.loads(text))


@cache
def _county_shapes() -> dict[str, BaseGeometry]:
    shapes = {each["properties"]["code"]: shape(each["geometry"]) for each in county_borders()["features"]}
    prepare(list(shapes.values()))
    return shapes


def county_of(lon: float, lat: float) -> str | None:
    """The code of the county at this position ("331102"), None outside the city. Good to about 150 m."""
    return next((code for code, county in _county_shapes().items() if intersects_xy(county, lon, lat)), None)


# Degrees, about 200 m: the borders themselves are good to about 150 m.
BORDER_TOLERANCE = 0.002


def lies_in(region: str, lon: float, lat: float) -> bool:
    """Whether a position is in or on the border of this county; the city's own code means any county."""
    shapes = _county_shapes()
    counties = [shapes[region]] if region in shapes else list(shapes.values())
    # Most lie inside, which is found much sooner than how far something is from a border.
    if any(intersects_xy(county, lon, lat) for county in counties):
        return True
    return any(dwithin(county, Point(lon, lat), BORDER_TOLERANCE) for county in counties)


@cache
def city_bounds() -> tuple[float, float, float, float]:
    """West, south, east and north end of the city."""
    west, south, east, north = total_bounds(list(_county_shapes().values())).tolist()
    return west, south, east, north
