"""Departments: a tree with a past, kept by the system administrator."""

from typing import Any

import pytest
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.models import Camera
from gongshi.demand.actions import confirm_lane
from gongshi.demand.models import BusinessItem, Demand, Lane
from gongshi.grants.models import Grant, GrantState
from gongshi.grants.queries import grants_to_watch, grants_visible_to
from gongshi.identity.department_actions import (
    appoint_head,
    edit_department,
    import_departments,
    merge_departments,
)
from gongshi.identity.forms import DepartmentRowForm
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.form_rows import heads_of
from gongshi.kernel.problems import WorkbookRefused
from tests.demand.making import City, state_of
from tests.factories import browser_of, make_camera, make_department, make_person
from tests.grants.making import make_grant
from tests.identity.workbooks import workbook

pytestmark = pytest.mark.django_db

HEADS = heads_of(DepartmentRowForm())


@pytest.fixture
def system() -> Person:
    return make_person(Role.SYSTEM_ADMINISTRATOR)


def as_it_is(department: Department) -> dict[str, Any]:
    fields = ("name", "short_name", "region", "level", "kind", "parent", "supervisor")
    return {field: getattr(department, field) for field in fields}


def everything() -> list[Any]:
    return [list(Department.objects.order_by("pk").values()), AuditEvent.objects.count()]


def edit(actor: Person, department: Department, **changes: Any) -> Department:
    return edit_department(actor=actor, department=department, **as_it_is(department) | changes)


class TestTree:
    def test_a_department_moves_with_all_that_is_below_it(self, system: Person) -> None:
        top, middle, below = make_department("总局"), make_department("分局"), make_department("大队")
        edit(system, below, parent=middle)
        edit(system, middle, parent=top)
        page = browser_of(system).get("/people/departments/tree/").content.decode()
        assert page.index("总局") < page.index("└ <a") < page.index("分局") < page.index("大队")

    @pytest.mark.parametrize("above", ["parent", "supervisor"])
    def test_nothing_is_above_itself(self, system: Person, above: str) -> None:
        top, middle, below = make_department(), make_department(), make_department()
        edit(system, middle, **{above: top})
        edit(system, below, **{above: middle})
        before = everything()
        for department, wrong in ((top, below), (top, top), (middle, below)):
            with pytest.raises(Invalid) as refusal:
                edit(system, Department.objects.get(pk=department.pk), **{above: wrong})
            assert refusal.value.field == above
        assert everything() == before

    def test_a_new_name_keeps_the_old_one_and_is_found_by_it(self, system: Person) -> None:
        department = make_department("丽水市环境保护局")
        edit(system, department, name="丽水市生态环境局")
        assert [former.name for former in department.earlier_names.all()] == ["丽水市环境保护局"]
        found = browser_of(system).get("/people/departments/", {"name": "环境保护"}).content.decode()
        assert "丽水市生态环境局" in found
        page = browser_of(system).get(department.get_absolute_url()).content.decode()
        assert "丽水市环境保护局" in page

    def test_the_head_is_one_of_its_people(self, system: Person) -> None:
        department, stranger = make_department(), make_person(Role.DEPARTMENT_HEAD)
        with pytest.raises(Invalid, match="本部门"):
            appoint_head(actor=system, department=department, head=stranger)
        head = make_person(Role.DEPARTMENT_HEAD, department=department)
        browser_of(system).post(f"/people/departments/{department.pk}/head/", {"head": head.pk})
        assert Department.objects.get(pk=department.pk).head == head

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMINISTRATOR])
    def test_nobody_else_changes_them(self, role: Role) -> None:
        actor, other = make_person(role), make_department()
        department = actor.department
        before = everything()
        with pytest.raises(Forbidden):
            edit(actor, department, name="别名")
        with pytest.raises(Forbidden):
            appoint_head(actor=actor, department=department, head=actor)
        with pytest.raises(Forbidden):
            merge_departments(actor=actor, department=department, into=other, reason="机构改革")
        with pytest.raises(Forbidden):
            import_departments(actor=actor, file=workbook(HEADS, []), file_name="表.xlsx")
        assert everything() == before

    def test_the_list_takes_few_queries(
        self, system: Person, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(10):
            make_person(Role.VIEWER)
        client.force_login(system)
        client.get("/people/departments/")
        for address in ("/people/departments/", "/people/departments/tree/"):
            with django_assert_max_num_queries(12):
                client.get(address)


class TestMerger:
    @pytest.fixture
    def two(self) -> tuple[Department, Department]:
        return make_department("丽水市国土资源局"), make_department("丽水市自然资源局")

    def test_people_go_with_their_roles_and_the_tree_closes(
        self, system: Person, two: tuple[Department, Department]
    ) -> None:
        old, into = two
        viewer = make_person(Role.VIEWER, department=old)
        child = make_department()
        edit(system, child, parent=old)
        unit = make_department(kind=DepartmentKind.SOCIAL, supervisor=old)
        merge_departments(actor=system, department=old, into=into, reason="机构改革")
        viewer = Person.objects.get(pk=viewer.pk)
        assert (viewer.department, viewer.roles) == (into, {Role.VIEWER})
        assert [stay.department for stay in viewer.stays.all()] == [into, old]
        assert Department.objects.get(pk=child.pk).parent == into
        assert Department.objects.get(pk=unit.pk).supervisor == into
        old = Department.objects.get(pk=old.pk)
        assert (old.is_active, old.merged_into, old.name) == (False, into, "丽水市国土资源局")

    def test_into_one_of_its_own_units(self, system: Person, two: tuple[Department, Department]) -> None:
        old, into = two
        above, between = make_department(), make_department()
        edit(system, old, parent=above)
        edit(system, between, parent=old)
        edit(system, into, parent=between)
        merge_departments(actor=system, department=old, into=into, reason="机构改革")
        assert Department.objects.get(pk=into.pk).parent == above
        assert Department.objects.get(pk=between.pk).parent == into

    def test_of_two_mergers_the_last_one_tells_where_it_is(
        self, system: Person, two: tuple[Department, Department]
    ) -> None:
        first, second = two
        third = make_department()
        merge_departments(actor=system, department=first, into=second, reason="机构改革")
        merge_departments(actor=system, department=second, into=third, reason="机构改革")
        assert Department.objects.get(pk=first.pk).merged_into == third

    def test_cameras_go_on_under_the_new_name(
        self, system: Person, two: tuple[Department, Department]
    ) -> None:
        old, into = two
        mine, other = make_camera(old), make_camera()
        merge_departments(actor=system, department=old, into=into, reason="机构改革")
        mine = Camera.objects.get(pk=mine.pk)
        assert {mine.owner, mine.source_department, mine.builder, mine.manager, mine.maintainer} == {into}
        assert Camera.objects.get(pk=other.pk).owner == other.owner
        assert AuditEvent.objects.filter(
            action="catalogue:camera:taken_over", object_id=mine.pk, actor_id=system.pk
        ).exists()

    def test_living_grants_go_on_and_ended_ones_keep_the_old_name(
        self, system: Person, two: tuple[Department, Department]
    ) -> None:
        old, into = two
        viewer = make_person(Role.VIEWER, department=old)
        living = make_grant(viewers=[viewer], department=viewer.department)
        ended = make_grant(viewers=[viewer], department=viewer.department)
        Grant.objects.filter(pk=ended.pk).update(
            state=GrantState.REVOKED, end_reason="到期", ended_at=ended.valid_from
        )
        merge_departments(actor=system, department=old, into=into, reason="机构改革")
        viewer = Person.objects.get(pk=viewer.pk)
        assert list(grants_to_watch(viewer)) == [living]
        assert Grant.objects.get(pk=ended.pk).department == old
        assert {grant.pk for grant in grants_visible_to(viewer)} == {living.pk, ended.pk}

    def test_business_goes_on_where_the_people_are(self, system: Person) -> None:
        city, into = City(), make_department()
        lane = city.confirming()
        merge_departments(actor=system, department=city.department, into=into, reason="机构改革")
        merge_departments(actor=system, department=city.water, into=into, reason="机构改革")
        assert Demand.objects.get(pk=lane.demand_id).department == into
        assert Lane.objects.get(pk=lane.pk).source_department == into
        assert {item.department for item in BusinessItem.objects.all()} == {into}
        specialist = Person.objects.get(pk=city.specialist.pk)
        assert browser_of(specialist).get(f"/demands/{lane.demand_id}/").status_code == 200

    def test_of_a_demand_to_both_the_bureau_decides_what_was_asked_of_the_old_one(
        self, system: Person
    ) -> None:
        city = City()
        demand = city.submit(city.restricted(city.water), city.restricted(city.traffic))
        old, own = (demand.lanes.get(source_department=each) for each in (city.water, city.traffic))
        merge_departments(actor=system, department=city.water, into=city.traffic, reason="机构改革")
        former = Person.objects.get(pk=city.water_reviewer.pk)
        with pytest.raises(Forbidden):
            confirm_lane(actor=former, lane=Lane.objects.get(pk=old.pk))
        assert state_of(old) == "confirming"
        confirm_lane(actor=former, lane=Lane.objects.get(pk=own.pk))
        confirm_lane(actor=city.administrator, lane=Lane.objects.get(pk=old.pk))
        assert {state_of(lane) for lane in (old, own)} == {"reviewing"}

    @pytest.mark.parametrize("wrong", ["itself", "merged", "no bureau", "without a reason"])
    def test_what_cannot_be_merged_stays(
        self, system: Person, two: tuple[Department, Department], wrong: str
    ) -> None:
        old, into = two
        reason = "机构改革"
        if wrong == "itself":
            into = old
        if wrong == "merged":
            merge_departments(actor=system, department=old, into=make_department(), reason=reason)
        if wrong == "no bureau":
            old = make_department(kind=DepartmentKind.BUREAU)
        if wrong == "without a reason":
            reason = "  "
        before = everything()
        with pytest.raises((Invalid, Conflict)):
            merge_departments(actor=system, department=old, into=into, reason=reason)
        assert everything() == before

    def test_it_is_found_by_the_name_of_what_became_part_of_it(
        self, system: Person, two: tuple[Department, Department]
    ) -> None:
        old, into = two
        browser = browser_of(system)
        given = {"into": into.pk, "reason": "机构改革"}
        assert browser.post(f"/people/departments/{old.pk}/merger/", given).status_code == 302
        assert into.name in browser.get("/people/departments/", {"name": "国土"}).content.decode()
        assert "已并入" in browser.get(old.get_absolute_url()).content.decode()


def row(code: str, name: str, **cells: str) -> tuple[str, ...]:
    given = {
        "部门编码": code,
        "部门名称": name,
        "简称": name[:8],
        "行政区域": "丽水市",
        "层级": "市级",
        "类别": "政府部门",
    } | cells
    return tuple(given.get(head, "") for head in HEADS)


class TestWorkbook:
    def take(self, actor: Person, *rows: tuple[str, ...], **options: Any) -> Any:
        return import_departments(actor=actor, file=workbook(HEADS, rows), file_name="部门.xlsx", **options)

    def test_rows_may_stand_in_any_order(self, system: Person) -> None:
        done = self.take(
            system,
            row("331100-Q2", "丽水供水公司", 类别="企业", 主管部门="丽水市水利局"),
            row("331100-Q1", "丽水市水利局", 上级部门="331100-Q0"),
            row("331100-Q0", "丽水市人民政府"),
        )
        assert (done.created, done.edited) == (3, 0)
        company = Department.objects.get(code="331100-Q2")
        assert company.supervisor and company.supervisor.parent
        assert company.supervisor.parent.name == "丽水市人民政府"

    def test_a_code_that_is_there_is_corrected(self, system: Person) -> None:
        department = make_department("旧名")
        done = self.take(system, row(department.code, "新名"))
        assert (done.created, done.edited) == (0, 1)
        assert Department.objects.get(pk=department.pk).name == "新名"
        assert department.earlier_names.get().name == "旧名"

    @pytest.mark.parametrize(
        ("rows", "place"),
        [
            ([row("A-1", "甲局"), row("A-2", "")], (3, "部门名称")),
            ([row("A-1", "甲局"), row("A-1", "乙局")], (3, "部门编码")),
            ([row("A-1", "甲局"), row("A-2", "甲局")], (3, "部门名称")),
            ([row("A-1", "甲局", 行政区域="杭州市")], (2, "行政区域")),
            ([row("A-1", "甲局"), row("A-2", "乙局", 上级部门="丙局")], (3, "上级部门")),
            ([row("A-1", "甲局", 上级部门="乙局"), row("A-2", "乙局", 上级部门="甲局")], (2, "上级部门")),
            ([row("A-1", "甲公司", 类别="企业")], (2, "主管部门")),
        ],
    )
    def test_one_fault_is_named_and_nothing_is_taken(
        self, system: Person, rows: list[tuple[str, ...]], place: tuple[int, str]
    ) -> None:
        before = everything()
        with pytest.raises(WorkbookRefused) as refusal:
            self.take(system, *rows)
        assert place in {(problem.row, problem.column) for problem in refusal.value.problems}
        assert everything() == before

    def test_a_check_alone_leaves_nothing(self, system: Person) -> None:
        before = everything()
        assert self.take(system, row("A-1", "甲局"), only_check=True).created == 1
        assert everything() == before

    def test_on_the_page_and_over_the_interface(self, system: Person) -> None:
        browser = browser_of(system)
        assert browser.get("/people/departments/template/").status_code == 200
        given = {"file": workbook(HEADS, [row("A-1", "甲局")])}
        assert browser.post("/people/departments/import/", given).status_code == 302
        given = {"file": workbook(HEADS, [row("A-2", "乙局")])}
        assert browser.post("/api/v1/people/departments/import", given).json() == {"created": 1, "edited": 0}
        assert Department.objects.filter(code__in=["A-1", "A-2"]).count() == 2


class TestApi:
    def test_edited_headed_and_merged(self, system: Person) -> None:
        department, into = make_department("甲局"), make_department("乙局")
        head = make_person(Role.DEPARTMENT_HEAD, department=department)
        browser, address = browser_of(system), f"/api/v1/people/departments/{department.code}"
        body = {
            "name": "丙局",
            "short_name": "丙局",
            "region": "331100",
            "level": "city",
            "kind": "government",
            "parent": into.code,
        }
        edited = browser.put(address, body, "application/json").json()
        assert (edited["name"], edited["parent"], edited["earlier_names"]) == ("丙局", "乙局", ["甲局"])
        headed = browser.post(f"{address}/head", {"head": head.account}, "application/json").json()
        assert headed["head"] == head.name
        merged = browser.post(
            f"{address}/merger", {"into": into.code, "reason": "机构改革"}, "application/json"
        ).json()
        assert (merged["is_active"], merged["merged_into"]) == (False, into.code)

    def test_nobody_else(self) -> None:
        department = make_department()
        browser = browser_of(make_person(Role.SECURITY_ADMINISTRATOR))
        before = everything()
        address = f"/api/v1/people/departments/{department.code}"
        body = {"name": "丙", "short_name": "丙", "region": "331100", "level": "city", "kind": "government"}
        answers = (
            browser.put(address, body, "application/json"),
            browser.post(f"{address}/head", {"head": "x"}, "application/json"),
            browser.post(f"{address}/merger", {"into": "x", "reason": "y"}, "application/json"),
        )
        assert {answer.status_code for answer in answers} == {403}
        assert everything()[0] == before[0]
