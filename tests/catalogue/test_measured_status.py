"""设备状态 is what inspections find: whoever compiles sees it and cannot change it; 维修 follows 使用状态."""

import io

import pytest
from python_calamine import CalamineWorkbook

from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.bulk_actions import look_at_alike
from gongshi.catalogue.columns import HEADS
from gongshi.catalogue.draft_actions import draft_point
from gongshi.catalogue.exporting import ArchiveRows, table_rows, template
from gongshi.catalogue.models import Camera, Change
from gongshi.catalogue.status_actions import note_status
from gongshi.identity.models import Department, Person
from gongshi.kernel.errors import Invalid
from tests.catalogue.books import row, xlsx
from tests.catalogue.importing import checked
from tests.factories import browser_of, make_camera

pytestmark = pytest.mark.django_db


def publish(
    specialist: Person, department: Department, reviewer: Person, *rows: dict[str, object]
) -> list[Change]:
    submission = submit_import(
        actor=specialist, department=department, title="", file=xlsx([*rows]), file_name="a.xlsx"
    )
    decide_submission(actor=reviewer, submission=submission, verdict="approve")
    return list(submission.changes.all())


def test_a_new_point_starts_unknown_whatever_its_row_says(
    specialist: Person, police: Department, reviewer: Person
) -> None:
    for given in ("在线", "", "坏"):
        publish(specialist, police, reviewer, row(police, 设备状态=given))
    assert set(Camera.objects.values_list("status", flat=True)) == {"unknown"}


def test_an_import_leaves_alone_what_an_inspection_found(
    specialist: Person, police: Department, reviewer: Person
) -> None:
    given = row(police)
    publish(specialist, police, reviewer, given)
    note_status(online=[], offline=[Camera.objects.get().pk])
    whole = checked(specialist, police, xlsx([given | {"设备状态": "在线"}]))
    assert (whole.same, whole.changed) == (1, 0), "the state alone is no change"
    (change,) = publish(specialist, police, reviewer, given | {"设备状态": "在线", "设备名称": "改名"})
    assert set(change.proposed) == {"name"}
    camera = Camera.objects.get()
    assert (camera.status, camera.name, camera.version) == ("offline", "改名", 2)


def test_what_was_drafted_before_cannot_bring_its_state_along(
    specialist: Person, police: Department, reviewer: Person
) -> None:
    camera = make_camera(police, status="offline")
    submission = submit_import(
        actor=specialist,
        department=police,
        title="",
        file=xlsx([row(police, 视频编号=camera.code)]),
        file_name="a.xlsx",
    )
    change = submission.changes.get()
    change.proposed["status"] = "online"
    change.save()
    decide_submission(actor=reviewer, submission=submission, verdict="approve")
    camera.refresh_from_db()
    assert (camera.version, camera.status) == (2, "offline")


def test_what_is_in_repair_shows_so_until_it_is_in_use_again(
    specialist: Person, police: Department, reviewer: Person
) -> None:
    given = row(police)
    publish(specialist, police, reviewer, given)
    camera = Camera.objects.get()
    note_status(online=[camera.pk], offline=[])
    publish(specialist, police, reviewer, given | {"使用状态": "维修"})
    assert Camera.objects.get().status == "repair"
    note_status(online=[], offline=[camera.pk])
    assert Camera.objects.get().status == "repair", "a camera in repair is not offline"
    publish(specialist, police, reviewer, given | {"使用状态": "在用"})
    assert Camera.objects.get().status == "unknown", "until it is looked at again"


def test_it_stays_in_what_is_exported_and_comes_back_as_no_change(
    specialist: Person, police: Department
) -> None:
    make_camera(police, status="offline")
    heads, cells = table_rows(ArchiveRows(specialist, Camera.objects.all()))
    assert cells[heads.index("设备状态")] == "离线"
    given = {head: str(cell or "") for head, cell in zip(heads, cells, strict=True)}
    assert checked(specialist, police, xlsx([given])).same == 1


def test_the_template_says_that_it_is_read_only(specialist: Person) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(template()))
    explained = {line[0]: line[2] for line in book.get_sheet_by_name("说明").to_python()[1 : len(HEADS) + 1]}
    assert explained["设备状态"].startswith("只读：由质量检测得出，导入时忽略")
    chosen = book.get_sheet_by_name("可选值").to_python()
    assert not any(line[HEADS.index("设备状态")] for line in chosen[1:])


def test_no_form_asks_for_it_and_many_points_cannot_be_given_it(
    specialist: Person, police: Department
) -> None:
    camera = make_camera(police, status="offline")
    for page_of in ("compile/", f"cameras/{camera.code}/edit/", "bulk/edit/?all=1"):
        page = browser_of(specialist).get(f"/catalogue/{page_of}").content.decode()
        assert 'name="use_state"' in page or 'name="use_use_state"' in page
        assert 'name="status"' not in page and 'name="use_status"' not in page
    with pytest.raises(Invalid, match="“设备状态”不能批量修改"):
        look_at_alike(actor=specialist, camera_ids=[camera.pk], cells={"设备状态": "在线"})
    change = draft_point(
        actor=specialist,
        camera=camera,
        cells=row(police, 视频编号=camera.code, 设备状态="在线", 设备名称="改名"),
    )
    assert "status" not in change.proposed
