"""The catalogue over JSON."""

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from gongshi.catalogue.models import Camera, Submission
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from tests.catalogue.books import row, xlsx
from tests.catalogue.conftest import State
from tests.factories import browser_of, make_camera, make_person

pytestmark = pytest.mark.django_db
BASE = "/api/v1/catalogue"


def hand_in(person: Person, department: Department, *rows: dict[str, object]) -> HttpResponse:
    file = SimpleUploadedFile("点位.xlsx", xlsx(list(rows)).getvalue())
    return browser_of(person).post(f"{BASE}/submissions", {"department": department.code, "file": file})


def decide(person: Person, number: int, **decision: object) -> HttpResponse:
    return browser_of(person).post(
        f"{BASE}/submissions/{number}/decision", json.dumps(decision), content_type="application/json"
    )


def test_a_workbook_is_handed_in_and_published(
    specialist: Person, police: Department, reviewer: Person
) -> None:
    answer = hand_in(specialist, police, row(police), row(police))
    assert answer.status_code == 201
    created = answer.json()
    assert created["changes"] == 2
    first = browser_of(reviewer).get(f"{BASE}/submissions/{created['id']}").json()["changes"][0]
    assert {"label": "使用状态", "before": None, "after": "在用"} in first["differences"]
    returned = [{"id": first["id"], "reason": "地址不详"}]
    decided = decide(reviewer, created["id"], verdict="approve", returned=returned)
    assert decided.status_code == 200
    assert [change["verdict"] for change in decided.json()["changes"]] == ["returned", "approved"]
    assert Camera.objects.count() == 1


def test_problems_come_with_row_and_column(
    specialist: Person, police: Department, state: Callable[[], State]
) -> None:
    before = state()
    answer = hand_in(specialist, police, row(police), row(police, 网关="10.1.3.1"))
    assert answer.status_code == 422
    assert answer.json()["problems"] == [
        {"row": 3, "column": "网关", "message": "10.1.3.1 不在 10.1.2.0/24 网段内，请核对网关或子网掩码。"}
    ]
    assert answer.json()["error"]["code"] == "workbook_refused"
    assert state() == before


@pytest.mark.parametrize(
    "role", [Role.VIEWER, Role.SOURCE_REVIEWER, Role.OPERATOR, Role.SECURITY_ADMINISTRATOR]
)
def test_who_may_not_compile_finds_no_department(
    role: Role, police: Department, state: Callable[[], State]
) -> None:
    person = make_person(role, department=police)
    before = state()
    assert hand_in(person, police, row(police)).status_code == 404
    assert state() == before


def test_submissions_of_others_are_not_found(
    specialist: Person, police: Department, reviewer: Person
) -> None:
    number = hand_in(specialist, police, row(police)).json()["id"]
    stranger = make_person(Role.DATA_SPECIALIST)
    assert browser_of(stranger).get(f"{BASE}/submissions/{number}").status_code == 404
    assert browser_of(stranger).get(f"{BASE}/submissions").json()["count"] == 0
    assert browser_of(reviewer).get(f"{BASE}/submissions").json()["count"] == 1
    assert browser_of(make_person(Role.VIEWER)).get(f"{BASE}/submissions").status_code == 403


def test_the_compiler_cannot_decide(specialist: Person, police: Department) -> None:
    number = hand_in(specialist, police, row(police)).json()["id"]
    assert decide(specialist, number, verdict="approve").status_code == 403
    assert Submission.objects.get().state == "submitted"


def test_deciding_twice_is_a_conflict(specialist: Person, police: Department, reviewer: Person) -> None:
    number = hand_in(specialist, police, row(police)).json()["id"]
    assert decide(reviewer, number, verdict="approve").status_code == 200
    again = decide(reviewer, number, verdict="approve")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")


def test_cameras_are_filtered_and_paged() -> None:
    make_camera(), make_camera(), make_camera(code="A-1")
    client = browser_of(make_person(Role.VIEWER))
    page = client.get(f"{BASE}/cameras", {"limit": 2}).json()
    assert (page["count"], len(page["items"])) == (3, 2)
    assert [each["code"] for each in client.get(f"{BASE}/cameras", {"q": "A-"}).json()["items"]] == ["A-1"]
    assert client.get(f"{BASE}/cameras", {"device_type": "圆"}).status_code == 422


def test_a_camera_shows_its_network_to_those_who_may(police: Department, specialist: Person) -> None:
    camera = make_camera(police)
    address = f"{BASE}/cameras/{camera.pk}"
    own = browser_of(specialist).get(address).json()
    other = browser_of(make_person(Role.DATA_SPECIALIST)).get(address).json()
    assert "网关" in {field["label"] for field in own["archive"]}
    assert "网关" not in {field["label"] for field in other["archive"]}
    assert own["paths"] == [
        {
            "platform": "sharing",
            "network_zone": "government",
            "protocol": "rtsp",
            "history_source": "none",
            "has_address": True,
        }
    ]
    assert other["paths"] is None
    assert "rtsp:" not in json.dumps(own)


def test_administrators_without_business_get_no_camera() -> None:
    camera = make_camera()
    client = browser_of(make_person(Role.SYSTEM_ADMINISTRATOR))
    assert client.get(f"{BASE}/cameras").status_code == 403
    assert client.get(f"{BASE}/cameras/{camera.pk}").status_code == 403


def test_nobody_gets_in_without_login() -> None:
    assert Client().get(f"{BASE}/cameras").status_code == 401
