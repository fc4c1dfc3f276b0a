"""备案表 (Order 799 Art. 14): what a unit files, who may say that it has, and what changed since."""

import io
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.filing_actions import record_filing
from gongshi.catalogue.filing_models import FiledPoint, Filing
from gongshi.catalogue.filing_queries import (
    PointState,
    changes_since,
    points_of,
    state_of,
    summary_of,
    units_visible_to,
    with_states,
)
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db
RECEIPT = "331100-2026-0001"


def filed(specialist: Person, unit: Department, receipt: str = RECEIPT) -> Filing:
    return record_filing(actor=specialist, department=unit, filed_on=clock.today(), receipt_number=receipt)


def nothing_filed() -> bool:
    events = AuditEvent.objects.filter(action="catalogue:filing:recorded")
    return not (Filing.objects.exists() or FiledPoint.objects.exists() or events.exists())


def test_the_sheet_counts_devices_by_kind_and_days(police: Department) -> None:
    make_camera(police, device_type="1", retention_days=30)
    make_camera(police, device_type="1", retention_days=90)
    make_camera(police, device_type="5", retention_days=None)
    make_camera(police, publication=Publication.WITHDRAWN)
    make_camera()
    summary = summary_of(police)
    assert (summary.points, summary.kinds) == (3, [("球机", 2), ("卡口枪机", 1)])
    assert (summary.fewest_days, summary.most_days, summary.without_days) == (30, 90, 1)


def test_what_was_filed_is_kept_and_recorded(police: Department, specialist: Person) -> None:
    camera = make_camera(police, retention_days=30)
    filing = filed(specialist, police)
    assert (filing.points, filing.recorded_by, len(filing.digest)) == (1, specialist, 64)
    point = FiledPoint.objects.get(filing=filing)
    assert (point.code, point.address, point.retention_days) == (camera.code, camera.address, 30)
    event = AuditEvent.objects.get(action="catalogue:filing:recorded")
    assert event.after is not None
    assert (event.after["receipt_number"], event.after["points"]) == (RECEIPT, 1)


def test_what_changed_since_is_told_point_by_point(police: Department, specialist: Person) -> None:
    same, moved, gone, handed_on = (make_camera(police) for _ in range(4))
    filing = filed(specialist, police)
    assert not changes_since(police, filing).any
    Camera.objects.filter(pk=moved.pk).update(longitude=119.93)
    Camera.objects.filter(pk=gone.pk).update(publication=Publication.WITHDRAWN)
    Camera.objects.filter(pk=handed_on.pk).update(builder=make_department())
    # What is not filed may change.
    Camera.objects.filter(pk=same.pk).update(remarks="已清洗镜头")
    new = make_camera(police)
    changes = changes_since(police, filing)
    assert (changes.new, changes.changed, changes.withdrawn) == (1, 1, 2)
    states = {camera.pk: state_of(camera) for camera in with_states(points_of(police), filing)}
    assert states == {same.pk: PointState.SAME, moved.pk: PointState.CHANGED, new.pk: PointState.NEW}


def test_filing_again_starts_anew(police: Department, specialist: Person) -> None:
    camera = make_camera(police)
    first = filed(specialist, police)
    Camera.objects.filter(pk=camera.pk).update(name="改名后的点位")
    second = filed(specialist, police, "331100-2026-0002")
    assert changes_since(police, first).changed == 1
    assert not changes_since(police, second).any
    assert first.digest != second.digest


def test_the_page_tells_what_has_to_be_filed_again(police: Department, specialist: Person) -> None:
    make_camera(police)
    browser, page = browser_of(specialist), f"/catalogue/filings/{police.code}/"
    assert "未备案" in browser.get(page).content.decode()
    answer = browser.post(
        f"{page}record/", {"filed_on": clock.today().isoformat(), "receipt_number": RECEIPT}, follow=True
    )
    assert f"已登记备案 {RECEIPT}，共 1 个点位" in answer.content.decode()
    new = make_camera(police)
    shown = browser.get(page).content.decode()
    assert "备案后新增 1 个、变化 0 个、撤回 0 个，须重新备案" in shown
    only_new = browser.get(page, {"state": "new"}).content.decode()
    assert new.code in only_new
    assert "共 <b>1</b> 条" in only_new
    assert "备案后有变动" in browser.get("/catalogue/filings/").content.decode()


def test_the_sheet_is_taken_out_as_a_workbook_and_recorded(police: Department, specialist: Person) -> None:
    camera, gone = make_camera(police, name="=1+1"), make_camera(police)
    filed(specialist, police)
    Camera.objects.filter(pk=gone.pk).update(publication=Publication.WITHDRAWN)
    answer = browser_of(specialist).get(f"/catalogue/filings/{police.code}/sheet.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "公共安全视频图像信息系统备案表"
    assert rows[1][:2] == ["单位名称", police.name]
    by_code = {row[1]: row for row in rows[10:]}
    assert by_code[camera.code][2] == "=1+1"
    assert by_code[camera.code][-1] == "已备案"
    assert by_code[gone.code][-1] == "已撤回"
    assert camera.ip_address not in str(rows)
    assert AuditEvent.objects.filter(action="catalogue:filing:taken_out").count() == 1


def test_a_receipt_is_recorded_once(police: Department, specialist: Person) -> None:
    make_camera(police)
    filed(specialist, police)
    with pytest.raises(Conflict, match="已登记"):
        filed(specialist, police)
    assert Filing.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "receipt", "sentence"),
    [(1, RECEIPT, "不能晚于今天"), (0, "  ", "回执编号"), (0, "9" * 65, "最多 64 个字")],
)
def test_a_wrong_filing_is_refused(
    days: int, receipt: str, sentence: str, police: Department, specialist: Person
) -> None:
    make_camera(police)
    day = clock.today() + timedelta(days=days)
    with pytest.raises(Invalid, match=sentence):
        record_filing(actor=specialist, department=police, filed_on=day, receipt_number=receipt)
    assert nothing_filed()


def test_without_points_there_is_nothing_to_file(police: Department, specialist: Person) -> None:
    with pytest.raises(Invalid, match="无需备案"):
        filed(specialist, police)
    assert nothing_filed()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.DATA_SPECIALIST, Role.BUREAU_ADMINISTRATOR}))
def test_others_of_the_unit_may_not_record_it(role: Role, police: Department, specialist: Person) -> None:
    make_camera(police)
    with pytest.raises(Forbidden):
        filed(make_person(role, department=police), police)
    assert nothing_filed()


def test_a_stranger_neither_sees_nor_records_it(police: Department, specialist: Person) -> None:
    make_camera(police)
    stranger = make_person(Role.DATA_SPECIALIST)
    with pytest.raises(Forbidden):
        filed(stranger, police)
    browser, page = browser_of(stranger), f"/catalogue/filings/{police.code}/"
    assert [browser.get(address).status_code for address in (page, f"{page}sheet.xlsx")] == [404, 404]
    assert browser.post(f"{page}record/", {}).status_code == 404
    assert police.name not in browser.get("/catalogue/filings/").content.decode()
    assert nothing_filed()


def test_the_supervisor_files_for_a_firm_and_the_bureau_reads_all(
    police: Department, specialist: Person, reviewer: Person
) -> None:
    firm = make_department(kind=DepartmentKind.ENTERPRISE, supervisor=police)
    make_camera(firm)
    assert list(units_visible_to(specialist)) == [firm]
    assert filed(specialist, firm).points == 1
    assert list(units_visible_to(reviewer)) == [firm]
    assert not units_visible_to(make_person(Role.OPERATOR)).exists()


def test_over_the_interface(police: Department, specialist: Person) -> None:
    camera = make_camera(police)
    browser, sheet = browser_of(specialist), f"/api/v1/catalogue/filings/{police.code}"
    assert browser.get(sheet).json()["filing"] is None
    answer = browser.post(
        sheet,
        {"filed_on": clock.today().isoformat(), "receipt_number": RECEIPT},
        content_type="application/json",
    )
    assert answer.status_code == 201
    assert answer.json()["changes"] == {"new": 0, "changed": 0, "withdrawn": 0}
    points = browser.get(f"{sheet}/points").json()["items"]
    assert [(point["code"], point["state"]) for point in points] == [(camera.code, "same")]
    units = browser.get("/api/v1/catalogue/filings").json()["items"]
    assert [(unit["code"], unit["state"]) for unit in units] == [(police.code, "已备案")]
