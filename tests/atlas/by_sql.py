"""The filters of the map as questions to the database: what the index is compared with."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from gongshi.atlas.areas import Area, Kind, read_area
from gongshi.atlas.models import PointList
from gongshi.catalogue.models import Camera
from gongshi.grants.models import Grant
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock

Asked = dict[str, list[str]]
EARTH_M = 40_075_016.686
# Each parameter's filter; those of one filter are alternatives.
UNIT_OF = {
    "owner": "owner",
    "owner_under": "owner",
    "source_department": "source_department",
    "source_under": "source_department",
}
# A position on Mercator's map, in degrees of longitude both ways.
X, Y = "longitude", "degrees(asinh(tan(radians(latitude))))"


def by_sql(person: Person, asked: Asked, but: str = "") -> QuerySet[Camera]:
    """The published points under all these filters, save one."""
    found = Camera.objects.filter(publication="published")
    units: dict[str, Q] = {}
    for name, values in asked.items():
        if not values or UNIT_OF.get(name, name) == but:
            continue
        if name in UNIT_OF:
            units[UNIT_OF[name]] = units.get(UNIT_OF[name], Q()) | _of_departments(name, values)
        elif name == "area":
            found = _in_area(found, read_area(values[0]))
        else:
            found = found.filter(_matches(person, name, values))
    return found.filter(*units.values())


def _matches(person: Person, name: str, values: Sequence[str]) -> Q:
    fields = {"q": ("code", "name", "address"), "code": ("code",), "location": ("name", "address")}
    if name in fields:
        return _any(
            _all(_any(Q(**{f"{field}__icontains": word}) for field in fields[name]) for word in text.split())
            for text in values
        )
    if name == "watchable":
        live = Grant.objects.in_force(clock.now()).filter(department=person.department, way__isnull=False)
        return Q(pk__in=live.values("camera"))
    if name == "list":
        return Q(pk__in=PointList.objects.filter(pk__in=values).values("cameras"))
    return Q(**{f"{ {'id': 'pk', 'codes': 'code'}.get(name, name) }__in": values})


def _of_departments(name: str, values: Sequence[str]) -> Q:
    found = {int(value) for value in values}
    while name.endswith("_under"):
        below = Department.objects.filter(Q(parent__in=found) | Q(parent=None, supervisor__in=found))
        if (more := set(below.values_list("pk", flat=True)) | found) == found:
            break
        found = more
    return Q(**{f"{UNIT_OF[name]}__in": found})


def _any(parts: Iterable[Q]) -> Q:
    whole = Q(pk__in=[])
    for part in parts:
        whole |= part
    return whole


def _all(parts: Iterable[Q]) -> Q:
    whole = Q()
    for part in parts:
        whole &= part
    return whole


def _in_area(cameras: QuerySet[Camera], area: Area) -> QuerySet[Camera]:
    plane = [(lon, math.degrees(math.asinh(math.tan(math.radians(lat))))) for lon, lat in area.corners]
    latitudes = [lat for _, lat in area.corners]
    middle = (min(latitudes) + max(latitudes)) / 2
    reach = area.metres * 360 / (EARTH_M * math.cos(math.radians(middle)))
    texts = ", ".join(f"({x!r}, {y!r})" for x, y in plane)
    if area.kind == Kind.BOX:
        longitudes = [lon for lon, _ in area.corners]
        return cameras.filter(
            longitude__range=(min(longitudes), max(longitudes)),
            latitude__range=(min(latitudes), max(latitudes)),
        )
    if area.kind == Kind.POLYGON:
        return cameras.filter(_says(f"'({texts})'::polygon @> point({X}, {Y})"))
    if area.kind == Kind.CIRCLE:
        return cameras.filter(_says(f"'{texts}'::point <-> point({X}, {Y}) <= {reach!r}"))
    pieces = [f"point({X}, {Y}) <-> '[{a}, {b}]'::lseg" for a, b in pairwise(plane)]
    return cameras.filter(_says(f"least({', '.join(pieces)}) <= {reach!r}"))


def _says(condition: str) -> RawSQL:
    return RawSQL(condition, [], output_field=BooleanField())  # noqa: S611 - our own numbers
