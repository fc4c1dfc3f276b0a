"""What the map's page must know once."""

from typing import Any

import numpy as np

from gongshi.atlas.actions import MOST_POINTS
from gongshi.atlas.areas import MOST_CORNERS
from gongshi.atlas.attributes import UNITS
from gongshi.atlas.basemap import basemap
from gongshi.atlas.index import PointIndex
from gongshi.atlas.schemas import MOST_ROWS
from gongshi.atlas.tree import department_tree
from gongshi.catalogue.models import Camera

# The filters by choice, in the order in which they stand at the left.
FILTERS = (
    *("sharing_level", "status", "opening_level", "device_type", "transmission", "point_class"),
    *("region", "security_level", "owner", "source_department"),
)


def setup_answer(index: PointIndex) -> dict[str, Any]:
    """Basemap, filters with their choices, departments, limits."""
    branches = department_tree().branches(departments_on_map(index))
    return {
        "basemap": basemap().as_json(),
        "filters": [{"name": name, "title": title_of(name), "choices": _choices(name)} for name in FILTERS],
        "departments": [
            {"id": branch.id, "name": branch.name, "above": branch.above, "depth": branch.depth}
            for branch in branches
        ],
        "limits": {"points_of_a_list": MOST_POINTS, "corners": MOST_CORNERS, "rows_at_once": MOST_ROWS},
        # Names of towns, when somebody has them; counties are named by their borders.
        "towns": [],
    }


def departments_on_map(index: PointIndex, *units: str) -> set[int]:
    """The departments that own, or source, a point; `units`: which of the two."""
    found = (np.unique(index.attributes.numbers(unit)[index.live]) for unit in units or UNITS)
    return {number for numbers in found for number in numbers.tolist()}


def title_of(name: str) -> str:
    return str(Camera._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _choices(name: str) -> list[dict[str, str]]:
    """The values of a code table; those of departments are `departments`."""
    choices = Camera._meta.get_field(name).choices or ()  # type: ignore[union-attr]
    return [{"value": str(value), "label": str(label)} for value, label in choices]
