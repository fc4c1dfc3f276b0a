"""撤回: drafted with a reason, reviewed, published; the point leaves the catalogue and can come back."""

import json
from collections.abc import Callable

import pytest

from gongshi.atlas.actions import create_point_list
from gongshi.atlas.renewing import build_index
from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import decide_submission
from gongshi.catalogue.bulk_actions import draft_withdrawal
from gongshi.catalogue.draft_actions import draft_point, submit_draft
from gongshi.catalogue.models import Camera, Change, Submission
from gongshi.catalogue.proposals import cells_of
from gongshi.catalogue.queries import cameras_known_to, cameras_visible_to, edition
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.problems import WorkbookRefused
from tests.catalogue.books import row
from tests.catalogue.conftest import State
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db
GROUND = "杆件拆除"


def handed_in(specialist: Person, *cameras: Camera) -> Submission:
    (draft,) = draft_withdrawal(actor=specialist, camera_ids=[each.pk for each in cameras], ground=GROUND)
    return submit_draft(actor=specialist, submission=draft)


def withdraw(specialist: Person, reviewer: Person, *cameras: Camera) -> Camera:
    decide_submission(actor=reviewer, submission=handed_in(specialist, *cameras), verdict="approve")
    return Camera.objects.get(pk=cameras[0].pk)


class TestDrafting:
    def test_it_waits_in_the_draft_with_its_reason(self, specialist: Person, police: Department) -> None:
        camera = make_camera(police)
        (draft,) = draft_withdrawal(actor=specialist, camera_ids=[camera.pk], ground=GROUND)
        change = draft.changes.get()
        assert (change.kind, change.ground, change.base_version) == ("withdraw", GROUND, 1)
        assert Camera.objects.get().publication == "published"
        event = AuditEvent.objects.get(action="catalogue:change:drafted")
        assert (event.reason, event.object_label) == (GROUND, f"撤回 {camera.code}")

    def test_points_of_several_departments_go_into_a_draft_each(
        self, specialist: Person, police: Department
    ) -> None:
        unit = make_department(kind=DepartmentKind.SOCIAL, supervisor=police)
        cameras = [make_camera(police), make_camera(unit), make_camera(police)]
        drafts = draft_withdrawal(actor=specialist, camera_ids=[each.pk for each in cameras], ground=GROUND)
        assert {(draft.department, draft.changes.count()) for draft in drafts} == {(police, 2), (unit, 1)}

    def test_an_edit_that_was_drafted_gives_way(self, specialist: Person, police: Department) -> None:
        camera = make_camera(police)
        cells = cells_of(camera, None, DepartmentNames.load()) | {"备注": "已移杆", "录像保存天数": "7"}
        draft = draft_point(actor=specialist, cells=cells, camera=camera).submission
        assert any("30 天" in warning for warning in Submission.objects.get().warnings)
        draft_withdrawal(actor=specialist, camera_ids=[camera.pk], ground=GROUND)
        assert draft.changes.get().kind == "withdraw"
        assert Submission.objects.get().warnings == []

    @pytest.mark.parametrize("ground", ["", "  ", "长" * 301])
    def test_it_needs_a_reason_of_fitting_length(
        self, ground: str, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        camera = make_camera(police)
        before = state()
        with pytest.raises(Invalid) as refusal:
            draft_withdrawal(actor=specialist, camera_ids=[camera.pk], ground=ground)
        assert refusal.value.field == "ground"
        assert state() == before

    def test_what_waits_for_review_is_not_withdrawn_as_well(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        camera, other = make_camera(police), make_camera(police)
        handed_in(specialist, camera)
        before = state()
        with pytest.raises(Conflict, match="等待审核"):
            draft_withdrawal(actor=specialist, camera_ids=[camera.pk], ground=GROUND)
        with pytest.raises(WorkbookRefused, match="等待审核"):
            draft_withdrawal(actor=specialist, camera_ids=[camera.pk, other.pk], ground=GROUND)
        assert state() == before

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.SOURCE_REVIEWER, Role.OPERATOR])
    def test_other_roles_withdraw_nothing(
        self, role: Role, police: Department, state: Callable[[], State]
    ) -> None:
        camera, person = make_camera(police), make_person(role, department=police)
        before = state()
        with pytest.raises(Forbidden):
            draft_withdrawal(actor=person, camera_ids=[camera.pk], ground=GROUND)
        assert state() == before

    def test_nobody_withdraws_what_others_compile_or_what_is_not_there(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        mine, theirs, gone = make_camera(police), make_camera(), make_camera(police, publication="withdrawn")
        before = state()
        for keys in ([mine.pk, theirs.pk], [mine.pk, gone.pk], [0], []):
            with pytest.raises(Invalid) as refusal:
                draft_withdrawal(actor=specialist, camera_ids=keys, ground=GROUND)
            assert refusal.value.field == "camera_ids"
        assert state() == before


class TestPublishing:
    def test_the_point_leaves_map_and_catalogue(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        camera, other = make_camera(police), make_camera(police)
        before = edition()
        camera = withdraw(specialist, reviewer, camera)
        assert (camera.publication, camera.version) == ("withdrawn", 2)
        assert edition() > before
        index = build_index()
        assert index.texts.codes(index.by_code) == [other.code]
        viewer = make_person(Role.VIEWER)
        assert list(cameras_visible_to(viewer)) == [other]

    def test_it_is_recorded_with_reason_and_batch(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        camera = make_camera(police)
        withdraw(specialist, reviewer, camera)
        event = AuditEvent.objects.get(action="catalogue:camera:withdrawn")
        assert event.reason == f"{Submission.objects.get().number}：{GROUND}"
        assert (event.before, event.after) == (
            {"publication": "published"},
            {"publication": "withdrawn", "version": 2},
        )
        assert not AuditEvent.objects.filter(action="catalogue:camera:published").exists()

    def test_returned_it_stays(self, specialist: Person, reviewer: Person, police: Department) -> None:
        camera = make_camera(police)
        submission = handed_in(specialist, camera)
        decide_submission(actor=reviewer, submission=submission, verdict="return", reason="请说明新位置")
        assert Camera.objects.get(pk=camera.pk).publication == "published"

    def test_an_edit_that_was_drafted_before_is_out_of_date(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        camera = make_camera(police)
        colleague = make_person(Role.DATA_SPECIALIST, department=police)
        cells = cells_of(camera, None, DepartmentNames.load()) | {"备注": "已移杆"}
        theirs = draft_point(actor=colleague, cells=cells, camera=camera)
        withdraw(specialist, reviewer, camera)
        with pytest.raises(Conflict, match="已有新版本"):
            submit_draft(actor=colleague, submission=theirs.submission)

    def test_saved_lists_say_so(self, specialist: Person, reviewer: Person, police: Department) -> None:
        camera, person = make_camera(police), make_person(Role.DATA_SPECIALIST)
        saved = create_point_list(actor=person, name="防汛", camera_ids=[camera.pk, make_camera(police).pk])
        withdraw(specialist, reviewer, camera)
        page = browser_of(person).get(f"/atlas/lists/{saved.pk}/").content.decode()
        assert "其中 1 个已撤回" in page


class TestComingBack:
    def test_a_later_submission_of_the_same_code_brings_it_back(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        camera = make_camera(police)
        path = camera.paths.get()
        camera = withdraw(specialist, reviewer, camera)
        cells = cells_of(camera, None, DepartmentNames.load())
        change = draft_point(actor=specialist, cells=cells, camera=camera, ground="重新启用")
        assert (change.kind, change.proposed) == ("update", {"publication": "published"})
        submit_draft(actor=specialist, submission=change.submission)
        decide_submission(actor=reviewer, submission=change.submission, verdict="approve")
        camera = Camera.objects.get(pk=camera.pk)
        assert (camera.publication, camera.version, camera.paths.get()) == ("published", 3, path)
        assert list(cameras_visible_to(reviewer)) == [camera]

    def test_as_a_new_point_it_is_led_to_its_page(self, specialist: Person, police: Department) -> None:
        camera = make_camera(police, publication="withdrawn")
        with pytest.raises(WorkbookRefused, match="已撤回，请打开该点位的页面恢复"):
            draft_point(actor=specialist, cells=row(police, 视频编号=camera.code))


class TestReading:
    def test_withdrawn_points_are_known_to_bureau_and_compilers_only(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        camera = make_camera(police, publication="withdrawn")
        stranger = make_person(Role.DATA_SPECIALIST)
        known = {person: camera in cameras_known_to(person) for person in (specialist, reviewer, stranger)}
        assert known == {specialist: True, reviewer: True, stranger: False}
        for role in (Role.VIEWER, Role.SOURCE_REVIEWER, Role.OPERATOR, Role.SYSTEM_ADMINISTRATOR):
            assert not cameras_known_to(make_person(role, department=police)).exists()

    def test_the_list_shows_them_to_whoever_asks_and_may(
        self, specialist: Person, police: Department
    ) -> None:
        camera = make_camera(police, publication="withdrawn")
        asked = "/catalogue/?publication=withdrawn"
        assert camera.code in browser_of(specialist).get(asked).content.decode()
        assert camera.code not in browser_of(specialist).get("/catalogue/").content.decode()
        viewer = browser_of(make_person(Role.VIEWER, department=police))
        assert camera.code not in viewer.get(asked).content.decode()
        assert viewer.get(f"/catalogue/cameras/{camera.code}/").status_code == 404
        listed = browser_of(specialist).get("/api/v1/catalogue/cameras?publication=withdrawn").json()
        assert [each["publication"] for each in listed["items"]] == ["withdrawn"]
        listed = viewer.get("/api/v1/catalogue/cameras?publication=withdrawn").json()
        assert listed["items"] == []

    def test_its_page_says_so_and_offers_to_bring_it_back(
        self, specialist: Person, police: Department
    ) -> None:
        camera = make_camera(police, publication="withdrawn")
        page = browser_of(specialist).get(f"/catalogue/cameras/{camera.code}/").content.decode()
        assert "已撤回" in page
        assert "恢复" in page
        assert "/withdrawal/" not in page


class TestPagesAndInterface:
    def test_the_reviewer_reads_the_reason(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        submission = handed_in(specialist, make_camera(police))
        browser = browser_of(reviewer)
        page = browser.get(f"/catalogue/submissions/{submission.pk}/").content.decode()
        assert GROUND in page
        assert "已发布" in page
        (change,) = browser.get(f"/api/v1/catalogue/submissions/{submission.pk}").json()["changes"]
        assert (change["kind"], change["ground"]) == ("withdraw", GROUND)

    def test_a_point_is_withdrawn_from_its_own_page(self, specialist: Person, police: Department) -> None:
        camera, browser = make_camera(police), browser_of(specialist)
        address = f"/catalogue/cameras/{camera.code}/withdrawal/"
        assert address in browser.get(f"/catalogue/cameras/{camera.code}/").content.decode()
        assert browser.get(address).status_code == 200
        assert browser.post(address, {"ground": ""}).status_code == 200
        assert not Change.objects.exists()
        browser.post(address, {"ground": GROUND})
        assert (Change.objects.get().kind, Change.objects.get().ground) == ("withdraw", GROUND)

    def test_chosen_points_are_withdrawn_together(self, specialist: Person, police: Department) -> None:
        cameras = [make_camera(police) for _ in range(3)]
        browser = browser_of(specialist)
        page = browser.get("/catalogue/bulk/")
        assert all(camera.code in page.content.decode() for camera in cameras)
        chosen = f"/catalogue/bulk/withdrawal/?id={cameras[0].pk}&id={cameras[2].pk}"
        assert "已选择 2 个点位" in browser.get(chosen).content.decode()
        browser.post(chosen, {"ground": GROUND})
        assert set(Change.objects.values_list("code", flat=True)) == {cameras[0].code, cameras[2].code}

    def test_the_interface_withdraws_by_number_or_filter(
        self, specialist: Person, police: Department
    ) -> None:
        make_camera(police, region="331181")
        stays = make_camera(police)
        browser = browser_of(specialist)

        def ask(body: object) -> tuple[int, object]:
            address = "/api/v1/catalogue/withdrawals"
            answer = browser.post(address, json.dumps(body), content_type="application/json")
            return answer.status_code, answer.json()

        status, drafts = ask({"filter": {"region": "331181"}, "ground": GROUND})
        assert (status, drafts[0]["changes"]) == (201, 1)  # type: ignore[index]
        assert Change.objects.get().camera != stays
        assert ask({"camera_ids": [stays.pk], "ground": " "})[0] == 422
        assert ask({"filter": {"region": "999999"}, "ground": GROUND})[0] == 422
        assert ask({"camera_ids": [make_camera().pk], "ground": GROUND})[0] == 422
        assert Change.objects.count() == 1
