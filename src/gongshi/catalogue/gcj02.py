"""GCJ-02, the shifted coordinates of Chinese maps. The catalogue keeps WGS-84; positions are degrees."""

from math import cos, pi, sin, sqrt

# Krasovsky 1940: half of the long axis in metres, and the square of the eccentricity.
_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323
METRES_PER_DEGREE = 111_195.0


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Where a map shifts a WGS-84 position to: 300 to 700 m away in the city."""
    x, y = lon - 105.0, lat - 35.0
    waves = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (waves + 20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (waves + 20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    angle = lat / 180.0 * pi
    flat = 1.0 - _ECCENTRICITY * sin(angle) ** 2
    north *= 180.0 / (_AXIS * (1.0 - _ECCENTRICITY) / (flat * sqrt(flat)) * pi)
    east *= 180.0 / (_AXIS / sqrt(flat) * cos(angle) * pi)
    return lon + east, lat + north


def to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The position that is shifted to this one, good to a centimetre."""
    found = (lon, lat)
    for _ in range(4):
        shifted = to_gcj02(*found)
        found = (found[0] + lon - shifted[0], found[1] + lat - shifted[1])
    return found


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two positions of the city are apart, in metres."""
    east = (one[0] - other[0]) * cos(one[1] / 180.0 * pi)
    return sqrt(east**2 + (one[1] - other[1]) ** 2) * METRES_PER_DEGREE
