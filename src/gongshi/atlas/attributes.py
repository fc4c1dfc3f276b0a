"""What a point is filtered by, in one number: the values of the code tables, and its two departments.

Each code table is a digit of the number `joint`; 0 stands for a value that is not in its table. So one pass
over the points counts the values of all tables, and a filter by several is one look into a small table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from gongshi.catalogue.models import Camera

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]
# Which values of a table are wanted, by its digit; a table that is not named takes any.
Wanted = Mapping[str, Mask]

TABLES: Final = (
    "region",
    "device_type",
    "status",
    "transmission",
    "security_level",
    "sharing_level",
    "opening_level",
    "point_class",
)
UNITS: Final = ("owner", "source_department")


def _values(name: str) -> tuple[str, ...]:
    field: Any = Camera._meta.get_field(name)
    return tuple(str(value) for value, _ in field.choices)


# The value of digit n of a table is VALUES[table][n - 1].
VALUES: Final = {name: _values(name) for name in TABLES}
SHAPE: Final = tuple(len(VALUES[name]) + 1 for name in TABLES)
CELLS: Final = int(np.prod(SHAPE))
STRIDES: Final = {name: int(np.prod(SHAPE[at + 1 :])) for at, name in enumerate(TABLES)}


def joint_sql() -> str:
    """The number of a row of `catalogue_camera`; the values are those of our own code tables."""
    return " + ".join(f"coalesce({_digit_sql(name)}, 0) * {STRIDES[name]}" for name in TABLES)


def _digit_sql(name: str) -> str:
    return f"array_position(ARRAY[{', '.join(map(_quoted, VALUES[name]))}], {name}::text)"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Attributes:
    """By row: `joint`, and for each of UNITS the place of its number among `departments`."""

    joint: NDArray[np.uint32]
    units: dict[str, NDArray[np.uint16]]
    departments: NDArray[np.int64]

    @classmethod
    def of(cls, joint: NDArray[np.uint32], owners: Counts, sources: Counts) -> "Attributes":
        departments = np.unique(np.concatenate((np.unique(owners), np.unique(sources))))
        units = (np.searchsorted(departments, numbers).astype(np.uint16) for numbers in (owners, sources))
        return cls(joint, dict(zip(UNITS, units, strict=True)), departments)

    def numbers(self, unit: str) -> Counts:
        """The department of each row."""
        return self.departments[self.units[unit]]

    def digits(self, name: str, rows: NDArray[np.integer] | slice = slice(None)) -> NDArray[np.uint32]:
        """The digit of a table in these rows."""
        joint = self.joint[rows]
        return joint // np.uint32(STRIDES[name]) % np.uint32(SHAPE[TABLES.index(name)])

    def values(self, name: str, rows: NDArray[np.integer]) -> list[str]:
        """The values of a table in these rows; empty where the value is not in the table."""
        known = ("", *VALUES[name])
        return [known[digit] for digit in self.digits(name, rows).tolist()]

    @cached_property
    def sharing(self) -> NDArray[np.uint8]:
        """The digit of the sharing level by row."""
        return self.digits("sharing_level").astype(np.uint8)

    def having(self, wanted: Wanted) -> Mask:
        """The rows whose values are all wanted."""
        table = np.ones(SHAPE, np.bool_)
        for name, values in wanted.items():
            table &= values.reshape([-1 if each == name else 1 for each in TABLES])
        return cast(Mask, table.ravel()[self.joint])

    def of_departments(self, unit: str, numbers: frozenset[int]) -> Mask:
        """The rows whose owner, or source department, is one of these."""
        wanted = np.isin(self.departments, list(numbers))
        return wanted[self.units[unit]]

    def at(self, rows: NDArray[np.integer]) -> "Attributes":
        """These rows, in this order."""
        units = {unit: places[rows] for unit, places in self.units.items()}
        return Attributes(self.joint[rows], units, self.departments)

    def plus(self, other: "Attributes") -> "Attributes":
        """These rows and, after them, the other's."""
        departments = np.union1d(self.departments, other.departments)
        mine, theirs = self._units_among(departments), other._units_among(departments)
        units = {unit: np.concatenate((mine[unit], theirs[unit])) for unit in UNITS}
        return Attributes(np.concatenate((self.joint, other.joint)), units, departments)

    def with_values(self, rows: NDArray[np.integer], other: "Attributes") -> "Attributes":
        """These rows' values replaced by the other's, in its order."""
        departments = np.union1d(self.departments, other.departments)
        mine, theirs = self._units_among(departments), other._units_among(departments)
        joint = self.joint.copy()
        joint[rows] = other.joint
        return Attributes(
            joint, {unit: _replaced(mine[unit], rows, theirs[unit]) for unit in UNITS}, departments
        )

    def _units_among(self, departments: NDArray[np.int64]) -> dict[str, NDArray[np.uint16]]:
        """The places of the units' numbers among more departments than its own."""
        if len(departments) == len(self.departments):
            return self.units
        places = np.searchsorted(departments, self.departments).astype(np.uint16)
        return {unit: places[codes] for unit, codes in self.units.items()}


def _replaced(
    codes: NDArray[np.uint16], rows: NDArray[np.integer], new: NDArray[np.uint16]
) -> NDArray[np.uint16]:
    """Shared where nothing changes."""
    if np.array_equal(codes[rows], new):
        return codes
    replaced = codes.copy()
    replaced[rows] = new
    return replaced


def wanted_values(name: str, values: frozenset[str]) -> Mask:
    """Which digits of a table stand for these values."""
    return np.array([False, *(value in values for value in VALUES[name])])


def counts_by_table(cells: Counts, wanted: Wanted) -> dict[str, dict[str, int]]:
    """For each table how many rows have each value, under what is wanted of the *other* tables.

    `cells`: how many rows there are of each joint number, whatever is wanted of the tables.
    """
    found: dict[str, Counts] = {}
    _reduce(cells.reshape(SHAPE), list(TABLES), wanted, found)
    return {
        name: {
            value: count for value, count in zip(VALUES[name], found[name][1:].tolist(), strict=True) if count
        }
        for name in TABLES
    }


def _reduce(cells: Counts, names: list[str], wanted: Wanted, found: dict[str, Counts]) -> None:
    """Halves the tables until one is left: each half is summed over what is wanted of the other."""
    if len(names) == 1:
        found[names[0]] = cells
        return
    half = len(names) // 2
    for kept, summed in ((names[:half], names[half:]), (names[half:], names[:half])):
        rest = cells
        for name in reversed(summed):
            rest = _sum_over(rest, names.index(name), wanted.get(name))
        _reduce(rest, kept, wanted, found)


def _sum_over(cells: Counts, axis: int, wanted: Mask | None) -> Counts:
    some = cells if wanted is None else np.compress(wanted, cells, axis)
    return cast(Counts, some.sum(axis))
