"""GCJ-02 for many positions at once; one at a time, and what it is: `catalogue/gcj02.py`."""

from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Krasovsky 1940: half of the long axis in metres, and the square of the eccentricity.
_AXIS: Final = 6378245.0
_ECCENTRICITY: Final = 0.00669342162296594323
_ROUNDS: Final = 4


class Crs(StrEnum):
    """What positions are in; the catalogue keeps WGS-84."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


def to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Where a shifted map draws WGS-84 positions."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    x, y = lon - 105.0, lat - 35.0
    waves = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    angle = lat / 180.0 * np.pi
    flat = 1.0 - _ECCENTRICITY * np.sin(angle) ** 2
    north *= 180.0 / (_AXIS * (1.0 - _ECCENTRICITY) / (flat * np.sqrt(flat)) * np.pi)
    east *= 180.0 / (_AXIS / np.sqrt(flat) * np.cos(angle) * np.pi)
    return lon + east, lat + north


def to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """The positions that are shifted to these, good to a centimetre."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    found_lon, found_lat = lon, lat
    for _ in range(_ROUNDS):
        shifted_lon, shifted_lat = to_gcj02(found_lon, found_lat)
        found_lon, found_lat = found_lon + lon - shifted_lon, found_lat + lat - shifted_lat
    return found_lon, found_lat


def shown_in(crs: Crs, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Positions of the catalogue as they are sent."""
    return to_gcj02(lon, lat) if crs is Crs.GCJ02 else (lon, lat)


def read_from(crs: Crs, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Positions that were sent, as the catalogue has them."""
    return to_wgs84(lon, lat) if crs is Crs.GCJ02 else (lon, lat)
