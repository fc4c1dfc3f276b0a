"""自编编号规则, and points that need a reviewer before they can be published."""

import json
from collections.abc import Callable

import pytest

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import decide_submission
from gongshi.catalogue.draft_actions import draft_point, submit_draft
from gongshi.catalogue.models import Camera, CodeScheme
from gongshi.catalogue.proposals import cells_of
from gongshi.catalogue.scheme_actions import set_code_scheme
from gongshi.catalogue.schemes import Scheme
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.problems import WorkbookRefused
from tests.catalogue.books import row
from tests.catalogue.conftest import State
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db
RESTRICTED = {"共享级别": "受限共享", "共享条件": "限履行法定职责使用"}


@pytest.mark.parametrize(
    ("pattern", "code", "fits"),
    [
        ("GA-######", "GA-000123", True),
        ("GA-######", "GA-00012", False),
        ("GA-######", "GA-0001234", False),
        ("GA-######", "GB-000123", False),
        ("@@-##", "LS-01", True),
        ("@@-##", "ls-01", False),
        ("@@-##", "LS-1²", False),
    ],
)
def test_a_pattern_says_which_codes_fit(pattern: str, code: str, fits: bool) -> None:
    assert Scheme(pattern).fits(code) is fits


class TestSetting:
    def test_a_reviewer_sets_that_of_his_department(self, police: Department) -> None:
        keeper = make_person(Role.SOURCE_REVIEWER, department=police)
        set_code_scheme(actor=keeper, department=police, pattern="GA-######", explanation="分局编号")
        set_code_scheme(actor=keeper, department=police, pattern="GA-####")
        event = AuditEvent.objects.filter(action="catalogue:code_scheme:set").order_by("id")[1]
        assert (event.before, event.after) == ({"pattern": "GA-######"}, {"pattern": "GA-####"})
        assert set_code_scheme(actor=keeper, department=police, pattern=" ") is None
        assert not CodeScheme.objects.exists()

    def test_the_system_administrator_sets_any(self, police: Department) -> None:
        set_code_scheme(actor=make_person(Role.SYSTEM_ADMINISTRATOR), department=police, pattern="GA-######")
        assert CodeScheme.objects.get().department == police

    @pytest.mark.parametrize(
        "pattern", ["######", "GA-1", "GA ####", "GA.*", "编号-##", "#" * 30 + "ABC", "(a+)+#"]
    )
    def test_what_is_no_pattern_is_refused(self, pattern: str, police: Department) -> None:
        keeper = make_person(Role.SOURCE_REVIEWER, department=police)
        with pytest.raises(Invalid) as refusal:
            set_code_scheme(actor=keeper, department=police, pattern=pattern)
        assert refusal.value.field == "pattern"
        assert not CodeScheme.objects.exists()

    @pytest.mark.parametrize(
        "role", [Role.DATA_SPECIALIST, Role.VIEWER, Role.OPERATOR, Role.SECURITY_ADMINISTRATOR]
    )
    def test_other_roles_do_not(self, role: Role, police: Department) -> None:
        with pytest.raises(Forbidden):
            set_code_scheme(
                actor=make_person(role, department=police), department=police, pattern="GA-######"
            )
        assert not CodeScheme.objects.exists()

    def test_a_reviewer_does_not_set_that_of_another_department(self, police: Department) -> None:
        stranger = make_person(Role.SOURCE_REVIEWER)
        with pytest.raises(Forbidden):
            set_code_scheme(actor=stranger, department=police, pattern="GA-######")
        answer = browser_of(stranger).put(
            f"/api/v1/catalogue/code-schemes/{police.pk}",
            json.dumps({"pattern": "GA-######"}),
            content_type="application/json",
        )
        assert answer.status_code == 404
        assert not CodeScheme.objects.exists()

    def test_page_and_interface_do_the_same(self, police: Department) -> None:
        browser = browser_of(make_person(Role.SOURCE_REVIEWER, department=police))
        browser.post("/catalogue/checks/scheme/", {"department": police.pk, "pattern": "GA-######"})
        assert "GA-######" in browser.get("/catalogue/checks/").content.decode()
        address = f"/api/v1/catalogue/code-schemes/{police.pk}"
        changed = browser.put(address, json.dumps({"pattern": "GA-##"}), content_type="application/json")
        assert changed.json()["pattern"] == "GA-##"
        listed = browser.get("/api/v1/catalogue/code-schemes").json()["items"]
        assert [(each["department"], each["pattern"]) for each in listed] == [(police.name, "GA-##")]
        gone = browser.put(address, json.dumps({"pattern": ""}), content_type="application/json")
        assert gone.status_code == 204


class TestChecking:
    def test_a_new_code_of_the_department_has_to_fit_or_be_the_national_one(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        CodeScheme.objects.create(department=police, pattern="GA-######", set_at="2026-01-01T00:00Z")
        before = state()
        with pytest.raises(WorkbookRefused, match="不符合丽水市公安局的自编编号规则 GA-######"):
            draft_point(actor=specialist, cells=row(police, 视频编号="GA-1"))
        assert state() == before
        draft_point(actor=specialist, cells=row(police, 视频编号="GA-000001"))
        draft_point(actor=specialist, cells=row(police))

    def test_a_point_that_is_there_keeps_its_code(self, specialist: Person, police: Department) -> None:
        camera = make_camera(police, code="GA-1")
        CodeScheme.objects.create(department=police, pattern="GA-######", set_at="2026-01-01T00:00Z")
        cells = cells_of(camera, None, DepartmentNames.load()) | {"备注": "已移杆"}
        assert draft_point(actor=specialist, cells=cells, camera=camera).proposed == {"remarks": "已移杆"}

    def test_the_scheme_of_another_department_does_not_matter(
        self, specialist: Person, police: Department
    ) -> None:
        other = make_department()
        CodeScheme.objects.create(department=other, pattern="SL-######", set_at="2026-01-01T00:00Z")
        draft_point(actor=specialist, cells=row(police, 视频编号="GA-1"))


class TestWithoutReviewer:
    def test_a_restricted_point_is_not_taken(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        before = state()
        with pytest.raises(WorkbookRefused, match="丽水市公安局没有数源审核员，不能发布受限共享的点位"):
            draft_point(actor=specialist, cells=row(police, **RESTRICTED))
        assert state() == before

    def test_with_a_reviewer_it_is_published(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        make_person(Role.SOURCE_REVIEWER, department=police)
        draft = draft_point(actor=specialist, cells=row(police, **RESTRICTED)).submission
        submit_draft(actor=specialist, submission=draft)
        decide_submission(actor=reviewer, submission=draft, verdict="approve")
        assert Camera.objects.get().sharing_level == "restricted"

    def test_who_lost_his_reviewer_meanwhile_is_not_published(
        self, specialist: Person, reviewer: Person, police: Department, state: Callable[[], State]
    ) -> None:
        person = make_person(Role.SOURCE_REVIEWER, department=police)
        change = draft_point(actor=specialist, cells=row(police, **RESTRICTED))
        submit_draft(actor=specialist, submission=change.submission)
        Person.objects.filter(pk=person.pk).update(is_active=False)
        before = state()
        with pytest.raises(Conflict, match=f"请退回：{change.code}"):
            decide_submission(actor=reviewer, submission=change.submission, verdict="approve")
        assert state() == before

    def test_what_is_restricted_already_can_still_be_kept_up(
        self, specialist: Person, police: Department
    ) -> None:
        camera = make_camera(police, sharing_level="restricted")
        cells = cells_of(camera, None, DepartmentNames.load()) | {"备注": "已移杆"}
        assert draft_point(actor=specialist, cells=cells, camera=camera).proposed == {"remarks": "已移杆"}


class TestSocialUnits:
    def test_their_points_are_compiled_by_who_supervises_them(
        self, specialist: Person, reviewer: Person, police: Department
    ) -> None:
        unit = make_department(kind=DepartmentKind.SOCIAL, supervisor=police)
        cells = row(police, 所属单位=unit.name, 管理单位=unit.name)
        draft = draft_point(actor=specialist, cells=cells).submission
        submit_draft(actor=specialist, submission=draft)
        decide_submission(actor=reviewer, submission=draft, verdict="approve")
        assert (Camera.objects.get().owner, Camera.objects.get().source_department) == (unit, police)

    def test_not_by_another_department(self, police: Department, state: Callable[[], State]) -> None:
        unit = make_department(kind=DepartmentKind.SOCIAL, supervisor=police)
        stranger = make_person(Role.DATA_SPECIALIST)
        before = state()
        with pytest.raises(WorkbookRefused, match="您不能为"):
            draft_point(actor=stranger, cells=row(unit))
        assert state() == before
