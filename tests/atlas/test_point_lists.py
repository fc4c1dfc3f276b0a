"""视频点位需求清单: who may make one, of what, and who sees it (§6.2)."""

import io
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from gongshi.atlas import actions, queries
from gongshi.atlas.actions import create_point_list
from gongshi.atlas.models import PointList
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from gongshi.kernel.errors import Forbidden, GongshiError, Invalid
from tests.at_once import refusals_at_once
from tests.factories import make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def specialist() -> Person:
    return make_person(Role.DATA_SPECIALIST)


@pytest.fixture
def cameras() -> list[Camera]:
    water, school = make_department("丽水市水利局"), make_department("丽水市教育局")
    return [
        make_camera(water),
        make_camera(water, sharing_level="restricted"),
        make_camera(school, sharing_level="none"),
    ]


def ids(cameras: list[Camera]) -> list[int]:
    return [camera.pk for camera in cameras]


def refused(error: type[GongshiError], actor: Person, name: str, camera_ids: Any) -> GongshiError:
    """Making the list fails, and no list, point or audit event is left behind."""
    before = (
        PointList.objects.count(),
        PointList.cameras.through.objects.count(),
        AuditEvent.objects.count(),
    )
    with pytest.raises(error) as raised:
        create_point_list(actor=actor, name=name, camera_ids=camera_ids)
    after = (PointList.objects.count(), PointList.cameras.through.objects.count(), AuditEvent.objects.count())
    assert after == before
    return raised.value


def test_a_list_keeps_its_points_for_the_department(specialist: Person, cameras: list[Camera]) -> None:
    point_list = create_point_list(
        actor=specialist, name=" 汛期  巡查 ", camera_ids=[*ids(cameras), cameras[0].pk]
    )
    assert point_list.name == "汛期 巡查"
    assert point_list.department == specialist.department
    assert list(queries.points_of(point_list)) == sorted(cameras, key=lambda camera: camera.code)
    event = AuditEvent.objects.get(action=AuditAction.PointListCreated)
    assert event.after == {"name": "汛期 巡查", "points": 3}


@pytest.mark.parametrize("role", [role for role in Role if role not in SEPARATED_ADMINISTRATORS])
def test_every_business_role_makes_lists(role: Role, cameras: list[Camera]) -> None:
    assert create_point_list(actor=make_person(role), name="汛期巡查", camera_ids=ids(cameras)).pk


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_administrators_make_no_lists(role: Role, cameras: list[Camera]) -> None:
    refused(Forbidden, make_person(role), "汛期巡查", ids(cameras))


@pytest.mark.parametrize(
    ("name", "words"), [("", "起一个名称"), ("  ", "起一个名称"), ("长" * 65, "不能超过 64")]
)
def test_a_list_needs_a_fitting_name(
    name: str, words: str, specialist: Person, cameras: list[Camera]
) -> None:
    error = refused(Invalid, specialist, name, ids(cameras))
    assert error.field == "name" and words in error.message


def test_an_empty_list_is_refused(specialist: Person) -> None:
    assert "还没有点位" in refused(Invalid, specialist, "汛期巡查", []).message


def test_too_many_points_are_refused(specialist: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert actions.MOST_POINTS == 20_000
    error = refused(Invalid, specialist, "汛期巡查", range(1, 20_002))
    assert "最多 20000 个点位，现有 20001 个" in error.message


def test_points_that_are_gone_are_counted_and_nothing_is_kept(
    specialist: Person, cameras: list[Camera]
) -> None:
    withdrawn = make_camera(publication="withdrawn")
    error = refused(Invalid, specialist, "汛期巡查", [*ids(cameras), withdrawn.pk, 999_999_999])
    assert error.message == "其中 2 个点位不存在或已撤回，请移出清单后再提交。"


def test_names_are_unique_within_a_department_only(specialist: Person, cameras: list[Camera]) -> None:
    create_point_list(actor=specialist, name="汛期巡查", camera_ids=ids(cameras))
    colleague = make_person(Role.VIEWER, department=specialist.department)
    assert "同名清单" in refused(Invalid, colleague, "汛期巡查", ids(cameras)).message
    assert create_point_list(actor=make_person(Role.VIEWER), name="汛期巡查", camera_ids=ids(cameras)).pk


@pytest.mark.django_db(transaction=True)
def test_of_two_lists_of_one_name_at_once_one_is_made() -> None:
    specialist, camera = make_person(Role.DATA_SPECIALIST), make_camera()
    refusals = refusals_at_once(
        *[lambda: create_point_list(actor=specialist, name="汛期巡查", camera_ids=[camera.pk])] * 2
    )
    assert refusals == [Invalid]
    assert PointList.objects.count() == 1


# --- seen by the department and nobody else ---------------------------------------------------


@pytest.fixture
def point_list(specialist: Person, cameras: list[Camera]) -> PointList:
    return create_point_list(actor=specialist, name="汛期巡查", camera_ids=ids(cameras))


def test_colleagues_see_the_list(point_list: PointList, client: Client) -> None:
    client.force_login(make_person(Role.VIEWER, department=point_list.department))
    assert "汛期巡查" in client.get("/atlas/lists/").content.decode()
    page = client.get(point_list.get_absolute_url()).content.decode()
    assert "3 个，其中 2 个需数源部门审核" in page
    assert "丽水市水利局" in page and "丽水市教育局" in page
    assert f"?list={point_list.pk}" in page


def test_colleagues_read_over_the_interface_what_the_page_shows(
    point_list: PointList, cameras: list[Camera], client: Client
) -> None:
    client.force_login(make_person(Role.VIEWER, department=point_list.department))
    answer = client.get(f"/api/v1/atlas/lists/{point_list.pk}").json()
    points = answer.pop("points")
    assert (answer["name"], answer["point_count"], answer["needs_review"]) == ("汛期巡查", 3, 2)
    assert answer["department"] == point_list.department.name
    assert answer["created_by"] == point_list.created_by.name
    assert sorted([*total.values()] for total in answer["totals"]) == sorted(
        [["丽水市教育局", "none", 1], ["丽水市水利局", "restricted", 1], ["丽水市水利局", "unconditional", 1]]
    )
    in_order = sorted(cameras, key=lambda camera: camera.code)
    assert [(point["id"], point["code"]) for point in points] == [(one.pk, one.code) for one in in_order]
    assert points[0]["source_department"] == in_order[0].source_department.name
    assert all(str(camera.ip_address) not in str(points) for camera in cameras)


def test_the_points_of_a_list_come_in_pages_and_the_totals_count_all(
    point_list: PointList, cameras: list[Camera], client: Client
) -> None:
    client.force_login(point_list.created_by)
    codes = sorted(camera.code for camera in cameras)
    for query, expected in (("limit=2", codes[:2]), ("limit=2&offset=2", codes[2:]), ("offset=3", [])):
        answer = client.get(f"/api/v1/atlas/lists/{point_list.pk}?{query}").json()
        assert [point["code"] for point in answer["points"]] == expected
        assert answer["point_count"] == sum(total["count"] for total in answer["totals"]) == 3
    for query in ("limit=0", "limit=20001", "offset=-1", f"offset={10**30}"):
        assert client.get(f"/api/v1/atlas/lists/{point_list.pk}?{query}").status_code == 422


def test_points_that_were_withdrawn_stay_in_the_list_and_say_so(
    point_list: PointList, cameras: list[Camera], client: Client
) -> None:
    Camera.objects.filter(pk=cameras[0].pk).update(publication="withdrawn")
    client.force_login(point_list.created_by)
    points = client.get(f"/api/v1/atlas/lists/{point_list.pk}").json()["points"]
    assert {point["id"]: point["publication"] for point in points} == {
        cameras[0].pk: "withdrawn",
        cameras[1].pk: "published",
        cameras[2].pk: "published",
    }


@pytest.mark.parametrize("role", [Role.DATA_SPECIALIST, Role.BUREAU_ADMINISTRATOR, Role.OPERATOR])
def test_the_list_of_another_department_is_not_found(
    role: Role, point_list: PointList, client: Client
) -> None:
    client.force_login(make_person(role))
    assert client.get(point_list.get_absolute_url()).status_code == 404
    assert "汛期巡查" not in client.get("/atlas/lists/").content.decode()
    assert client.get("/api/v1/atlas/lists").json() == []
    answer = client.get(f"/api/v1/atlas/lists/{point_list.pk}")
    assert answer.status_code == 404 and "重新选择" in answer.json()["error"]["message"]
    assert "汛期巡查" not in answer.content.decode()


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_administrators_see_no_lists(role: Role, point_list: PointList, client: Client) -> None:
    client.force_login(make_person(role, department=point_list.department))
    assert client.get("/atlas/lists/").status_code == 403
    assert client.get(point_list.get_absolute_url()).status_code == 404
    assert client.get(f"/api/v1/atlas/lists/{point_list.pk}").status_code == 404


def test_a_list_is_exported_without_network_fields(point_list: PointList, client: Client) -> None:
    bureau = make_person(Role.BUREAU_ADMINISTRATOR)
    mine = create_point_list(actor=bureau, name="全部", camera_ids=ids(list(point_list.cameras.all())))
    client.force_login(bureau)
    answer = client.get(f"{mine.get_absolute_url()}?_export=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 4 and rows[0][0] == "视频编号"
    text = str(rows)
    assert all(
        str(camera.ip_address) not in text and camera.code in text for camera in point_list.cameras.all()
    )


def test_the_pages_of_lists_ask_a_fixed_number_of_questions(
    point_list: PointList, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(make_person(Role.VIEWER, department=point_list.department))
    for number in range(5):
        create_point_list(actor=point_list.created_by, name=f"清单{number}", camera_ids=[make_camera().pk])
    with django_assert_max_num_queries(9):
        client.get("/atlas/lists/")
    with django_assert_max_num_queries(11):
        client.get(point_list.get_absolute_url())
    with django_assert_max_num_queries(10):
        client.get(f"/api/v1/atlas/lists/{point_list.pk}")
