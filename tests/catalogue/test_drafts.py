"""Compiling point by point: a draft gathers changes until its compiler hands it in."""

import json
from collections.abc import Callable

import pytest

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import decide_submission, submit_import, take_over_cameras
from gongshi.catalogue.columns import BY_FIELD, HEADS
from gongshi.catalogue.draft_actions import draft_point, drop_change, submit_draft
from gongshi.catalogue.models import AccessPath, Camera, Change, Submission
from gongshi.catalogue.proposals import cells_of
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.problems import WorkbookRefused
from gongshi.notices.models import Notice
from tests.catalogue.books import row, xlsx
from tests.catalogue.conftest import State
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


def published(department: Department, reviewer: Person, specialist: Person, **cells: str) -> Camera:
    """A point that came in by a workbook and was approved."""
    given = row(department, **cells)
    submission = submit_import(
        actor=specialist, department=department, title="", file=xlsx([given]), file_name="点位.xlsx"
    )
    decide_submission(actor=reviewer, submission=submission, verdict="approve")
    return Camera.objects.get(code=given["视频编号"])


def cells(camera: Camera, **changed: str) -> dict[str, str]:
    return cells_of(camera, None, DepartmentNames.load()) | changed


class TestNewPoint:
    def test_it_waits_in_the_draft_and_then_goes_the_way_of_a_workbook(
        self, specialist: Person, police: Department, reviewer: Person
    ) -> None:
        change = draft_point(actor=specialist, cells=row(police, 设备名称="丽阳门枪机"))
        draft = change.submission
        assert (draft.state, draft.compiled_by, change.kind) == ("draft", specialist, "create")
        assert not Notice.objects.exists()
        submit_draft(actor=specialist, submission=draft, title="补录")
        assert Notice.objects.get().person == reviewer
        decide_submission(actor=reviewer, submission=draft, verdict="approve")
        camera = Camera.objects.get(code=change.code)
        assert (camera.name, camera.version, camera.paths.get().protocol) == ("丽阳门枪机", 1, "rtsp")

    def test_each_cell_at_fault_is_named_and_nothing_is_kept(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        before = state()
        with pytest.raises(WorkbookRefused) as refusal:
            draft_point(actor=specialist, cells=row(police, 设备名称="", IP地址="10.1", 共享级别="受限共享"))
        assert {problem.column for problem in refusal.value.problems} == {"设备名称", "IP地址", "共享条件"}
        assert state() == before

    def test_a_code_of_the_catalogue_is_refused(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        camera = make_camera(police)
        before = state()
        with pytest.raises(WorkbookRefused, match="已在目录中"):
            draft_point(actor=specialist, cells=row(police, 视频编号=camera.code))
        assert state() == before

    def test_classified_points_are_refused_at_the_door(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        before = state()
        with pytest.raises(WorkbookRefused, match="涉密点位不得录入"):
            draft_point(actor=specialist, cells=row(police, 备注="涉密"))
        assert state() == before

    def test_a_unit_that_is_supervised_has_a_draft_of_its_own(
        self, specialist: Person, police: Department
    ) -> None:
        unit = make_department(kind=DepartmentKind.SOCIAL, supervisor=police)
        own, theirs = (draft_point(actor=specialist, cells=row(each)) for each in (police, unit))
        assert {own.submission.department, theirs.submission.department} == {police, unit}


class TestPublishedPoint:
    def test_only_what_differs_is_a_change(
        self, specialist: Person, police: Department, reviewer: Person
    ) -> None:
        camera = published(police, reviewer, specialist)
        change = draft_point(actor=specialist, cells=cells(camera, 备注="已移杆"), camera=camera)
        assert (change.kind, change.base_version, change.proposed) == ("update", 1, {"remarks": "已移杆"})
        with pytest.raises(Invalid, match="完全一致"):
            draft_point(actor=specialist, cells=cells(camera), camera=camera)

    def test_drafted_anew_it_is_one_change_and_keeps_its_addresses(
        self, specialist: Person, police: Department, reviewer: Person
    ) -> None:
        address = "rtsp://admin:new@10.1.2.9/main"
        new = row(police, 取流地址=address)
        first = draft_point(actor=specialist, cells=new)
        again = draft_point(
            actor=specialist,
            cells=cells_of(None, first, DepartmentNames.load()) | {"备注": "第二次"},
        )
        assert again.submission.changes.get() == again
        submit_draft(actor=specialist, submission=again.submission)
        decide_submission(actor=reviewer, submission=again.submission, verdict="approve")
        assert AccessPath.objects.get().main_url == address

    def test_a_new_one_gets_another_code_and_keeps_its_addresses(
        self, specialist: Person, police: Department
    ) -> None:
        wrong, other = (draft_point(actor=specialist, cells=row(police)) for _ in range(2))
        given = cells_of(None, wrong, DepartmentNames.load())
        right = draft_point(actor=specialist, cells=given | {"视频编号": "GA-1"}, instead_of=wrong)
        assert {*right.submission.changes.all()} == {right, other}
        assert right.proposed_paths == wrong.proposed_paths
        again = draft_point(actor=specialist, cells=given | {"视频编号": other.code}, instead_of=right)
        assert again.submission.changes.get() == again

    def test_its_code_stays(self, specialist: Person, police: Department, state: Callable[[], State]) -> None:
        camera = make_camera(police)
        before = state()
        with pytest.raises(WorkbookRefused, match="不能修改"):
            draft_point(actor=specialist, cells=row(police), camera=camera)
        assert state() == before

    def test_of_two_drafts_of_one_point_the_second_waits_for_the_first(
        self, specialist: Person, police: Department, reviewer: Person
    ) -> None:
        camera = published(police, reviewer, specialist)
        colleague = make_person(Role.DATA_SPECIALIST, department=police)
        mine, theirs = (
            draft_point(actor=each, cells=cells(camera, 备注=each.name), camera=camera)
            for each in (specialist, colleague)
        )
        submit_draft(actor=specialist, submission=mine.submission)
        with pytest.raises(Conflict, match="等待审核"):
            submit_draft(actor=colleague, submission=theirs.submission)
        decide_submission(actor=reviewer, submission=mine.submission, verdict="approve")
        with pytest.raises(Conflict, match="已有新版本"):
            submit_draft(actor=colleague, submission=theirs.submission)
        assert Submission.objects.get(pk=theirs.submission_id).state == "draft"

    def test_a_new_one_whose_code_is_taken_meanwhile_is_not_handed_in(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        change = draft_point(actor=specialist, cells=row(police))
        make_camera(police, code=change.code)
        before = state()
        with pytest.raises(Conflict, match="已由其他批次发布"):
            submit_draft(actor=specialist, submission=change.submission)
        assert state() == before


class TestDraft:
    def test_what_is_doubtful_of_an_address_stays_doubtful_when_it_is_not_typed_again(
        self, specialist: Person, police: Department
    ) -> None:
        doubtful = row(police, 取流地址="rtsp://admin:secret@10.9.9.9/main")
        first = draft_point(actor=specialist, cells=doubtful)
        warning = f"{first.code} “取流地址”：取流地址的主机不是本点位的IP地址，请核实。"
        assert first.submission.warnings == [warning]
        again = draft_point(actor=specialist, cells=doubtful | {"取流地址": "", "备注": "第二次"})
        assert Submission.objects.get().warnings == [warning]
        address = doubtful | {"取流地址": f"rtsp://{doubtful['IP地址']}/main"}
        draft_point(actor=specialist, cells=address, instead_of=again)
        assert Submission.objects.get().warnings == []

    def test_it_goes_along_when_departments_merge(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        change = draft_point(actor=specialist, cells=row(police))
        into = make_department()
        take_over_cameras(actor=None, department=police, into=into, reason="机构改革")
        Person.objects.filter(pk=specialist.pk).update(department=into)
        specialist.refresh_from_db()
        submission = submit_draft(actor=specialist, submission=change.submission)
        decide_submission(actor=reviewer, submission=submission, verdict="approve")
        assert Camera.objects.get().source_department == into

    def test_a_point_is_taken_out_again(self, specialist: Person, police: Department) -> None:
        change = draft_point(actor=specialist, cells=row(police, 录像保存天数="7"))
        assert change.submission.warnings != []
        drop_change(actor=specialist, change=change)
        assert not Change.objects.exists()
        assert Submission.objects.get().warnings == []
        with pytest.raises(Invalid, match="还没有点位"):
            submit_draft(actor=specialist, submission=change.submission)

    def test_handed_in_it_is_not_changed_any_more(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        change = draft_point(actor=specialist, cells=row(police))
        submit_draft(actor=specialist, submission=change.submission)
        before = state()
        with pytest.raises(Conflict, match="已提交"):
            drop_change(actor=specialist, change=change)
        with pytest.raises(Conflict, match="已提交"):
            submit_draft(actor=specialist, submission=change.submission)
        assert state() == before

    def test_every_step_is_recorded_without_addresses(self, specialist: Person, police: Department) -> None:
        change = draft_point(actor=specialist, cells=row(police))
        drop_change(actor=specialist, change=change)
        events = AuditEvent.objects.filter(action__startswith="catalogue:change:").order_by("id")
        assert [event.action for event in events] == ["catalogue:change:drafted", "catalogue:change:dropped"]
        assert "secret" not in str([event.after for event in events])


class TestWhoMay:
    @pytest.mark.parametrize("role", [Role.VIEWER, Role.SOURCE_REVIEWER, Role.OPERATOR])
    def test_other_roles_draft_nothing(
        self, role: Role, police: Department, specialist: Person, state: Callable[[], State]
    ) -> None:
        person = make_person(role, department=police)
        change = draft_point(actor=specialist, cells=row(police))
        before = state()
        with pytest.raises(Forbidden):
            draft_point(actor=person, cells=row(police))
        with pytest.raises(Forbidden):
            drop_change(actor=person, change=change)
        with pytest.raises(Forbidden):
            submit_draft(actor=person, submission=change.submission)
        assert state() == before

    def test_nobody_drafts_for_another_department(
        self, specialist: Person, state: Callable[[], State]
    ) -> None:
        camera = make_camera(make_department())
        before = state()
        with pytest.raises(WorkbookRefused, match="不能为"):
            draft_point(actor=specialist, cells=row(make_department("丽水市气象局")))
        with pytest.raises(Forbidden):
            draft_point(actor=specialist, cells=cells(camera, 备注="改"), camera=camera)
        assert state() == before

    def test_a_draft_is_its_compilers_own_business(
        self, specialist: Person, police: Department, reviewer: Person, state: Callable[[], State]
    ) -> None:
        change = draft_point(actor=specialist, cells=row(police))
        colleague = make_person(Role.DATA_SPECIALIST, department=police)
        before = state()
        for act in (
            lambda: drop_change(actor=colleague, change=change),
            lambda: submit_draft(actor=colleague, submission=change.submission),
        ):
            with pytest.raises(Forbidden):
                act()
        for person in (colleague, reviewer):
            browser = browser_of(person)
            assert browser.get(f"/catalogue/submissions/{change.submission_id}/").status_code == 404
            assert browser.get(f"/catalogue/changes/{change.pk}/").status_code in {403, 404}
            assert browser.get(f"/api/v1/catalogue/submissions/{change.submission_id}").status_code == 404
        assert state() == before


class TestPages:
    def test_a_point_is_compiled_corrected_and_handed_in(
        self, specialist: Person, police: Department
    ) -> None:
        browser = browser_of(specialist)
        by_head = row(police, 设备名称="丽阳门枪机")
        form = {field: by_head[column.head] for field, column in BY_FIELD.items()}
        wrong = browser.post("/catalogue/compile/", form | {"ip_address": "10.1"})
        assert wrong.status_code == 422
        assert "不是有效的 IP 地址" in wrong.content.decode()
        assert wrong.context["form"]["name"].value() == "丽阳门枪机"
        browser.post("/catalogue/compile/", form)
        change = Change.objects.get()
        page = browser.get(f"/catalogue/changes/{change.pk}/")
        assert page.context["form"]["name"].value() == "丽阳门枪机"
        assert "secret" not in page.content.decode()
        browser.post(f"/catalogue/changes/{change.pk}/", form | {"name": "丽阳门球机", "main_url": ""})
        assert Change.objects.get().proposed["name"] == "丽阳门球机"
        browser.post(f"/catalogue/submissions/{change.submission_id}/hand-in/", {"title": "补录"})
        assert (Submission.objects.get().state, Submission.objects.get().title) == ("submitted", "补录")

    def test_a_published_point_is_edited_from_its_own_page(
        self, specialist: Person, police: Department, reviewer: Person
    ) -> None:
        camera = published(police, reviewer, specialist)
        browser = browser_of(specialist)
        assert f"/catalogue/cameras/{camera.code}/edit/" in browser.get(camera_page(camera)).content.decode()
        shown = browser.get(f"/catalogue/cameras/{camera.code}/edit/").context["form"].initial
        browser.post(f"/catalogue/cameras/{camera.code}/edit/", shown | {"remarks": "已移杆"})
        assert Change.objects.get(kind="update").proposed == {"remarks": "已移杆"}
        stranger = browser_of(make_person(Role.DATA_SPECIALIST))
        assert "/edit/" not in stranger.get(camera_page(camera)).content.decode()
        assert stranger.get(f"/catalogue/cameras/{camera.code}/edit/").status_code == 403


def camera_page(camera: Camera) -> str:
    return f"/catalogue/cameras/{camera.code}/"


class TestApi:
    def test_the_same_over_the_interface(
        self, specialist: Person, police: Department, reviewer: Person
    ) -> None:
        camera = published(police, reviewer, specialist)
        browser = browser_of(specialist)

        def send(path: str, body: object) -> tuple[int, dict[str, object]]:
            answer = browser.post(f"/api/v1/catalogue/{path}", body, "application/json")
            return answer.status_code, answer.json() if answer.content else {}

        status, refusal = send("changes", {"cells": row(police, VLAN="9999")})
        assert (status, refusal["problems"][0]["column"]) == (422, "VLAN")  # type: ignore[index]
        status, drafted = send("changes", {"cells": {"备注": "已移杆"}, "camera_id": camera.pk})
        assert (status, drafted["kind"], len(drafted["differences"])) == (201, "update", 1)  # type: ignore[arg-type]
        status, other = send("changes", {"cells": row(police)})
        assert status == 201
        assert send(f"changes/{other['id']}/removal", {}) == (204, {})
        status, handed = send(f"submissions/{drafted['submission_id']}/handing-in", {"title": "移杆"})
        assert (status, handed["state"], handed["title"]) == (200, "submitted", "移杆")

    @pytest.mark.parametrize("rubbish", ["\0", "\ud800"])
    def test_whatever_stands_in_a_cell_is_refused_or_kept_as_text(
        self, specialist: Person, police: Department, rubbish: str
    ) -> None:
        browser = browser_of(specialist)
        answers = {
            head: browser.post(
                "/api/v1/catalogue/changes",
                json.dumps({"cells": row(police) | {head: rubbish}}),
                "application/json",
            ).status_code
            for head in HEADS
        }
        assert {*answers.values()} <= {201, 422}, answers
