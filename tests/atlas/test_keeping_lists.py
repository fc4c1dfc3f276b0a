"""A department keeps its lists: renames, fills and empties them, deletes them, takes them out (§6.2)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gongshi.atlas import actions
from gongshi.atlas.actions import change_points, create_point_list, delete_point_list, rename_point_list
from gongshi.atlas.models import PointList
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from gongshi.kernel.errors import Conflict, Forbidden, GongshiError, Invalid
from tests.demand.making import City
from tests.factories import make_camera, make_person

pytestmark = pytest.mark.django_db
LISTS = "/api/v1/atlas/lists"


@pytest.fixture
def specialist() -> Person:
    return make_person(Role.DATA_SPECIALIST)


@pytest.fixture
def colleague(specialist: Person) -> Person:
    return make_person(Role.VIEWER, department=specialist.department)


@pytest.fixture
def point_list(specialist: Person) -> PointList:
    return create_point_list(
        actor=specialist, name="汛期巡查", camera_ids=[make_camera().pk, make_camera().pk]
    )


def state(point_list: PointList) -> tuple[Any, ...]:
    found = PointList.objects.filter(pk=point_list.pk).values_list("name", flat=True)
    points = point_list.cameras.order_by("pk").values_list("pk", flat=True)
    return list(found), list(points), AuditEvent.objects.count()


def last_event() -> AuditEvent:
    return AuditEvent.objects.latest("pk")


def test_a_colleague_renames_a_list_and_it_is_recorded(point_list: PointList, colleague: Person) -> None:
    rename_point_list(actor=colleague, point_list=point_list, name="  台风 巡查 ")
    assert PointList.objects.get().name == "台风 巡查"
    event = last_event()
    assert (event.action, event.before, event.after) == (
        AuditAction.PointListChanged,
        {"name": "汛期巡查"},
        {"name": "台风 巡查"},
    )


def test_points_are_added_and_removed_in_one_act(point_list: PointList, colleague: Person) -> None:
    first, second = point_list.cameras.order_by("pk")
    new = make_camera()
    count = change_points(
        actor=colleague, point_list=point_list, add=[new.pk, second.pk], remove=[first.pk, 999_999_999]
    )
    assert count == 2 and set(point_list.cameras.all()) == {second, new}
    assert last_event().after == {"added": 1, "removed": 1, "points": 2}


def test_nothing_to_change_is_no_event(point_list: PointList, colleague: Person) -> None:
    before = state(point_list)
    change_points(actor=colleague, point_list=point_list, remove=[999_999_999])
    rename_point_list(actor=colleague, point_list=point_list, name="汛期巡查")
    assert state(point_list) == before


def test_a_withdrawn_point_stays_in_the_list_until_it_is_removed(
    point_list: PointList, colleague: Person
) -> None:
    gone = point_list.cameras.order_by("pk")[0]
    Camera.objects.filter(pk=gone.pk).update(publication="withdrawn")
    assert change_points(actor=colleague, point_list=point_list, add=[make_camera().pk]) == 3
    assert change_points(actor=colleague, point_list=point_list, remove=[gone.pk]) == 2


def test_a_list_is_deleted_with_its_name_on_record(point_list: PointList, colleague: Person) -> None:
    delete_point_list(actor=colleague, point_list=point_list)
    assert not PointList.objects.exists() and Camera.objects.count() == 2
    event = last_event()
    assert (event.action, event.before) == (
        AuditAction.PointListDeleted,
        {"name": "汛期巡查", "points": 2},
    )


def test_a_list_that_a_demand_names_stays(specialist: Person) -> None:
    city = City()
    demand = city.submit(make_camera(city.water))
    kept = demand.point_list
    before = state(kept)
    with pytest.raises(Conflict, match="已有需求使用清单"):
        delete_point_list(actor=city.specialist, point_list=kept)
    assert state(kept) == before


REFUSED: list[tuple[str, Callable[[Person, PointList], Any], type[GongshiError], str]] = [
    (
        "no name",
        lambda who, one: rename_point_list(actor=who, point_list=one, name=" "),
        Invalid,
        "起一个名称",
    ),
    (
        "long name",
        lambda who, one: rename_point_list(actor=who, point_list=one, name="长" * 65),
        Invalid,
        "不能超过 64 个字",
    ),
    (
        "none left",
        lambda who, one: change_points(
            actor=who, point_list=one, remove=list(one.cameras.values_list("pk", flat=True))
        ),
        Invalid,
        "至少要有一个点位",
    ),
    (
        "unknown point",
        lambda who, one: change_points(actor=who, point_list=one, add=[999_999_999]),
        Invalid,
        "其中 1 个点位不存在或已撤回",
    ),
]


@pytest.mark.parametrize(
    ("act", "error", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_bad_change_is_refused_and_changes_nothing(
    act: Callable[[Person, PointList], Any],
    error: type[GongshiError],
    sentence: str,
    point_list: PointList,
    colleague: Person,
) -> None:
    before = state(point_list)
    with pytest.raises(error, match=sentence):
        act(colleague, point_list)
    assert state(point_list) == before


def test_a_name_that_the_department_has_given_is_refused(point_list: PointList, colleague: Person) -> None:
    other = create_point_list(actor=colleague, name="公园", camera_ids=[make_camera().pk])
    before = state(other)
    with pytest.raises(Invalid, match="已有同名清单"):
        rename_point_list(actor=colleague, point_list=other, name="汛期巡查")
    assert state(other) == before


def test_a_list_has_no_more_points_than_it_may(
    point_list: PointList, colleague: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_POINTS", 2)
    camera = make_camera()
    before = state(point_list)
    with pytest.raises(Invalid, match="最多 2 个点位，现有 3 个"):
        change_points(actor=colleague, point_list=point_list, add=[camera.pk])
    assert state(point_list) == before


STRANGERS = [(Role.DATA_SPECIALIST, False), *((role, True) for role in sorted(SEPARATED_ADMINISTRATORS))]


@pytest.mark.parametrize(("role", "is_colleague"), STRANGERS)
def test_nobody_else_changes_a_list(
    role: Role, is_colleague: bool, point_list: PointList, client: Client
) -> None:
    stranger = make_person(role, department=point_list.department if is_colleague else None)
    before = state(point_list)
    for act in (
        lambda: rename_point_list(actor=stranger, point_list=point_list, name="别人的"),
        lambda: change_points(actor=stranger, point_list=point_list, add=[make_camera().pk]),
        lambda: delete_point_list(actor=stranger, point_list=point_list),
        lambda: actions.take_out_points(actor=stranger, point_list=point_list, form="csv"),
    ):
        with pytest.raises(Forbidden):
            act()
    client.force_login(stranger)
    for answer in (
        client.patch(f"{LISTS}/{point_list.pk}", json.dumps({"name": "别人的"}), "application/json"),
        client.post(f"{LISTS}/{point_list.pk}/points", json.dumps({"add": []}), "application/json"),
        client.delete(f"{LISTS}/{point_list.pk}"),
        client.get(f"{LISTS}/{point_list.pk}/file"),
    ):
        assert answer.status_code == 404
    assert state(point_list)[:2] == before[:2]


# --- over the interface ------------------------------------------------------------------------


def test_a_list_is_kept_over_the_interface(point_list: PointList, colleague: Person, client: Client) -> None:
    client.force_login(colleague)
    address = f"{LISTS}/{point_list.pk}"
    renamed = client.patch(address, json.dumps({"name": "台风"}), "application/json")
    assert renamed.json()["url"] == point_list.get_absolute_url()
    new = make_camera()
    changed = client.post(f"{address}/points", json.dumps({"add": [new.pk]}), "application/json")
    assert changed.json() == {"id": point_list.pk, "point_count": 3}
    assert client.delete(address).status_code == 204
    assert not PointList.objects.exists()


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
def test_a_list_is_taken_out_as_a_file_and_recorded(
    form: str, point_list: PointList, colleague: Person, client: Client
) -> None:
    client.force_login(colleague)
    other = make_camera()
    answer = client.get(f"{LISTS}/{point_list.pk}/file?form={form}")
    content = answer.getvalue()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    if form == "csv":
        text = content.decode("utf-8-sig")
        assert all(camera.code in text for camera in point_list.cameras.all()) and other.code not in text
    if form == "geojson":
        assert len(json.loads(content)["features"]) == 2
    event = last_event()
    assert event.action == AuditAction.CamerasTakenOut
    assert event.after["conditions"] == "点位需求清单：汛期巡查" and event.after["cameras"] == 2
