"""信息调用登记: each reads the looks that concern him (§10, Order 799 Art. 16(3))."""

import io
from collections.abc import Callable

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.identity.department_actions import merge_departments
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from tests.factories import browser_of, make_camera, make_department, make_person
from tests.viewing.making import let_watch, make_node, open_look

pytestmark = pytest.mark.django_db

PAGE, SHEET, API = "/audit/register/", "/audit/register/sheet/", "/api/v1/audit/register"
SHEET_API = f"{API}/sheet"
SHEETS = pytest.mark.parametrize("sheet", [SHEET, SHEET_API])


@pytest.fixture
def water() -> Department:
    return make_department("水利局")


@pytest.fixture
def traffic() -> Department:
    return make_department("交通局")


def look(source: Department, of: Department, reason: str = "汛期值守查看水位") -> AccessRecord:
    """A look of a person of one department at a camera of another."""
    viewer = make_person(Role.VIEWER, department=of, name="陈静")
    grant = let_watch(viewer, make_camera(source))
    return open_look(viewer, grant.camera, reason=reason).session.record


@pytest.fixture
def looks(water: Department, traffic: Department) -> dict[str, AccessRecord]:
    make_node()
    return {
        "of traffic at water": look(water, traffic),
        "of water at traffic": look(traffic, water),
        "of others": look(make_department("公安局"), make_department("应急局")),
    }


def seen_on_page(reader: Person, **filters: str) -> set[int]:
    answer = browser_of(reader).get(PAGE, filters)
    assert answer.status_code == 200
    return {row.record.pk for row in answer.context["table"].page.object_list}


def seen_by_api(reader: Person, **filters: str) -> set[int]:
    answer = browser_of(reader).get(API, filters)
    assert answer.status_code == 200
    return {item["id"] for item in answer.json()["items"]}


def rows_of_sheet(reader: Person, sheet: str = SHEET, **filters: str) -> list[list[object]]:
    answer = browser_of(reader).get(sheet, filters)
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


BOTH = pytest.mark.parametrize("seen", [seen_on_page, seen_by_api])


@BOTH
@pytest.mark.parametrize("role", [Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER, Role.DEPARTMENT_HEAD])
def test_a_department_sees_the_looks_at_its_cameras_and_those_of_its_people(
    role: Role, seen: Callable[[Person], set[int]], water: Department, looks: dict[str, AccessRecord]
) -> None:
    wanted = {looks["of traffic at water"].pk, looks["of water at traffic"].pk}
    assert seen(make_person(role, department=water)) == wanted


@BOTH
@pytest.mark.parametrize("role", [Role.AUDIT_ADMINISTRATOR, Role.BUREAU_ADMINISTRATOR])
def test_the_auditor_and_the_bureau_see_all(
    role: Role, seen: Callable[[Person], set[int]], looks: dict[str, AccessRecord]
) -> None:
    assert seen(make_person(role)) == {record.pk for record in looks.values()}


@pytest.mark.parametrize(
    "role", [Role.VIEWER, Role.OPERATOR, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR]
)
def test_nobody_else_reads_the_register_or_takes_it_out(role: Role) -> None:
    make_node()
    look(make_department(), make_department())
    browser = browser_of(make_person(role))
    for address in (PAGE, SHEET, API, SHEET_API, f"{PAGE}?_export=xlsx"):
        assert browser.get(address).status_code == 403
    assert not AuditEvent.objects.filter(action=AuditAction.RegisterTakenOut).exists()


def test_a_department_of_the_same_name_later_does_not_inherit_the_looks(
    water: Department, looks: dict[str, AccessRecord]
) -> None:
    water.name = "原水利局"
    water.save()
    newcomer = make_person(Role.DATA_SPECIALIST, department=make_department("水利局"))
    assert seen_on_page(newcomer) == set()


class TestMergers:
    """The looks stay under the old name, and who goes on with the department answers for them."""

    @pytest.fixture
    def successor(self, water: Department, looks: dict[str, AccessRecord]) -> Department:
        made = make_department("水务局")
        merge(water, made)
        return made

    @BOTH
    @pytest.mark.parametrize("role", [Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER])
    def test_the_successor_sees_what_was_before(
        self,
        role: Role,
        seen: Callable[[Person], set[int]],
        successor: Department,
        looks: dict[str, AccessRecord],
    ) -> None:
        wanted = {looks["of traffic at water"].pk, looks["of water at traffic"].pk}
        assert seen(make_person(role, department=successor)) == wanted
        last = make_department("水利水务局")
        merge(successor, last)
        assert seen(make_person(role, department=last)) == wanted

    @BOTH
    def test_nobody_else_sees_more(
        self,
        seen: Callable[[Person], set[int]],
        successor: Department,
        traffic: Department,
        looks: dict[str, AccessRecord],
    ) -> None:
        both = {looks["of traffic at water"].pk, looks["of water at traffic"].pk}
        assert seen(make_person(Role.DATA_SPECIALIST, department=traffic)) == both
        assert seen(make_person(Role.SOURCE_REVIEWER)) == set()
        viewer = make_person(Role.VIEWER, department=successor)
        assert browser_of(viewer).get(PAGE).status_code == 403


def merge(department: Department, into: Department) -> None:
    system = make_person(Role.SYSTEM_ADMINISTRATOR)
    merge_departments(actor=system, department=department, into=into, reason="机构改革")


@BOTH
def test_filters_narrow_the_register(
    seen: Callable[..., set[int]], water: Department, looks: dict[str, AccessRecord]
) -> None:
    specialist = make_person(Role.DATA_SPECIALIST, department=water)
    for found, filters in (
        (2, {"person": "陈静"}),
        (0, {"person": "王芳"}),
        (1, {"department_name": "交通"}),
        (1, {"source_department": "交通"}),
        (2, {"kind": "live"}),
        (0, {"kind": "history"}),
        (2, {"reason": "水位"}),
        (0, {"reason": "寻人"}),
        (0, {"opened_at_before": "2020-01-01"}),
    ):
        assert len(seen(specialist, **filters)) == found, filters


@BOTH
def test_camera_and_grant_find_one_look(
    seen: Callable[..., set[int]], looks: dict[str, AccessRecord]
) -> None:
    auditor, wanted = make_person(Role.AUDIT_ADMINISTRATOR), looks["of others"]
    assert seen(auditor, camera=wanted.camera_code) == {wanted.pk}
    assert seen(auditor, camera=wanted.camera_name) == {wanted.pk}
    assert seen(auditor, grant_number=wanted.grant_number) == {wanted.pk}


@SHEETS
def test_the_sheet_has_title_unit_period_and_one_line_for_each_look(
    sheet: str, water: Department, looks: dict[str, AccessRecord]
) -> None:
    specialist = make_person(Role.DATA_SPECIALIST, department=water)
    rows = rows_of_sheet(specialist, sheet, person="陈静", opened_at_after="2026-01-01")
    assert rows[0][0] == "公共安全视频图像信息调用登记表"
    assert rows[1][0] == "登记单位：水利局"
    assert "2026-01-01 至 " in str(rows[2][0]) and "姓名或账号：陈静" in str(rows[2][0])
    head, *lines = rows[3:6]
    shown = [dict(zip(head, line, strict=True)) for line in lines]
    entry = looks["of traffic at water"]
    (line,) = [line for line in shown if line["数源部门"] == "水利局"]
    assert line["事由"] == "汛期值守查看水位"
    assert (line["调用单位"], line["姓名"], line["账号"]) == ("交通局", "陈静", entry.person_account)
    assert (line["IP 地址"], line["授权编号"]) == ("10.33.1.9", entry.grant_number)
    assert (line["调用内容：视频编号"], line["结果"]) == (entry.camera_code, "进行中")


def test_the_sheet_computes_nothing(water: Department, traffic: Department) -> None:
    make_node()
    look(water, traffic, reason="=HYPERLINK(1)")
    rows = rows_of_sheet(make_person(Role.AUDIT_ADMINISTRATOR))
    assert "'=HYPERLINK(1)" in rows[4]


@pytest.mark.parametrize("address", [SHEET, SHEET_API, f"{PAGE}?_export=csv", f"{PAGE}?_export=xlsx"])
def test_taking_the_register_out_is_an_event(address: str, looks: dict[str, AccessRecord]) -> None:
    auditor = make_person(Role.AUDIT_ADMINISTRATOR)
    assert browser_of(auditor).get(address, {"_export": "csv", "reason": "水位"}).status_code == 200
    event = AuditEvent.objects.get(action=AuditAction.RegisterTakenOut)
    assert (event.actor_id, event.object_label) == (auditor.pk, "信息调用登记")
    assert event.after is not None and event.after["conditions"] == "事由：水位"


@SHEETS
@pytest.mark.parametrize("condition", [{"opened_at_after": "heute"}, {"kind": "telescope"}])
def test_a_wrong_condition_makes_no_sheet(
    sheet: str, condition: dict[str, str], looks: dict[str, AccessRecord]
) -> None:
    answer = browser_of(make_person(Role.AUDIT_ADMINISTRATOR)).get(sheet, condition)
    assert answer.status_code == 422
    assert not AuditEvent.objects.filter(action=AuditAction.RegisterTakenOut).exists()


def test_the_register_is_read_with_few_queries(
    looks: dict[str, AccessRecord], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = browser_of(make_person(Role.DATA_SPECIALIST))
    browser.get(PAGE)
    # Session, person, roles, unread notices, saved filters, departments merged into his;
    # then the count and the rows.
    with django_assert_num_queries(8):
        browser.get(reverse("audit:register"))
