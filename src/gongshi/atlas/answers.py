"""The JSON that the map reads, made straight from the index."""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from gongshi.atlas.index import POINT_FIELDS, PointIndex, Selection
from gongshi.catalogue.codes import SharingLevel
from gongshi.identity.borders import county_borders
from gongshi.identity.models import Department

# Beyond this level time grows faster than size shrinks.
GZIP_LEVEL = 4


@dataclass
class Group:
    """The points of one source department by sharing level."""

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


def points_answer(index: PointIndex, selection: Selection) -> bytes:
    """All points that the filters leave, with facets. Raises Invalid for a filter that does not exist."""
    found = index.select(selection)
    points = b",".join([index.points_json[row] for row in found.rows.tolist()])
    head = f'{{"total":{len(found.rows)},"fields":{json.dumps(POINT_FIELDS)},"points":['
    return b"".join((head.encode(), points, f'],"facets":{json.dumps(found.facets)}}}'.encode()))


def summary(index: PointIndex, camera_ids: Sequence[int]) -> Summary:
    """What a list of these points would hold: who decides over how many (§6.3b)."""
    wanted = list(dict.fromkeys(camera_ids))
    rows = [index.row_of[pk] for pk in wanted if pk in index.row_of]
    levels = index.attributes["sharing_level"]
    sharing = [levels.values[levels.codes[row]] for row in rows]
    counts = Counter((index.source_departments[row], level) for row, level in zip(rows, sharing, strict=True))
    names = dict(Department.objects.values_list("pk", "name").filter(pk__in={pk for pk, _ in counts}))
    groups = {pk: Group(name) for pk, name in names.items()}
    for (pk, level), count in counts.items():
        setattr(groups[pk], level, count)
    return Summary(
        total=len(rows),
        needs_review=sum(level != SharingLevel.UNCONDITIONAL for level in sharing),
        groups=sorted(groups.values(), key=lambda group: (-group.total, group.department)),
        cameras=[
            ListedCamera(index.ids[row], index.codes[row], index.names[row], level)
            for row, level in zip(rows, sharing, strict=True)
        ],
        missing=[pk for pk in wanted if pk not in index.row_of],
    )


def zipped(body: bytes) -> bytes:
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


@cache
def borders_answer() -> tuple[bytes, bytes]:
    """The county borders as GeoJSON, plain and zipped."""
    body = json.dumps(county_borders(), ensure_ascii=False, separators=(",", ":")).encode()
    return body, zipped(body)
