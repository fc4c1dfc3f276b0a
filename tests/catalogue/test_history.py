"""变更历史: every version of a point, who changed what, when and why; its network for few."""

import pytest

from gongshi.catalogue.actions import decide_submission
from gongshi.catalogue.bulk_actions import draft_withdrawal
from gongshi.catalogue.draft_actions import draft_point, submit_draft
from gongshi.catalogue.models import Camera
from gongshi.catalogue.proposals import cells_of
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from tests.catalogue.books import row
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def camera(specialist: Person, reviewer: Person, police: Department) -> Camera:
    """A point with three versions: new, edited (with its network), withdrawn."""
    new = draft_point(actor=specialist, cells=row(police, 设备名称="丽阳门枪机"), ground="新建")
    _publish(specialist, reviewer, new.submission)
    camera = Camera.objects.get()
    changed = cells_of(camera, None, DepartmentNames.load()) | {
        "设备名称": "丽阳门球机",
        "VLAN": "77",
        "子码流地址": "rtsp://admin:secret@10.1.2.3/sub",
        "录像来源": "前端录像机",
    }
    edit = draft_point(actor=specialist, cells=changed, camera=camera, ground="更换设备")
    _publish(specialist, reviewer, edit.submission, title="换装")
    (draft,) = draft_withdrawal(actor=specialist, camera_ids=[camera.pk], ground="杆件拆除")
    _publish(specialist, reviewer, draft)
    return Camera.objects.get()


def _publish(specialist: Person, reviewer: Person, submission: object, title: str = "") -> None:
    submit_draft(actor=specialist, submission=submission, title=title)  # type: ignore[arg-type]
    decide_submission(actor=reviewer, submission=submission, verdict="approve")  # type: ignore[arg-type]


def test_every_version_tells_who_what_when_and_why(
    camera: Camera, specialist: Person, reviewer: Person
) -> None:
    listed = browser_of(specialist).get(f"/api/v1/catalogue/cameras/{camera.pk}/history").json()["items"]
    assert [(each["version"], each["kind"], each["ground"]) for each in listed] == [
        (3, "withdraw", "杆件拆除"),
        (2, "update", "更换设备"),
        (1, "create", "新建"),
    ]
    edit = listed[1]
    assert (edit["title"], edit["compiled_by"], edit["decided_by"]) == (
        "换装",
        specialist.name,
        reviewer.name,
    )
    shown = {each["label"]: (each["before"], each["after"]) for each in edit["differences"]}
    assert shown["设备名称"] == ("丽阳门枪机", "丽阳门球机")
    assert shown["VLAN"] == ("33", "77")
    assert "子码流" not in shown
    assert shown["接入路径"][1].endswith("录像来源：前端录像机（取流地址有更新）")
    assert listed[0]["differences"] == [{"label": "发布状态", "before": "已发布", "after": "已撤回"}]


def test_the_page_of_the_point_and_of_its_history_show_it(camera: Camera, specialist: Person) -> None:
    browser = browser_of(specialist)
    address = f"/catalogue/cameras/{camera.code}/history/"
    page = browser.get(f"/catalogue/cameras/{camera.code}/").content.decode()
    history = browser.get(address).content.decode()
    assert address in page
    for words in ("杆件拆除", "更换设备", "丽阳门球机", specialist.name):
        assert words in page
        assert words in history
    assert "secret" not in page + history


def test_its_network_is_shown_to_those_only_who_may_read_it(
    camera: Camera, specialist: Person, reviewer: Person
) -> None:
    cells = cells_of(camera, None, DepartmentNames.load())
    back = draft_point(actor=specialist, cells=cells, camera=camera)
    _publish(specialist, reviewer, back.submission)
    address = f"/api/v1/catalogue/cameras/{camera.pk}/history"
    for person, may_read in ((make_person(Role.OPERATOR), True), (make_person(Role.VIEWER), False)):
        listed = browser_of(person).get(address).json()["items"]
        labels = {each["label"] for version in listed for each in version["differences"]}
        assert ("VLAN" in labels, "接入路径" in labels) == (may_read, may_read)
        page = browser_of(person).get(f"/catalogue/cameras/{camera.code}/history/").content.decode()
        assert ("VLAN" in page) == may_read
        assert "secret" not in str(listed) + page


def test_whoever_does_not_know_of_a_withdrawn_point_finds_no_history(camera: Camera) -> None:
    browser = browser_of(make_person(Role.VIEWER))
    assert browser.get(f"/api/v1/catalogue/cameras/{camera.pk}/history").status_code == 404
    assert browser.get(f"/catalogue/cameras/{camera.code}/history/").status_code == 404
