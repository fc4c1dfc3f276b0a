"""Taking the catalogue out: who gets what, in which form, and that it is recorded."""

import csv
import io
import json

import pytest
from python_calamine import CalamineWorkbook

from gongshi.audit.models import AuditEvent
from gongshi.catalogue import export_actions
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.export_actions import FORMS, take_out_cameras
from gongshi.catalogue.models import Camera
from gongshi.catalogue.network_scope import NetworkScope
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from gongshi.kernel.authority import may
from gongshi.kernel.errors import Forbidden, Invalid
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db
TAKEN_OUT = "catalogue:camera:taken_out"
API = "/api/v1/catalogue/export/cameras"


def no_event() -> bool:
    return not AuditEvent.objects.filter(action=TAKEN_OUT).exists()


@pytest.mark.parametrize("form", FORMS)
def test_each_form_has_what_the_filter_finds_and_is_recorded(form: str) -> None:
    wanted, other = make_camera(region="331121"), make_camera(region="331102")
    make_camera(region="331121", publication=Publication.WITHDRAWN)
    answer = browser_of(make_person(Role.VIEWER)).get(
        "/catalogue/", {"_export": form, "region": "331121", "q": wanted.name}
    )
    content = answer.getvalue()
    assert f".{form}" in answer.headers["Content-Disposition"]
    assert answer.streaming
    codes = codes_in(content, form)
    assert codes == [wanted.code]
    assert other.code not in codes
    event = AuditEvent.objects.get(action=TAKEN_OUT)
    assert event.after == {
        "conditions": f"视频编号或名称：{wanted.name}；行政区域：青田县",
        "form": form,
        "cameras": 1,
    }


def codes_in(content: bytes, form: str) -> list[str]:
    if form == "geojson":
        return [feature["id"] for feature in json.loads(content)["features"]]
    if form == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [row[0] for row in rows[1:]]


def test_the_rows_stand_in_the_order_of_the_list() -> None:
    department = make_department()
    for code, name in (("A1", "b"), ("A2", "a"), ("A3", "b")):
        make_camera(department, code=code, name=name)
    browser = browser_of(make_person(Role.VIEWER))
    found = codes_in(browser.get("/catalogue/", {"_export": "csv", "sort": "-name"}).getvalue(), "csv")
    assert found == ["A3", "A1", "A2"]


@pytest.mark.parametrize("form", FORMS)
def test_over_the_interface(form: str) -> None:
    camera = make_camera()
    browser = browser_of(make_person(Role.OPERATOR))
    answer = browser.get(API, {"form": form, "q": camera.code})
    assert codes_in(answer.getvalue(), form) == [camera.code]
    assert AuditEvent.objects.filter(action=TAKEN_OUT).count() == 1


def test_a_wrong_form_or_filter_is_told() -> None:
    browser = browser_of(make_person(Role.OPERATOR))
    assert browser.get(API, {"form": "exe"}).status_code == 422
    assert "region" in browser.get(API, {"region": "nowhere"}).json()["error"]["message"]
    assert no_event()


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_who_may_not_read_the_catalogue_takes_nothing_out(role: Role) -> None:
    make_camera()
    person = make_person(role)
    assert browser_of(person).get(API).status_code == 403
    assert browser_of(person).get("/catalogue/", {"_export": "csv"}).status_code == 403
    with pytest.raises(Forbidden):
        take_out_cameras(actor=person, cameras=Camera.objects.all(), conditions="", form="csv")
    assert no_event()


def test_more_than_one_file_may_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        make_camera()
    monkeypatch.setattr(export_actions, "EXPORT_LIMIT", 2)
    with pytest.raises(Invalid, match="请先缩小筛选范围"):
        take_out_cameras(
            actor=make_person(Role.OPERATOR), cameras=Camera.objects.all(), conditions="", form="csv"
        )
    assert no_event()


@pytest.mark.parametrize("form", FORMS)
def test_networks_only_of_the_own_cameras_and_streams_never(form: str, police: Department) -> None:
    own, other = make_camera(police), make_camera()
    person = make_person(Role.DATA_SPECIALIST, department=police)
    content = browser_of(person).get(API, {"form": form}).getvalue()
    if form == "xlsx":
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        content = str(sheet).encode()
    assert str(own.ip_address).encode() in content
    assert str(other.ip_address).encode() not in content
    assert b"rtsp" not in content
    assert own.paths.get().stream.hex.encode() not in content


def test_the_scope_of_many_says_what_the_rule_says_of_one() -> None:
    led, leader = make_department(), make_department()
    firm = make_department(kind=DepartmentKind.ENTERPRISE, supervisor=leader)
    cameras = [
        make_camera(led),
        make_camera(firm, owner=led),
        make_camera(leader),
        make_camera(led, owner=firm),
    ]
    people: list[Person] = [
        make_person(role, department=department)
        for role in (Role.VIEWER, Role.DATA_SPECIALIST, Role.AUDIT_ADMINISTRATOR)
        for department in (led, leader, firm)
    ]
    people += [make_person(Role.BUREAU_ADMINISTRATOR), make_person(Role.OPERATOR)]
    for person in people:
        scope = NetworkScope.of(person)
        for camera in cameras:
            allowed = may(person, Permission.ReadNetworkFields, camera)
            assert scope.covers(camera.owner_id, camera.source_department_id) is allowed
            assert scope.reaches(Camera.objects.filter(pk=camera.pk)) is allowed
