"""Any combination of filters gives exactly the points and the counts that the database gives."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongshi.atlas.actions import create_point_list
from gongshi.atlas.answers import facets_answer, rows_answer, viewport_answer
from gongshi.atlas.areas import read_area
from gongshi.atlas.attributes import TABLES, VALUES
from gongshi.atlas.criteria import read_criteria
from gongshi.atlas.index import PointIndex
from gongshi.atlas.renewing import build_index
from gongshi.atlas.selecting import Selected
from gongshi.atlas.shifting import Crs
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import Role
from tests.atlas.by_sql import Asked, by_sql
from tests.factories import make_camera, make_department, make_person
from tests.grants.making import make_grant

pytestmark = pytest.mark.django_db

REGIONS = ["331102", "331121", "331181"]
CHOICES = {name: list(VALUES[name]) for name in TABLES} | {"region": REGIONS}
WORDS = ["3311", "-a-", "-B-", "01", "人民路", "解放", "门", "东", "1号", "无", "路 东", "a 门 1", "街"]
PROBE = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def person() -> Person:
    return make_person(Role.DATA_SPECIALIST)


@pytest.fixture
def departments() -> list[Department]:
    """A department, an enterprise that it leads, and two others, one below the other."""
    water, school = make_department("丽水市水利局"), make_department("丽水市教育局")
    plant = make_department("水电站", kind=DepartmentKind.ENTERPRISE, supervisor=water)
    county = make_department("莲都区教育局")
    Department.objects.filter(pk=county.pk).update(parent=school)
    return [water, school, plant, county]


@pytest.fixture
def index(person: Person, departments: list[Department]) -> PointIndex:
    """Sixty points with every value somewhere, some on one spot, some far away, one withdrawn."""
    cameras = [_camera(number, departments) for number in range(60)]
    make_camera(departments[0], publication="withdrawn", code="3311-gone")
    for camera in cameras[::7]:
        make_grant(camera=camera, department=person.department)
    create_point_list(actor=person, name="清单", camera_ids=[camera.pk for camera in cameras[::5]])
    return build_index()


def _camera(number: int, departments: list[Department]) -> Camera:
    values = {name: choices[number * 7 % len(choices)] for name, choices in CHOICES.items()}
    # Nine spots, a tenth of the points on each; corners of areas never lie on one.
    spot = number % 13
    return make_camera(
        departments[number % 4],
        owner=departments[number % 3],
        code=f"3311-{'ab'[number % 2]}-{number:03d}",
        name=f"{'东南西北'[number % 4]}门",
        address=f"{'人民路' if number % 5 else '解放街'}{number}号",
        longitude=-70.5 if spot == 12 else round(119.8 + spot * 0.03, 6),
        latitude=round(28.3 + spot * spot % 7 * 0.04, 6),
        **values,
    )


lons = st.integers(0, 5000).map(lambda n: round(119.7 + n * 1e-4 + 37e-7, 7))
lats = st.integers(0, 5000).map(lambda n: round(28.2 + n * 1e-4 + 37e-7, 7))
corners = st.tuples(lons, lats)


def _ring(turns: list[tuple[int, float]]) -> str:
    """A polygon that does not cross itself: around a middle, as far out as it likes."""
    places = [
        (119.95 + 37e-7 + far * np.cos(turn / 100), 28.42 + far * np.sin(turn / 100) * 0.8)
        for turn, far in sorted(dict(turns).items())
    ]
    return "polygon:" + ";".join(f"{lon:.7f},{lat:.7f}" for lon, lat in places)


areas = st.one_of(
    st.builds(lambda a, b: f"box:{a[0]},{a[1]},{b[0]},{b[1]}", corners, corners),
    st.lists(
        st.tuples(st.integers(0, 628), st.floats(0.01, 0.4)),
        min_size=3,
        max_size=12,
        unique_by=lambda t: t[0],
    ).map(_ring),
    st.builds(lambda at, metres: f"circle:{at[0]},{at[1]},{metres}", corners, st.floats(1, 60_000)),
    st.builds(
        lambda metres, line: f"line:{metres};" + ";".join(f"{lon},{lat}" for lon, lat in line),
        st.floats(1, 20_000),
        st.lists(corners, min_size=2, max_size=5),
    ),
)


def questions(index: PointIndex, departments: list[Department]) -> st.SearchStrategy[Asked]:
    numbers = [str(department.pk) for department in departments]
    ids = [str(pk) for pk in index.ids.tolist()]
    choices = CHOICES | dict.fromkeys(("q", "code", "location"), WORDS)
    choices |= dict.fromkeys(("owner", "owner_under", "source_department", "source_under"), numbers)
    choices |= {"id": [*ids, "999999999"], "codes": ["3311-a-000", "3311-b-001", "3311-gone", "no"]}
    optional: dict[str, st.SearchStrategy[list[str]]] = {
        name: st.lists(st.sampled_from(values), max_size=3) for name, values in choices.items()
    }
    optional["id"] = st.lists(st.sampled_from(choices["id"]), max_size=40)
    optional["watchable"] = st.just(["1"])
    optional["area"] = areas.map(lambda area: [area])
    # Few at a time, or nothing would be found.
    return st.lists(st.sampled_from(sorted(optional)), max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: optional[name] for name in names})
    )


@PROBE
@given(data=st.data())
def test_points_counts_and_clusters_are_those_of_the_database(
    index: PointIndex, departments: list[Department], person: Person, data: st.DataObject
) -> None:
    asked = data.draw(questions(index, departments))
    selected = Selected(index, read_criteria(asked, person))
    expected = list(by_sql(person, asked).order_by("code"))
    found = rows_answer(selected, "code", 0, 200, Crs.WGS84)
    assert [row[0] for row in found["rows"]] == [camera.pk for camera in expected], asked
    assert found["total"] == len(expected)
    _check_facets(facets_answer(selected, person, Crs.WGS84)["facets"], person, asked)
    _check_view(selected, expected, data.draw(st.integers(0, 22)))


def _check_facets(facets: dict[str, dict[str, int]], person: Person, asked: Asked) -> None:
    for name in (*TABLES, "owner", "source_department"):
        column = f"{name}_id" if name in {"owner", "source_department"} else name
        expected = Counter(map(str, by_sql(person, asked, but=name).values_list(column, flat=True)))
        assert facets[name] == expected, (name, asked)
    watched = by_sql(person, asked, but="watchable") & by_sql(person, {"watchable": ["1"]})
    assert facets["watchable"].get("1", 0) == watched.count()


def _check_view(selected: Selected, expected: list[Camera], zoom: int) -> None:
    """Every point stands in one cluster or alone; clusters count what they hold."""
    whole = read_area("box:-180,-85,180,85")
    answer = viewport_answer(selected, whole, zoom, Crs.WGS84)
    alone = answer["points"]["rows"]
    held = [dict(zip(answer["clusters"]["fields"], row, strict=True)) for row in answer["clusters"]["rows"]]
    assert answer["in_view"] == answer["total"] == len(alone) + sum(each["count"] for each in held)
    assert all(each["count"] == each["unconditional"] + each["restricted"] + each["none"] for each in held)
    assert {row[0] for row in alone} <= {camera.pk for camera in expected}


def test_a_list_is_a_filter_too(index: PointIndex, person: Person) -> None:
    number = str(person.department.point_lists.get().pk)
    selected = Selected(index, read_criteria({"list": [number]}, person))
    expected = by_sql(person, {"list": [number]}).order_by("code")
    assert [row[1] for row in rows_answer(selected, "code", 0, 200, Crs.WGS84)["rows"]] == [
        camera.code for camera in expected
    ]


def test_filters_in_another_order_are_the_same_question(
    person: Person, departments: list[Department]
) -> None:
    asked: dict[str, Any] = {"q": ["b a", "c"], "owner": [str(each.pk) for each in departments[:2]]}
    turned = {"owner": asked["owner"][::-1], "q": ["c", "a b", "b  a"]}
    assert read_criteria(asked, person) == read_criteria(turned, person)
