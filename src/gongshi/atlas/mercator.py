"""Positions as the map has them: whole numbers on Mercator's square, 2³² to a side, from the north-west."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Units = NDArray[np.uint32]

BITS: Final = 32
WORLD: Final = 2.0**BITS
EARTH_M: Final = 40_075_016.686
# Finer than a unit, which is a centimetre at the equator.
DEGREE_DECIMALS: Final = 6


def to_plane(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Degrees (WGS-84) as places on the square, not rounded; beyond 85.05° they stand at its edge."""
    x = (np.asarray(lon, np.float64) + 180.0) / 360.0 * WORLD
    with np.errstate(over="ignore", divide="ignore"):
        y = (0.5 - np.arcsinh(np.tan(np.radians(np.asarray(lat, np.float64)))) / (2 * np.pi)) * WORLD
    return np.clip(x, 0, WORLD - 1), np.clip(y, 0, WORLD - 1)


def to_units(lon: ArrayLike, lat: ArrayLike) -> tuple[Units, Units]:
    """Degrees as whole units."""
    x, y = to_plane(lon, lat)
    return np.rint(x).astype(np.uint32), np.rint(y).astype(np.uint32)


def to_degrees(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Longitude and latitude of places on the square, to `DEGREE_DECIMALS`."""
    lon = np.asarray(x, np.float64) / WORLD * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * np.asarray(y, np.float64) / WORLD))))
    return lon.round(DEGREE_DECIMALS), lat.round(DEGREE_DECIMALS)


def units_of_metres(metres: float, lat: float) -> float:
    """How long so many metres are on the square at this latitude."""
    return float(metres / (EARTH_M * np.cos(np.radians(lat))) * WORLD)
