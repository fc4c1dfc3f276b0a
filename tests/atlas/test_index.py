"""The index in memory: the same answers as the plain reading of the rules, and never half of a publishing."""

import threading
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongshi.atlas.index import FACETS, IndexKeeper, PointIndex, build_index
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.codes import (
    DeviceStatus,
    DeviceType,
    OpeningLevel,
    PointClass,
    SharingLevel,
    Transmission,
)
from gongshi.catalogue.models import Camera
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Invalid
from tests.catalogue import books
from tests.factories import make_camera, make_department, make_person

pytestmark = pytest.mark.django_db

REGIONS = ["331102", "331121", "331181"]
CHOICES = {
    "sharing_level": SharingLevel.values,
    "status": DeviceStatus.values,
    "opening_level": OpeningLevel.values,
    "device_type": DeviceType.values,
    "transmission": Transmission.values,
    "point_class": PointClass.values,
    "region": REGIONS,
}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> PointIndex:
    """Sixty points of three owners with every value somewhere, indexed and gone again."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        owners = [make_department() for _ in range(3)]
        for number in range(60):
            values = {name: choices[number % len(choices)] for name, choices in CHOICES.items()}
            make_camera(
                owners[number % 3],
                code=f"3311-{'ab'[number % 2]}-{number:03d}",
                name=f"{'东南西北'[number % 4]}门",
                address=f"{'人民路' if number % 5 else '解放街'}{number}号",
                **values,
            )
        index = build_index()
        city.cameras = list(Camera.objects.order_by("code"))  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    return index


def plainly(cameras: list[Camera], selection: dict[str, list[str]], but: str = "") -> list[Camera]:
    """The rules of §6.2 read aloud: any value within a filter, all filters together."""

    def fits(camera: Camera) -> bool:
        texts = {"code": camera.code.casefold(), "location": f"{camera.address} {camera.name}".casefold()}
        for name, wanted in selection.items():
            if name == but or not wanted:
                continue
            if name in texts:
                if not any(value.casefold() in texts[name] for value in wanted):
                    return False
            elif str(camera.owner_id if name == "owner" else getattr(camera, name)) not in wanted:
                return False
        return True

    return [camera for camera in cameras if fits(camera)]


def selections(index: PointIndex) -> st.SearchStrategy[dict[str, list[str]]]:
    choices = CHOICES | {"owner": list(index.attributes["owner"].values)}
    texts = {
        "code": ["3311", "-a-", "-B-", "01", "no"],
        "location": ["人民路", "解放", "门", "东", "1号", "无"],
    }
    return st.fixed_dictionaries(
        {},
        optional={
            name: st.lists(st.sampled_from(values), max_size=3) for name, values in (choices | texts).items()
        },
    )


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_points_and_facets_are_those_of_a_plain_count(city: PointIndex, data: st.DataObject) -> None:
    cameras: list[Camera] = city_cameras()
    selection = data.draw(selections(city))
    found = city.select(selection)
    assert [city.codes[row] for row in found.rows] == [camera.code for camera in plainly(cameras, selection)]
    for name in FACETS:
        attribute = "owner_id" if name == "owner" else name
        expected = Counter(
            str(getattr(camera, attribute)) for camera in plainly(cameras, selection, but=name)
        )
        assert found.facets[name] == expected, name


def city_cameras() -> list[Camera]:
    return city.cameras  # type: ignore[attr-defined, no-any-return]


def test_an_empty_catalogue_has_an_empty_map() -> None:
    found = build_index().select({"code": ["33"]})
    assert len(found.rows) == 0 and all(counts == {} for counts in found.facets.values())


def test_withdrawn_points_are_not_in_the_index() -> None:
    make_camera(publication="withdrawn")
    shown = make_camera()
    assert build_index().ids == [shown.pk]


def test_several_words_must_all_occur_in_the_place() -> None:
    camera = make_camera(address="莲都区中山街1号", name="小学门口")
    make_camera(address="莲都区中山街2号", name="公园")
    index = build_index()
    rows = index.select({"location": ["中山街 小学"]}).rows
    assert [index.ids[row] for row in rows] == [camera.pk]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("sharing_level", "secret", "“共享级别”没有“secret”这个选项"),
        ("status", "", "“设备状态”没有“”这个选项"),
        ("owner", "0", "“所属单位”没有“0”这个选项"),
        ("ip_address", "10.33.0.1", "没有“ip_address”这个筛选条件"),
    ],
)
def test_an_unknown_filter_or_value_is_refused(name: str, value: str, sentence: str) -> None:
    make_camera()
    with pytest.raises(Invalid, match=sentence):
        build_index().select({name: [value]})


def test_the_index_is_built_in_two_queries(django_assert_num_queries: Any) -> None:
    for _ in range(5):
        make_camera()
    with django_assert_num_queries(2):
        build_index()


# --- following the catalogue -------------------------------------------------------------------


def test_a_publication_becomes_visible() -> None:
    keeper = IndexKeeper(check_every_s=0)
    department = make_department("丽水市公安局")
    assert keeper.current().ids == []
    submission = submit_import(
        actor=make_person(Role.DATA_SPECIALIST, department=department),
        department=department,
        title="首批点位",
        file=books.csv_file([books.row(department), books.row(department)]),
        file_name="点位.csv",
    )
    assert keeper.current().ids == []
    decide_submission(actor=make_person(Role.BUREAU_ADMINISTRATOR), submission=submission, verdict="approve")
    assert keeper.current().codes == list(Camera.objects.order_by("code").values_list("code", flat=True))
    assert len(keeper.current().ids) == 2


def test_nothing_is_asked_of_the_database_within_the_second(django_assert_num_queries: Any) -> None:
    keeper = IndexKeeper(check_every_s=60)
    index = keeper.current()
    with django_assert_num_queries(0):
        assert keeper.current() is index


def test_an_unchanged_catalogue_keeps_its_index(django_assert_num_queries: Any) -> None:
    keeper = IndexKeeper(check_every_s=0)
    index = keeper.current()
    with django_assert_num_queries(1):
        assert keeper.current() is index


def test_while_one_rebuilds_others_read_the_old_index(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = build_index(), build_index()
    building, finish = threading.Event(), threading.Event()
    answers = [old, new]

    def build() -> PointIndex:
        index = answers.pop(0)
        if index is new:
            building.set()
            assert finish.wait(10)
        return index

    monkeypatch.setattr("gongshi.atlas.index.edition", lambda: old.edition + 1)
    keeper = IndexKeeper(build, check_every_s=0)
    assert keeper.current() is old
    rebuilder = threading.Thread(target=keeper.current)
    rebuilder.start()
    assert building.wait(10)
    assert keeper.current() is old
    finish.set()
    rebuilder.join()
    assert keeper._index is new


def test_at_the_first_question_all_wait_for_one_build() -> None:
    index = build_index()
    built = []

    def build() -> PointIndex:
        built.append(threading.current_thread())
        return index

    keeper = IndexKeeper(build, check_every_s=60)
    threads = [threading.Thread(target=keeper.current) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
