"""What a list of points would hold before it is one: who decides over how many (§6.3b)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gongshi.atlas.answers import words
from gongshi.atlas.attributes import VALUES
from gongshi.atlas.index import PointIndex
from gongshi.catalogue.codes import SharingLevel
from gongshi.identity.models import Department

_LEVELS = len(VALUES["sharing_level"]) + 1


@dataclass
class Group:
    """The points of one source department by sharing level."""

    department_id: int
    department: str
    unconditional: int = 0
    restricted: int = 0
    none: int = 0

    @property
    def total(self) -> int:
        return self.unconditional + self.restricted + self.none


@dataclass(frozen=True)
class ListedCamera:
    id: int
    code: str
    name: str
    sharing: str


@dataclass(frozen=True)
class Summary:
    """`missing` are ids of points that are not published (any more); they are in no count."""

    total: int
    needs_review: int
    groups: list[Group]
    cameras: list[ListedCamera]
    missing: list[int]


def summary(index: PointIndex, camera_ids: Sequence[int], *, with_cameras: bool = True) -> Summary:
    """Totals of these points by source department and sharing level."""
    wanted = list(dict.fromkeys(camera_ids))
    rows, known = index.rows_of(wanted)
    sharing = index.attributes.values("sharing_level", rows)
    columns = (index.ids[rows].tolist(), *words(index, rows, "code", "name"), sharing)
    return Summary(
        total=len(rows),
        needs_review=sum(level != SharingLevel.UNCONDITIONAL for level in sharing),
        groups=_groups(index, rows),
        cameras=[ListedCamera(*row) for row in zip(*columns, strict=True)] if with_cameras else [],
        missing=[pk for pk, is_known in zip(wanted, known.tolist(), strict=True) if not is_known],
    )


def _groups(index: PointIndex, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[Group]:
    sources, sharing = index.attributes.numbers("source_department")[rows], index.attributes.sharing[rows]
    departments, places = np.unique(sources, return_inverse=True)
    counts = np.bincount(places * _LEVELS + sharing, minlength=len(departments) * _LEVELS)
    names = dict(Department.objects.values_list("pk", "name").filter(pk__in=departments.tolist()))
    groups = [
        # What has no known level counts with the strictest.
        Group(number, names.get(number, ""), unconditional, restricted, none + unknown)
        for number, (unknown, unconditional, restricted, none) in zip(
            departments.tolist(), counts.reshape(-1, _LEVELS).tolist(), strict=True
        )
    ]
    return sorted(groups, key=lambda group: (-group.total, group.department))
