"""The map's addresses: views, windows of the list, areas, codes; what is refused, and what never told."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongshi.atlas import actions, api
from gongshi.atlas.actions import create_point_list
from gongshi.atlas.card import Line, _tellers, tell_on_card
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from gongshi.kernel.workbook import MAX_BYTES
from tests.atlas.asking import ATLAS, post
from tests.catalogue import books
from tests.clients.making import call, make_client
from tests.factories import make_camera, make_department, make_person
from tests.grants.making import make_grant

pytestmark = pytest.mark.django_db
CITY = "bbox=118.6,27.4,120.8,29.0"


@pytest.fixture
def cameras() -> list[Camera]:
    water = make_department("丽水市水利局")
    return [
        make_camera(water, code="3311-1", name="山塘", status="repair", longitude=119.9),
        make_camera(water, code="3311-2", name="大坝", sharing_level="restricted", longitude=119.95),
        make_camera(code="3311-3", name="公园", sharing_level="none", status="offline", longitude=120.4),
    ]


def rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(answer["fields"], row, strict=True)) for row in answer["rows"]]


# --- one set everywhere ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["3311-1", "3311-2", "3311-3"]),
        ("q=山塘", ["3311-1"]),
        ("sharing_level=restricted&sharing_level=none", ["3311-2", "3311-3"]),
        ("area=circle:119.92,28.46,5000", ["3311-1", "3311-2"]),
        ("codes=3311-3&codes=nothing", ["3311-3"]),
        ("q=没有", []),
    ],
)
def test_map_counts_and_list_show_the_same_set(
    query: str, found: list[str], person: Person, cameras: list[Camera], client: Client
) -> None:
    seen = client.get(f"{ATLAS}/viewport?{CITY}&zoom=9&{query}").json()
    counted = client.get(f"{ATLAS}/facets?{query}").json()
    listed = client.get(f"{ATLAS}/rows?{query}").json()
    selected = post(client, "select", {"filters": _as_lists(query)}).json()
    assert [row["code"] for row in rows(listed)] == found
    assert sorted(point["code"] for point in rows(seen["points"])) == found
    assert selected["ids"] == [row["id"] for row in rows(listed)]
    assert {each["total"] for each in (seen, counted, listed, selected)} == {len(found)}
    assert len({each["version"] for each in (seen, counted, listed, selected)}) == 1


def _as_lists(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        found.setdefault(name, []).append(value)
    return found


def test_the_list_comes_in_windows_from_either_end(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    last = client.get(f"{ATLAS}/rows?sort=-code&limit=1").json()
    assert (last["total"], [row["code"] for row in rows(last)]) == (3, ["3311-3"])
    rest = client.get(f"{ATLAS}/rows?sort=name&offset=1&limit=200").json()
    assert [row["name"] for row in rows(rest)] == ["大坝", "山塘"]
    assert client.get(f"{ATLAS}/rows?limit=201").status_code == 422


def test_what_my_department_may_watch_is_counted_and_found(client: Client) -> None:
    grant, other = make_grant(), make_grant()
    client.force_login(grant.viewers.get())
    assert client.get(f"{ATLAS}/facets").json()["facets"]["watchable"] == {"1": 1}
    found = client.get(f"{ATLAS}/rows?watchable=1").json()
    assert [row["id"] for row in rows(found)] == [grant.camera_id] != [other.camera_id]


def test_departments_count_with_those_below_them(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    water = cameras[0].source_department
    station = make_department("水文站")
    type(station).objects.filter(pk=station.pk).update(parent=water)
    make_camera(station)
    facets = client.get(f"{ATLAS}/facets").json()["facets"]
    assert facets["source_department"][str(water.pk)] == 2
    assert facets["source_under"][str(water.pk)] == 3
    branches = client.get(f"{ATLAS}/setup").json()["departments"]
    depths = {branch["name"]: (branch["depth"], branch["above"]) for branch in branches}
    assert depths["水文站"] == (1, water.pk) and depths["丽水市水利局"] == (0, None)
    assert client.get(f"{ATLAS}/rows?source_under={water.pk}").json()["total"] == 3


def test_a_list_of_another_department_is_no_filter(
    cameras: list[Camera], person: Person, client: Client
) -> None:
    theirs = create_point_list(
        actor=make_person(Role.DATA_SPECIALIST), name="清单", camera_ids=[cameras[0].pk]
    )
    answer = client.get(f"{ATLAS}/rows?list={theirs.pk}")
    assert answer.status_code == 404 and "3311-1" not in answer.content.decode()


# --- selecting ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "found"),
    [
        ("box:119.85,28.4,119.97,28.5", 2),
        ("polygon:119.85,28.4;119.97,28.4;119.97,28.5", 1),
        ("circle:119.95,28.46,100", 1),
        ("line:100;119.8,28.46;120.5,28.46", 3),
    ],
)
def test_points_are_selected_by_each_kind_of_area(
    area: str, found: int, person: Person, cameras: list[Camera], client: Client
) -> None:
    assert post(client, "select", {"area": area}).json()["total"] == found


def test_an_area_that_was_drawn_on_a_shifted_map_selects_what_stands_there(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    card = client.get(f"{ATLAS}/cameras/{cameras[0].pk}?crs=gcj02").json()
    area = f"circle:{card['lon']},{card['lat']},20"
    assert post(client, "select", {"area": area, "crs": "gcj02"}).json()["ids"] == [cameras[0].pk]
    assert post(client, "select", {"area": area}).json()["ids"] == []


def test_more_than_a_list_may_have_is_refused_with_the_number(
    person: Person, cameras: list[Camera], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_POINTS", 2)
    answer = post(client, "select", {"area": "box:119,28,121,29"})
    assert answer.status_code == 422
    assert "这里有 3 个点位，一份清单最多 2 个。请缩小范围" in answer.json()["error"]["message"]


def test_pasted_codes_are_found_and_the_others_named(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    gone = make_camera(publication="withdrawn", code="3311-9")
    answer = post(client, "codes", {"text": "3311-2，没有\n3311-1、3311-2; 3311-9 "}).json()
    assert answer["ids"] == [cameras[1].pk, cameras[0].pk]
    assert answer["missing"] == ["没有", gone.code]
    assert answer["message"] == "这些编号里 2 个没找到：没有、3311-9。"
    assert post(client, "codes", {"codes": ["3311-3"]}).json()["message"] == ""
    assert post(client, "codes", {"text": " \n"}).status_code == 422


def _workbook(*codes: str) -> bytes:
    rows = [{"设备名称": "山塘", "视频编号": code} for code in codes]
    return books.xlsx(rows, heads=("设备名称", "视频编号")).getvalue()


@pytest.mark.parametrize("kind", ["csv", "txt", "xlsx", "bare.csv"])
def test_codes_of_a_file_are_found(kind: str, person: Person, cameras: list[Camera], client: Client) -> None:
    content = {
        "csv": "名称,视频编号\n山塘,3311-1\n,3311-7\n".encode("gb18030"),
        "bare.csv": b"3311-1\n3311-7\n",
        "txt": b"3311-1 3311-7",
        "xlsx": _workbook("3311-1", "3311-7"),
    }[kind]
    file = SimpleUploadedFile(f"编号.{kind}", content)
    answer = client.post(f"{ATLAS}/codes/file", {"file": file})
    assert (answer.json()["ids"], answer.json()["missing"]) == ([cameras[0].pk], ["3311-7"])


def test_a_file_that_is_none_is_refused_with_a_sentence(person: Person, client: Client) -> None:
    answer = client.post(f"{ATLAS}/codes/file", {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04 no")})
    assert answer.status_code == 422 and answer.json()["error"]["message"].endswith("）")


@pytest.mark.parametrize("kind", ["txt", "csv"])
def test_a_file_of_codes_that_is_too_large_is_refused(person: Person, client: Client, kind: str) -> None:
    file = SimpleUploadedFile(f"编号.{kind}", b"3311-1\n" * (MAX_BYTES // 7 + 1))
    answer = client.post(f"{ATLAS}/codes/file", {"file": file})
    assert answer.status_code == 422 and "文件超过" in answer.json()["error"]["message"]


# --- card --------------------------------------------------------------------------------------


def test_the_card_tells_who_may_watch_and_what_a_demand_would_need(client: Client) -> None:
    grant = make_grant()
    viewer = grant.viewers.get()
    other = make_grant(camera=grant.camera).viewers.get()
    client.force_login(viewer)
    card = client.get(f"{ATLAS}/cameras/{grant.camera_id}").json()
    assert [watcher["name"] for watcher in card["watchers"]] == [viewer.name] != [other.name]
    assert card["watcher_count"] == 1 and card["approval"].startswith("无条件共享")


def test_the_card_names_the_department_that_decides(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    assert "需“丽水市水利局”确认" in client.get(f"{ATLAS}/cameras/{cameras[1].pk}").json()["approval"]


def test_rooms_above_add_their_lines_to_the_card(
    person: Person, cameras: list[Camera], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in list(_tellers):
        monkeypatch.delitem(_tellers, room)
    monkeypatch.setitem(_tellers, "test", lambda person, camera: [Line("最近检测", camera.name, "/x")])
    card = client.get(f"{ATLAS}/cameras/{cameras[0].pk}").json()
    assert {"label": "最近检测", "value": "山塘", "url": "/x"} in card["quality"]
    assert callable(tell_on_card)


# --- who may, and what is never told -----------------------------------------------------------

READS = (
    *("setup", "facets", "rows", "borders", "lists", f"viewport?{CITY}&zoom=9"),
    *("cameras/{id}", "lists/{list}", "lists/{list}/file?form=csv", "lists/{list}/file?form=geojson"),
)
POSTS: dict[str, dict[str, Any]] = {
    "select": {"area": "box:119,28,121,29"},
    "codes": {"codes": ["3311-1", "3311-2", "3311-3", "3311-s"]},
    "summary": {"camera_ids": [1]},
}
SECRETS = ("10.99.98.", "4007", "255.255.254.0", "rtsp", "aa:bb:cc", "fd00::9")


@pytest.mark.parametrize("role", [Role.DATA_SPECIALIST, Role.VIEWER, Role.DEPARTMENT_HEAD])
def test_no_answer_tells_network_fields_to_those_who_may_not(role: Role, client: Client) -> None:
    person = make_person(role)
    client.force_login(person)
    camera = make_camera(
        code="3311-s",
        ip_address="10.99.98.97",
        gateway="10.99.98.1",
        vlan=4007,
        netmask="255.255.254.0",
        mac_address="aa:bb:cc:00:00:01",
        ipv6_address="fd00::9",
    )
    point_list = create_point_list(actor=person, name="清单", camera_ids=[camera.pk])
    answers = [client.get(f"{ATLAS}/{path.format(id=camera.pk, list=point_list.pk)}") for path in READS]
    answers += [post(client, path, body | _of(camera, path)) for path, body in POSTS.items()]
    for answer in answers:
        assert answer.status_code == 200, answer.content
        text = answer.getvalue().decode()
        assert [secret for secret in SECRETS if secret in text] == []


def _of(camera: Camera, path: str) -> dict[str, Any]:
    return {"camera_ids": [camera.pk]} if path == "summary" else {}


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_administrators_have_no_business_on_the_map(
    role: Role, cameras: list[Camera], client: Client
) -> None:
    point_list = create_point_list(
        actor=make_person(Role.DATA_SPECIALIST), name="清单", camera_ids=[cameras[0].pk]
    )
    client.force_login(make_person(role))
    answers = [client.get(f"{ATLAS}/{path.format(id=cameras[0].pk, list=point_list.pk)}") for path in READS]
    answers += [post(client, path, body) for path, body in POSTS.items()]
    for answer in answers:
        assert answer.status_code in {403, 404} and b"3311-" not in answer.content


def test_points_that_are_not_published_are_nowhere(person: Person, client: Client) -> None:
    camera = make_camera(publication="withdrawn", code="3311-gone", name="已撤回的点位")
    for path in READS[:6]:
        assert "3311-gone" not in client.get(f"{ATLAS}/{path}").getvalue().decode()
    assert client.get(f"{ATLAS}/rows?id={camera.pk}").json()["total"] == 0
    assert post(client, "select", {"filters": {"codes": ["3311-gone"]}}).json()["ids"] == []
    assert post(client, "codes", {"codes": ["3311-gone"]}).json()["ids"] == []
    assert actions.MOST_POINTS == 20_000


def test_another_system_reads_the_map_but_is_told_of_no_people() -> None:
    grant = make_grant()
    viewer = grant.viewers.get()
    issued = make_client(
        scopes=["atlas:read"], responsible=make_person(Role.VIEWER, department=viewer.department)
    )
    for path in ("setup", "facets", "rows", f"viewport?{CITY}&zoom=9"):
        assert call(issued, f"/atlas/{path}").status_code == 200
    card = call(issued, f"/atlas/cameras/{grant.camera_id}")
    assert card.json()["watchers"] == [] and viewer.name not in card.content.decode()  # type: ignore[attr-defined]
    assert call(issued, "/atlas/lists/1/file").status_code == 403


def test_counts_come_with_how_far_the_points_reach(
    person: Person, cameras: list[Camera], client: Client
) -> None:
    assert client.get(f"{ATLAS}/facets").json()["extent"] == [119.9, 28.46, 120.4, 28.46]
    assert client.get(f"{ATLAS}/facets?q=没有").json()["extent"] is None
    shifted = client.get(f"{ATLAS}/facets?q=大坝&crs=gcj02").json()["extent"]
    assert shifted[0] == shifted[2] != 119.95
