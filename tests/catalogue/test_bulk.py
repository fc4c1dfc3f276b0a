"""批量修改: what is ticked becomes alike in many points, in their compiler's drafts."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import decide_submission
from gongshi.catalogue.bulk_actions import draft_alike, look_at_alike
from gongshi.catalogue.draft_actions import draft_point, submit_draft
from gongshi.catalogue.models import Camera, Change, Submission
from gongshi.catalogue.proposals import cells_of, proposed_paths_of
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.problems import WorkbookRefused
from tests.catalogue.conftest import State
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db
REPAIR = {"使用状态": "维修"}


def alike(actor: Person, *cameras: Camera, cells: dict[str, str], **options: Any) -> list[Submission]:
    return draft_alike(actor=actor, camera_ids=[each.pk for each in cameras], cells=cells, **options)


class TestDrafting:
    def test_only_what_is_ticked_changes_and_only_where_it_differs(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        cameras = [make_camera(police), make_camera(police, use_state="2"), make_camera(police)]
        (draft,) = alike(specialist, *cameras, cells=REPAIR | {"厂商": "演示瓯光"}, ground="集中检修")
        changes = {change.code: change.proposed for change in draft.changes.all()}
        both = {"use_state": "2", "manufacturer": "演示瓯光"}
        assert changes == {
            cameras[0].code: both,
            cameras[1].code: {"manufacturer": "演示瓯光"},
            cameras[2].code: both,
        }
        assert set(draft.changes.values_list("ground", flat=True)) == {"集中检修"}
        submit_draft(actor=specialist, submission=draft)
        decide_submission(actor=reviewer, submission=draft, verdict="approve")
        assert set(Camera.objects.values_list("use_state", "manufacturer", "version")) == {
            ("2", "演示瓯光", 2)
        }
        assert all(camera.paths.get().main_url for camera in Camera.objects.all())

    def test_an_empty_value_empties_the_column(self, specialist: Person, police: Department) -> None:
        camera = make_camera(police, remarks="旧")
        (draft,) = alike(specialist, camera, cells={"备注": " "})
        assert draft.changes.get().proposed == {"remarks": ""}

    def test_what_was_drafted_of_a_point_stays_drafted(self, specialist: Person, police: Department) -> None:
        camera = make_camera(police)
        url = "rtsp://admin:new@10.1.2.9/main"
        cells = cells_of(camera, None, DepartmentNames.load()) | {"备注": "已移杆", "取流地址": url}
        draft_point(actor=specialist, cells=cells, camera=camera)
        (draft,) = alike(specialist, camera, cells=REPAIR)
        change = draft.changes.get()
        assert {"remarks": "已移杆", "use_state": "2"}.items() <= change.proposed.items()
        (path,) = proposed_paths_of(change) or []
        assert path.main_url == url

    def test_every_department_has_a_draft_of_its_own(self, specialist: Person, police: Department) -> None:
        unit = make_department(kind=DepartmentKind.SOCIAL, supervisor=police)
        drafts = alike(specialist, make_camera(police), make_camera(unit), cells=REPAIR)
        assert {draft.department for draft in drafts} == {police, unit}
        events = AuditEvent.objects.filter(action="catalogue:change:drafted")
        assert {tuple(event.after["fields"]) for event in events} == {("use_state",)}

    def test_doubts_of_each_point_are_kept_for_the_reviewer(
        self, specialist: Person, police: Department
    ) -> None:
        camera = make_camera(police)
        (draft,) = alike(specialist, camera, cells={"录像保存天数": "7"})
        assert any(each.startswith(camera.code) and "30 天" in each for each in draft.warnings)


class TestLooking:
    def test_it_is_counted_what_would_differ_and_nothing_is_kept(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        cameras = [make_camera(police), make_camera(police, use_state="2")]
        before = state()
        found = look_at_alike(actor=specialist, camera_ids=[each.pk for each in cameras], cells=REPAIR)
        assert (found.selected, found.differing, found.unchanged) == (2, 1, 1)
        assert found.counts == {"使用状态": 1}
        assert state() == before

    def test_who_was_told_another_number_is_told_so(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        camera = make_camera(police)
        before = state()
        with pytest.raises(Conflict, match="现有 1 个点位会改变"):
            alike(specialist, camera, cells=REPAIR, seen=2)
        assert state() == before

    def test_it_asks_a_fixed_number_of_questions(
        self, specialist: Person, police: Department, django_assert_num_queries: Any
    ) -> None:
        keys = [make_camera(police).pk for _ in range(12)]

        def look(count: int) -> None:
            look_at_alike(actor=specialist, camera_ids=keys[:count], cells=REPAIR)

        look(1)  # from then on it is known what the person may
        with CaptureQueriesContext(connection) as few:
            look(2)
        with django_assert_num_queries(len(few)):
            look(12)


class TestRefusals:
    @pytest.mark.parametrize(
        ("cells", "error", "words"),
        [
            ({}, Invalid, "至少勾选一个"),
            ({"视频编号": "GA-1"}, Invalid, "不能批量修改"),
            ({"取流地址": "rtsp://10.1.2.3"}, Invalid, "不能批量修改"),
            ({"使用状态": "在线"}, WorkbookRefused, "不在可选范围内"),
            ({"数源部门": ""}, WorkbookRefused, "不能为空"),
            ({"共享级别": "受限共享"}, WorkbookRefused, "共享条件"),
            ({"行政区域": "龙泉市"}, WorkbookRefused, "与行政区域"),
            ({"网关": "10.99.0.1"}, WorkbookRefused, "网段"),
            ({"共享级别": "受限共享", "共享条件": "限履职"}, WorkbookRefused, "没有数源审核员"),
        ],
    )
    def test_a_wrong_value_is_told_with_its_point_and_nothing_is_kept(
        self,
        cells: dict[str, str],
        error: type[Exception],
        words: str,
        specialist: Person,
        police: Department,
        state: Callable[[], State],
    ) -> None:
        camera = make_camera(police)
        before = state()
        with pytest.raises(error, match=words):
            alike(specialist, camera, cells=cells)
        assert state() == before

    def test_a_fault_that_a_point_had_before_does_not_stand_in_the_way(
        self, specialist: Person, police: Department
    ) -> None:
        camera = make_camera(police, code="33110200001180000001", longitude=121.0)
        (draft,) = alike(specialist, camera, cells=REPAIR)
        assert draft.changes.get().proposed == {"use_state": "2"}

    def test_nothing_that_differs_is_told(self, specialist: Person, police: Department) -> None:
        with pytest.raises(Invalid, match="没有需要变更的"):
            alike(specialist, make_camera(police, use_state="2"), cells=REPAIR)

    def test_the_points_of_others_are_not_changed(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        mine, theirs = make_camera(police), make_camera()
        before = state()
        with pytest.raises(Invalid, match="其中 1 个点位"):
            alike(specialist, mine, theirs, cells=REPAIR)
        for role in (Role.VIEWER, Role.SOURCE_REVIEWER, Role.OPERATOR):
            with pytest.raises(Forbidden):
                alike(make_person(role, department=police), mine, cells=REPAIR)
        assert state() == before

    def test_points_are_not_handed_to_a_department_for_which_one_does_not_compile(
        self, specialist: Person, police: Department
    ) -> None:
        other = make_department("丽水市水利局")
        with pytest.raises(WorkbookRefused, match="您不能为“丽水市水利局”编目"):
            alike(specialist, make_camera(police), cells={"数源部门": other.name})


class TestPages:
    def test_some_rows_are_looked_at_and_then_drafted(self, specialist: Person, police: Department) -> None:
        cameras = [make_camera(police) for _ in range(3)]
        address = f"/catalogue/bulk/edit/?id={cameras[0].pk}&id={cameras[1].pk}"
        browser = browser_of(specialist)
        assert "已选择 2 个点位" in browser.get(address).content.decode()
        form = {"use_use_state": "on", "use_state": "维修", "manufacturer": "不算", "ground": "集中检修"}
        look = browser.post(address, form)
        assert "放入草稿（2 个点位）" in look.content.decode()
        assert not Change.objects.exists()
        browser.post(address, form | {"save": "1", "seen": "2"})
        assert {change.code for change in Change.objects.all()} == {cameras[0].code, cameras[1].code}
        assert {tuple(change.proposed) for change in Change.objects.all()} == {("use_state",)}

    def test_all_that_match_the_filter_are_chosen(self, specialist: Person, police: Department) -> None:
        make_camera(police)
        match = make_camera(police, region="331181", longitude=119.14, latitude=28.07)
        make_camera(region="331181")
        browser = browser_of(specialist)
        listed = browser.get("/catalogue/bulk/?region=331181").content.decode()
        assert listed.count("data-row") == 1
        form = {"use_remarks": "on", "remarks": "已核对", "save": "1"}
        browser.post("/catalogue/bulk/edit/?all=1&region=331181", form)
        assert Change.objects.get().camera == match

    def test_what_cannot_be_is_said_next_to_its_field_and_listed(
        self, specialist: Person, police: Department
    ) -> None:
        camera = make_camera(police)
        address, browser = f"/catalogue/bulk/edit/?id={camera.pk}", browser_of(specialist)
        wrong = browser.post(address, {"use_vlan": "on", "vlan": "5000"})
        assert wrong.status_code == 422
        assert "1 到 4094" in wrong.content.decode()
        listed = browser.post(address, {"use_gateway": "on", "gateway": "10.99.0.1"}).content.decode()
        assert camera.code in listed
        assert "放入草稿（" not in listed

    def test_who_compiles_nothing_gets_no_page(self, police: Department) -> None:
        browser = browser_of(make_person(Role.VIEWER, department=police))
        for address in ("/catalogue/bulk/", "/catalogue/bulk/edit/?id=1", "/catalogue/bulk/withdrawal/?id=1"):
            assert browser.get(address).status_code == 403

    def test_the_interface_looks_and_drafts(self, specialist: Person, police: Department) -> None:
        camera = make_camera(police)
        browser = browser_of(specialist)

        def ask(**body: object) -> Any:
            wanted = {"camera_ids": [camera.pk], "cells": REPAIR} | body
            return browser.post(
                "/api/v1/catalogue/bulk-edits", json.dumps(wanted), content_type="application/json"
            )

        look = ask(only_look=True)
        assert (look.status_code, look.json()["differing"], look.json()["counts"]) == (
            200,
            1,
            {"使用状态": 1},
        )
        assert not Change.objects.exists()
        assert ask(seen=3).status_code == 409
        refused = ask(cells={"网关": "10.99.0.1"})
        assert (refused.status_code, refused.json()["problems"][0]["rule"]) == (422, "gateway_outside")
        drafted = ask(seen=1, ground="集中检修")
        assert (drafted.status_code, drafted.json()[0]["changes"]) == (201, 1)
        assert Change.objects.get().ground == "集中检修"
