"""The published points in memory, column by column: the map's filters and counts need no database (§6.2).

Every process keeps one index. It is built whole, never changed, and replaced in one step, so whoever reads it
sees the points of one publishing and nothing between two.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gongshi.catalogue.codes import DeviceStatus, Publication
from gongshi.catalogue.models import Camera
from gongshi.catalogue.queries import edition
from gongshi.kernel.errors import Invalid

Mask = NDArray[np.bool_]
# The wanted values by filter: alternatives within one filter, all filters together.
Selection = Mapping[str, Sequence[str]]

FACETS = (
    "sharing_level",
    "status",
    "opening_level",
    "device_type",
    "transmission",
    "point_class",
    "region",
    "owner",
)
# Filters by what somebody typed; `location` looks into address and name.
TEXT_FILTERS = ("code", "location")
POINT_FIELDS = ("id", "code", "name", "lon", "lat", "sharing", "status")
# The map tells three kinds apart; a camera in repair gives no picture.
STATUS_ON_MAP = {DeviceStatus.REPAIR.value: DeviceStatus.OFFLINE.value}

_COLUMNS = (
    *("pk", "code", "name", "address", "longitude", "latitude", "source_department_id"),
    *(f"{name}_id" if name == "owner" else name for name in FACETS),
)


@dataclass(frozen=True)
class Attribute:
    """One column of few different values: `values[codes[row]]` is the value of a row."""

    codes: NDArray[np.intp]
    values: tuple[str, ...]

    @classmethod
    def of(cls, column: Sequence[str]) -> "Attribute":
        values, codes = np.unique(np.array(column, dtype=str), return_inverse=True)
        return cls(codes, tuple(values.tolist()))

    def is_one_of(self, wanted: Sequence[str]) -> Mask:
        return np.isin(np.array(self.values, dtype=str), wanted)[self.codes]

    def counts(self, rows: Mask) -> dict[str, int]:
        """How many of these rows have each value; values of no row are left out."""
        found = np.bincount(self.codes[rows], minlength=len(self.values)).tolist()
        return {value: count for value, count in zip(self.values, found, strict=True) if count}


@dataclass(frozen=True)
class Found:
    """`rows` are positions in the index, ordered by code; `facets` counts by filter and value."""

    rows: NDArray[np.intp]
    facets: dict[str, dict[str, int]]


@dataclass(frozen=True)
class PointIndex:
    """The points of one edition of the catalogue, ordered by code."""

    edition: int
    ids: list[int]
    codes: list[str]
    names: list[str]
    searchable: dict[str, list[str]]
    attributes: dict[str, Attribute]
    source_departments: list[int]
    # Each point as the map reads it: a JSON list of `POINT_FIELDS`.
    points_json: list[bytes]
    row_of: dict[int, int]

    def select(self, selection: Selection) -> Found:
        """The points that satisfy all filters, and for each facet its counts under all *other* filters.

        Raises Invalid for a filter or value that does not exist.
        """
        misses = {name: ~self._matches(name, wanted) for name, wanted in selection.items() if wanted}
        missed = np.zeros(len(self.ids), np.uint8)
        for miss in misses.values():
            missed += miss
        matching = missed == 0
        facets = {
            name: self.attributes[name].counts(missed == misses[name] if name in misses else matching)
            for name in FACETS
        }
        return Found(np.flatnonzero(matching), facets)

    def _matches(self, name: str, wanted: Sequence[str]) -> Mask:
        if name in TEXT_FILTERS:
            texts = self.searchable[name]
            needles = [value.casefold().split() for value in wanted]
            hits = (any(all(part in text for part in parts) for parts in needles) for text in texts)
            return np.fromiter(hits, np.bool_, len(texts))
        if name not in FACETS:
            raise Invalid(f"没有“{name}”这个筛选条件，请从页面左侧选择。", field=name)
        self._check_values(name, wanted)
        return self.attributes[name].is_one_of(wanted)

    def _check_values(self, name: str, wanted: Sequence[str]) -> None:
        field: Any = Camera._meta.get_field(name)
        known = self.attributes[name].values if name == "owner" else [value for value, _ in field.choices]
        for value in wanted:
            if value not in known:
                raise Invalid(f"“{field.verbose_name}”没有“{value}”这个选项，请重新选择。", field=name)


def build_index() -> PointIndex:
    """Read all published points in one query."""
    # Asked first: what is published while we read makes the index older than it is, and it is built again.
    number = edition()
    published = Camera.objects.filter(publication=Publication.PUBLISHED).order_by("code")
    rows = list(published.values_list(*_COLUMNS))
    ids, codes, names, addresses, lons, lats, sources, *facets = (
        zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)
    )
    attributes = {
        name: Attribute.of([str(value) for value in column])
        for name, column in zip(FACETS, facets, strict=True)
    }
    sharing, status = (facets[FACETS.index(name)] for name in ("sharing_level", "status"))
    points = zip(
        ids,
        codes,
        names,
        lons,
        lats,
        sharing,
        (STATUS_ON_MAP.get(each, each) for each in status),
        strict=True,
    )
    return PointIndex(
        edition=number,
        ids=list(ids),
        codes=list(codes),
        names=list(names),
        searchable={
            "code": [code.casefold() for code in codes],
            "location": [
                f"{address} {name}".casefold() for address, name in zip(addresses, names, strict=True)
            ],
        },
        attributes=attributes,
        source_departments=list(sources),
        points_json=[_compact(point) for point in points],
        row_of={pk: row for row, pk in enumerate(ids)},
    )


def _compact(point: tuple[object, ...]) -> bytes:
    return json.dumps(point, ensure_ascii=False, separators=(",", ":")).encode()


class IndexKeeper:
    """Keeps the index of this process and follows the catalogue's edition."""

    def __init__(self, build: Callable[[], PointIndex] = build_index, check_every_s: float = 1.0) -> None:
        self._build = build
        self._check_every_s = check_every_s
        self._lock = threading.Lock()
        self._index: PointIndex | None = None
        self._checked_at = 0.0

    def current(self) -> PointIndex:
        """The index, at most a second behind the catalogue. While one rebuilds, others read the old."""
        index = self._index
        if index is not None and time.monotonic() - self._checked_at < self._check_every_s:
            return index
        if index is not None and self._lock.locked():
            return index
        with self._lock:
            return self._refreshed()

    def _refreshed(self) -> PointIndex:
        index = self._index
        if index is not None and time.monotonic() - self._checked_at < self._check_every_s:
            return index
        if index is None or index.edition != edition():
            index = self._index = self._build()
        self._checked_at = time.monotonic()
        return index

    def forget(self) -> None:
        """Build anew at the next question."""
        with self._lock:
            self._index = None


_keeper = IndexKeeper()
current_index = _keeper.current
forget_index = _keeper.forget
