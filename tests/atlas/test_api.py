"""The map's JSON: the contract with the page, who may ask, and what is never told."""

import gzip
import json
from typing import Any

import pytest
from django.test import Client

from gongshi.atlas.models import PointList
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from tests.atlas.asking import ATLAS, post
from tests.factories import make_camera, make_department, make_person
from tests.grants.making import make_grant

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def cameras() -> list[Camera]:
    water = make_department("丽水市水利局")
    return [
        make_camera(water, name="山塘", status="repair"),
        make_camera(water, sharing_level="restricted"),
        make_camera(sharing_level="none", status="offline"),
    ]


# --- points ------------------------------------------------------------------------------------


def rows_of(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{ATLAS}/rows?{query}").json()
    return [dict(zip(answer["fields"], row, strict=True)) for row in answer["rows"]]


def test_points_come_as_rows_with_their_fields_named_once(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    first = min(cameras, key=lambda camera: camera.code)
    assert rows_of(client)[0] == {
        "id": first.pk,
        "code": first.code,
        "name": "山塘",
        "address": first.address,
        "region": first.region,
        "owner": first.owner_id,
        "source_department": first.source_department_id,
        "point_class": first.point_class,
        "device_type": first.device_type,
        "security_level": first.security_level,
        "sharing": "unconditional",
        "status": "offline",  # in repair: no picture
        "lon": first.longitude,
        "lat": first.latitude,
    }
    facets = client.get(f"{ATLAS}/facets").json()["facets"]
    assert facets["sharing_level"] == {"unconditional": 1, "restricted": 1, "none": 1}
    assert facets["status"] == {"repair": 1, "online": 1, "offline": 1}


def test_repeated_parameters_mean_any_of_them(person: Person, cameras: list[Camera], client: Client) -> None:
    query = "sharing_level=restricted&sharing_level=none&status=online"
    facets = client.get(f"{ATLAS}/facets?{query}").json()["facets"]
    assert [row["id"] for row in rows_of(client, query)] == [cameras[1].pk]
    assert facets["sharing_level"] == {"restricted": 1}
    assert facets["status"] == {"online": 1, "offline": 1}


def test_all_eight_filters_of_the_standard_and_more_are_known(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    camera = cameras[1]
    query = {
        "code": camera.code[-4:],
        "owner": camera.owner_id,
        "device_type": camera.device_type,
        "location": camera.address,
        "sharing_level": camera.sharing_level,
        "opening_level": camera.opening_level,
        "status": camera.status,
        "transmission": camera.transmission,
        "region": camera.region,
        "point_class": camera.point_class,
        "security_level": camera.security_level,
        "source_department": camera.source_department_id,
        "q": camera.name,
    }
    assert [row[0] for row in client.get(f"{ATLAS}/rows", query).json()["rows"]] == [camera.pk]


@pytest.mark.parametrize("path", ["rows", "facets", "viewport"])
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sharing_level=secret", "“共享级别”没有“secret”这个选项，请重新选择。"),
        ("owner=0", "“所属单位”没有“0”这个选项"),
        ("ip_address=10.33.0.1", "ip_address"),
    ],
)
def test_an_unknown_filter_value_is_answered_with_a_sentence(
    path: str, query: str, words: str, person: Person, cameras: list[Camera], client: Client
) -> None:
    answer = client.get(f"{ATLAS}/{path}?{query}")
    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]


def test_answers_are_zipped_for_who_can_unpack(person: Person, cameras: list[Camera], client: Client) -> None:
    plain = client.get(f"{ATLAS}/viewport")
    zipped = client.get(f"{ATLAS}/viewport", headers={"accept-encoding": "gzip, deflate"})
    assert zipped.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(zipped.content) == plain.content
    assert "Accept-Encoding" in zipped.headers["Vary"]


def test_a_view_needs_few_questions(
    person: Person, cameras: list[Camera], client: Client, django_assert_max_num_queries: Any
) -> None:
    client.get(f"{ATLAS}/viewport")
    with django_assert_max_num_queries(5):  # session, person, department, roles; the edition each second
        client.get(f"{ATLAS}/viewport?sharing_level=none")


# --- card --------------------------------------------------------------------------------------


def test_the_card_tells_the_archive(person: Person, cameras: list[Camera], client: Client) -> None:
    card = client.get(f"{ATLAS}/cameras/{cameras[1].pk}").json()
    assert (card["title"], card["code"]) == (cameras[1].name, cameras[1].code)
    assert card["sharing"] == {"value": "restricted", "label": "受限共享"}
    fields = {field["label"]: field["value"] for field in card["fields"]}
    assert fields["所属单位"] == "丽水市水利局" and fields["地址"] == cameras[1].address
    assert (card["in_list"], card["may_watch"], card["watch_url"]) == (False, False, None)


def test_who_has_a_grant_is_shown_the_way_to_the_picture(client: Client) -> None:
    grant = make_grant()
    client.force_login(grant.viewers.get())
    card = client.get(f"{ATLAS}/cameras/{grant.camera_id}").json()
    assert card["may_watch"] and card["watch_url"].endswith(f"?camera={grant.camera_id}")


@pytest.mark.parametrize("publication", ["withdrawn", None])
def test_a_point_that_is_not_published_is_not_found(
    publication: str | None, person: Person, client: Client
) -> None:
    pk = make_camera(publication=publication).pk if publication else 999_999_999
    answer = client.get(f"{ATLAS}/cameras/{pk}")
    assert answer.status_code == 404 and "刷新地图" in answer.json()["error"]["message"]


# --- list --------------------------------------------------------------------------------------


def test_the_summary_tells_who_decides_over_what(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    gone = make_camera(publication="withdrawn")
    chosen = [camera.pk for camera in cameras] + [cameras[0].pk, gone.pk]
    answer = post(client, "summary", {"camera_ids": chosen}).json()
    assert (answer["total"], answer["needs_review"], answer["missing"]) == (3, 2, [gone.pk])
    assert answer["groups"][0] == {
        "department_id": cameras[0].source_department_id,
        "department": "丽水市水利局",
        "unconditional": 1,
        "restricted": 1,
        "none": 0,
    }
    assert [camera["id"] for camera in answer["cameras"]] == [camera.pk for camera in cameras]
    assert answer["cameras"][1]["sharing"] == "restricted"


def test_a_submitted_list_has_a_page_and_a_way_to_a_demand(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    answer = post(client, "lists", {"name": "汛期巡查", "camera_ids": [cameras[0].pk]})
    point_list = PointList.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": point_list.pk,
        "url": point_list.get_absolute_url(),
        "demand_url": f"/demands/new/?list={point_list.pk}",
    }
    assert point_list.department == person.department
    listed = client.get(f"{ATLAS}/lists").json()
    assert [(each["name"], each["point_count"], each["created_by"]) for each in listed] == [
        ("汛期巡查", 1, person.name)
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "camera_ids": [1]}, "name"),
        ({"name": "汛期巡查", "camera_ids": []}, "camera_ids"),
        ({"name": "汛期巡查", "camera_ids": [999_999_999]}, "camera_ids"),
        ({"name": "汛期巡查", "camera_ids": ["x"]}, ""),
        ({"name": "汛期巡查"}, "camera_ids"),
    ],
)
def test_a_bad_list_is_refused_with_a_sentence(
    body: dict[str, Any], field: str, person: Person, client: Client
) -> None:
    answer = post(client, "lists", body)
    error = answer.json()["error"]
    assert answer.status_code == 422 and error["message"].endswith("。")
    assert field in (error["field"] or "")
    assert not PointList.objects.exists()


def test_a_list_is_not_made_without_the_csrf_token(cameras: list[Camera]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person(Role.DATA_SPECIALIST))
    answer = post(client, "lists", {"name": "汛期巡查", "camera_ids": [cameras[0].pk]})
    assert answer.status_code == 403 and not PointList.objects.exists()


# --- who may, and what is never told -----------------------------------------------------------

READS = ("setup", "viewport", "facets", "rows", "borders", "cameras/{id}", "lists")


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_administrators_have_no_business_on_the_map(
    role: Role, cameras: list[Camera], client: Client
) -> None:
    client.force_login(make_person(role))
    for path in READS:
        answer = client.get(f"{ATLAS}/{path.format(id=cameras[0].pk)}")
        assert answer.status_code == 403, path
        assert cameras[0].code not in answer.content.decode()
    assert client.get("/atlas/").status_code == 403
    assert post(client, "summary", {"camera_ids": [cameras[0].pk]}).status_code == 403
    assert post(client, "lists", {"name": "清单", "camera_ids": [cameras[0].pk]}).status_code == 403
    assert not PointList.objects.exists()


def test_nobody_who_is_not_signed_in_reads_the_map(cameras: list[Camera], client: Client) -> None:
    for path in READS:
        answer = client.get(f"{ATLAS}/{path.format(id=cameras[0].pk)}")
        assert answer.status_code in {302, 401}, path
    assert client.get("/atlas/").status_code == 302
    assert post(client, "lists", {"name": "清单", "camera_ids": [cameras[0].pk]}).status_code in {
        302,
        401,
        403,
    }
    assert not PointList.objects.exists()


def test_no_answer_tells_network_fields_to_those_who_may_not(person: Person, client: Client) -> None:
    camera = make_camera(ip_address="10.99.98.97", gateway="10.99.98.1", vlan=4007, netmask="255.255.254.0")
    answers = [
        client.get(f"{ATLAS}/rows"),
        client.get(f"{ATLAS}/viewport?code={camera.code}"),
        client.get(f"{ATLAS}/cameras/{camera.pk}"),
        client.get("/atlas/"),
        post(client, "summary", {"camera_ids": [camera.pk]}),
        post(client, "lists", {"name": "清单", "camera_ids": [camera.pk]}),
        client.get(PointList.objects.get().get_absolute_url()),
    ]
    for answer in answers:
        text = answer.content.decode()
        assert answer.status_code in {200, 201}
        for secret in ("10.99.98.", "4007", "255.255.254.0", "rtsp"):
            assert secret not in text


def test_not_even_the_bureau_gets_network_fields_in_bulk(cameras: list[Camera], client: Client) -> None:
    client.force_login(make_person(Role.BUREAU_ADMINISTRATOR))
    for path in ("rows", "viewport", "facets", "setup"):
        assert str(cameras[0].ip_address) not in client.get(f"{ATLAS}/{path}").content.decode()


# --- borders and page --------------------------------------------------------------------------


def test_the_borders_are_the_nine_counties_and_may_be_kept(person: Person, client: Client) -> None:
    answer = client.get(f"{ATLAS}/borders", headers={"accept-encoding": "gzip"})
    borders = json.loads(gzip.decompress(answer.content))
    assert len(borders["features"]) == 9 and borders["type"] == "FeatureCollection"
    assert "max-age" in answer.headers["Cache-Control"]


def test_the_page_hands_the_map_its_address(person: Person, cameras: list[Camera], client: Client) -> None:
    page = client.get("/atlas/").content.decode()
    assert f'data-api="{ATLAS}/"' in page
    for field in ("q", "code", "location"):
        assert f'name="{field}"' in page
    assert "<script>" not in page and "style=" not in page


def test_the_map_is_told_all_filters_with_their_choices(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    setup = client.get(f"{ATLAS}/setup").json()
    filters = {each["name"]: each for each in setup["filters"]}
    assert filters["sharing_level"]["title"] == "共享级别"
    assert {"value": "331102", "label": "莲都区"} in filters["region"]["choices"]
    assert {"丽水市水利局"} < {department["name"] for department in setup["departments"]}
    assert setup["limits"]["points_of_a_list"] == 20_000
