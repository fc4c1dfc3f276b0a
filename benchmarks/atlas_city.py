"""A city of as many points as one likes, standing where people live: most in towns, some along the way."""

from benchmarks import catalogue_lists

# Towns by longitude, latitude, and how far they reach in degrees; those that are named twice are larger.
TOWNS = (
    *((119.92, 28.45, 0.09),) * 4,
    *((120.29, 28.14, 0.06),) * 2,
    *((120.08, 28.66, 0.05),) * 2,
    (119.28, 28.59, 0.04),
    (119.49, 28.45, 0.04),
    (119.57, 28.11, 0.03),
    (119.06, 27.62, 0.04),
    (119.63, 27.97, 0.03),
    *((119.14, 28.08, 0.05),) * 2,
    *((119.2 + at % 9 * 0.13, 27.7 + at // 9 * 0.13, 0.02) for at in range(54)),
)
# A bell about the town; one point in eight stands anywhere.
_SPREAD = "(random() + random() + random() - 1.5) * (ARRAY[{reach}])[1 + n % {towns}]"
_PLACE = (
    "CASE WHEN n % 8 = 0 THEN {low} + random() * 1.4"
    " ELSE round(((ARRAY[{middle}])[1 + n % {towns}] + " + _SPREAD + ")::numeric, 6)::float8 END"
)


def _place(axis: int, low: float) -> str:
    text = _PLACE.format(
        low=low,
        towns=len(TOWNS),
        middle=", ".join(str(town[axis]) for town in TOWNS),
        reach=", ".join(str(town[2]) for town in TOWNS),
    )
    return text.replace("%", "%%")


def fill() -> None:
    """`ROWS` points with what differs in life (see `catalogue_lists`), in towns."""
    catalogue_lists.DIFFERENT |= {"longitude": _place(0, 119.0), "latitude": _place(1, 27.5)}
    catalogue_lists.EXPORTED = 1
    catalogue_lists.fill()
