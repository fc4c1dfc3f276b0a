"""Accounts and roles (§10a)."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.identity.actions import create_person, establish, lock_person
from gongshi.identity.models import Department, DepartmentKind, Person, RoleAssignment
from gongshi.identity.proposal_actions import approve_proposals, propose_change
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from tests.factories import PASSWORD, make_department, make_person

pytestmark = pytest.mark.django_db

NEW: dict[str, Any] = {"account": "lihua", "name": "李华", "roles": [Role.DATA_SPECIALIST]}
FORM = {"account": "lihua", "name": "李华", "clearance": "L2"}


def test_the_security_administrator_gives_a_department_its_first_specialist() -> None:
    security = make_person(Role.SECURITY_ADMINISTRATOR)
    person = create_person(actor=security, department=make_department(), password=PASSWORD, **NEW)
    assert person.roles == {Role.DATA_SPECIALIST}
    assert AuditEvent.objects.filter(
        action="identity:person:created", object_id=person.pk, actor_id=security.pk
    ).exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMINISTRATOR])
def test_nobody_else_gives_accounts(role: Role) -> None:
    actor = make_person(role)
    before = Person.objects.count(), AuditEvent.objects.count()
    with pytest.raises(Forbidden):
        create_person(actor=actor, department=actor.department, password=PASSWORD, **NEW)
    assert (Person.objects.count(), AuditEvent.objects.count()) == before


@pytest.mark.parametrize(
    "roles", [[Role.VIEWER], [Role.AUDIT_ADMINISTRATOR], [], [Role.DATA_SPECIALIST, Role.OPERATOR]]
)
def test_alone_he_gives_no_other_account(roles: list[Role]) -> None:
    security, department = make_person(Role.SECURITY_ADMINISTRATOR), make_department()
    before = Person.objects.count(), AuditEvent.objects.count()
    with pytest.raises(Conflict, match="账号申请"):
        create_person(actor=security, department=department, password=PASSWORD, **NEW | {"roles": roles})
    assert (Person.objects.count(), AuditEvent.objects.count()) == before


def test_nor_a_second_specialist() -> None:
    security, first = make_person(Role.SECURITY_ADMINISTRATOR), make_person(Role.DATA_SPECIALIST)
    with pytest.raises(Conflict, match="首个数据专员"):
        create_person(actor=security, department=first.department, password=PASSWORD, **NEW)
    assert first.department.people.count() == 1


def test_locking_the_only_specialist_does_not_let_him_give_another_one_alone() -> None:
    security, first = make_person(Role.SECURITY_ADMINISTRATOR), make_person(Role.DATA_SPECIALIST)
    unit = make_department(kind=DepartmentKind.SOCIAL, supervisor=first.department)
    lock_person(actor=security, person=first, reason="账号外借")
    before = Person.objects.count(), AuditEvent.objects.count()
    for department in (first.department, unit):
        with pytest.raises(Conflict, match="请先解锁"):
            create_person(actor=security, department=department, password=PASSWORD, **NEW)
    assert (Person.objects.count(), AuditEvent.objects.count()) == before


def test_a_department_whose_only_specialist_left_for_good_gets_a_first_one_again() -> None:
    security, first = make_person(Role.SECURITY_ADMINISTRATOR), make_person(Role.DATA_SPECIALIST)
    retired = propose_change(actor=first, person=first, kind="retire", reason="退休")
    approve_proposals(actor=security, proposals=[retired])
    person = create_person(actor=security, department=first.department, password=PASSWORD, **NEW)
    assert person.roles == {Role.DATA_SPECIALIST}


def test_two_administrations_never_meet_in_one_person() -> None:
    with pytest.raises(Invalid, match="不同的人"):
        make_person(Role.AUDIT_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR)
    with pytest.raises(Invalid, match="不同的人"):
        make_person(Role.AUDIT_ADMINISTRATOR, Role.VIEWER)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO identity_roleassignment (person_id, role) VALUES (%s, 'viewer')",
        "INSERT INTO identity_roleassignment (person_id, role) VALUES (%s, 'system_administrator')",
    ],
)
def test_raw_sql_brings_them_together_as_little(statement: str) -> None:
    person = make_person(Role.AUDIT_ADMINISTRATOR)
    with (
        pytest.raises(IntegrityError, match="separated_administrators"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [person.pk])


@pytest.mark.parametrize("name", ["admin", "administrator", "root", "test", "guest", "admin-01", "test2"])
def test_a_name_that_everybody_guesses_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="通用账号名") as refusal:
        create_person(actor=None, department=make_department(), password=PASSWORD, **NEW | {"account": name})
    assert refusal.value.field == "account"
    assert not Person.objects.exists()


@pytest.mark.parametrize("table", ["identity_person", "identity_department", "identity_departmentstay"])
def test_the_database_deletes_nobody(table: str) -> None:
    person = make_person()
    key = {"identity_person": person.pk, "identity_department": person.department_id}.get(table)
    key = key or person.stays.get().pk
    with (
        pytest.raises(DatabaseError, match="never deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])


@pytest.mark.parametrize("second", [Role.SYSTEM_ADMINISTRATOR, Role.VIEWER])
def test_the_database_refuses_it_too(second: Role) -> None:
    person = make_person(Role.AUDIT_ADMINISTRATOR)
    with pytest.raises(IntegrityError, match="separated_administrators"), transaction.atomic():
        RoleAssignment.objects.create(person=person, role=second)


def test_business_roles_may_be_combined() -> None:
    assert make_person(Role.DATA_SPECIALIST, Role.VIEWER).roles == {Role.DATA_SPECIALIST, Role.VIEWER}


def test_a_weak_password_is_refused_with_the_field_at_fault() -> None:
    with pytest.raises(Invalid) as refusal:
        create_person(actor=None, department=make_department(), password="12345", **NEW)
    assert refusal.value.field == "password"
    assert not Person.objects.exists()


def test_bureau_administrators_belong_to_the_bureau() -> None:
    with pytest.raises(Invalid, match="大数据局"):
        create_person(
            actor=None,
            department=make_department(),
            password=PASSWORD,
            **NEW | {"roles": [Role.BUREAU_ADMINISTRATOR]},
        )


def test_an_enterprise_names_its_supervising_department() -> None:
    with pytest.raises(Invalid, match="主管部门"):
        make_department(kind=DepartmentKind.ENTERPRISE)


def test_phones_are_unreadable_in_the_database() -> None:
    person = make_person(Role.VIEWER)
    stored = Person.objects.raw("SELECT id, phone AS stored FROM identity_person WHERE id = %s", [person.pk])[
        0
    ].stored
    assert "138" not in stored
    assert Person.objects.get(pk=person.pk).phone == "13800000000"


class TestPages:
    def test_the_form_keeps_what_was_typed_when_it_refuses(self, client: Client) -> None:
        client.force_login(make_person(Role.SECURITY_ADMINISTRATOR))
        answer = client.post(
            "/people/new/",
            FORM | {"account": "Li Hua", "department": make_department().pk},
        )
        assert answer.status_code == 422
        assert "李华" in answer.content.decode()
        assert not Person.objects.filter(name="李华").exists()

    def test_the_initial_password_is_shown_once(self, client: Client) -> None:
        client.force_login(make_person(Role.SECURITY_ADMINISTRATOR))
        answer = client.post("/people/new/", FORM | {"department": make_department().pk})
        opened = answer.context["opened"][0]
        assert opened.password in answer.content.decode()
        assert Person.objects.get(account="lihua").check_password(opened.password)
        assert opened.password not in client.get(f"/people/{opened.person.pk}/").content.decode()
        assert not AuditEvent.objects.filter(after__icontains=opened.password).exists()

    def test_people_are_listed_for_administrators_only(self, client: Client) -> None:
        client.force_login(make_person(Role.SECURITY_ADMINISTRATOR))
        viewer = make_person(Role.VIEWER)
        assert viewer.name in client.get("/people/").content.decode()
        client.force_login(viewer)
        assert client.get("/people/").status_code == 403

    def test_a_specialist_sees_the_accounts_he_keeps(self, client: Client) -> None:
        specialist, stranger = make_person(Role.DATA_SPECIALIST), make_person(Role.VIEWER, name="外单位人")
        colleague = make_person(Role.VIEWER, department=specialist.department, name="本单位人")
        client.force_login(specialist)
        page = client.get("/people/").content.decode()
        assert "本单位人" in page and "外单位人" not in page
        assert client.get(f"/people/{colleague.pk}/").status_code == 200
        assert client.get(f"/people/{stranger.pk}/").status_code == 404

    def test_the_list_of_people_asks_the_same_few_questions_however_long_it_is(
        self, client: Client, django_assert_max_num_queries: object
    ) -> None:
        client.force_login(make_person(Role.SECURITY_ADMINISTRATOR))
        for _ in range(20):
            make_person(Role.VIEWER)
        with django_assert_max_num_queries(11):  # type: ignore[operator]
            client.get("/people/")


class TestLogin:
    def test_a_person_signs_in_and_is_greeted_by_name(self, client: Client) -> None:
        person = make_person(Role.VIEWER, name="王小明")
        answer = client.post("/account/login/", {"login": person.account, "password": PASSWORD}, follow=True)
        assert "王小明" in answer.content.decode()
        assert AuditEvent.objects.filter(action="identity:session:begun", actor_id=person.pk).exists()

    def test_a_wrong_password_and_an_unknown_account_get_the_same_sentence(self, client: Client) -> None:
        person = make_person(Role.VIEWER)
        wrong = client.post("/account/login/", {"login": person.account, "password": "wrong-password"})
        unknown = client.post("/account/login/", {"login": "nobody-here", "password": "wrong-password"})
        assert wrong.context["form"].errors == unknown.context["form"].errors != {}
        assert AuditEvent.objects.filter(action="identity:session:failed").count() == 2

    def test_sign_up_is_closed(self, client: Client) -> None:
        for address in ("/account/signup/", "/accounts/signup/", "/signup/"):
            assert client.get(address).status_code in {302, 404}
        assert not Person.objects.exists()

    def test_a_stranger_is_led_to_the_login_page(self, client: Client) -> None:
        for address in ("/", "/people/", "/audit/events/", "/notices/"):
            assert client.get(address)["Location"].startswith("/account/login/")

    def test_a_program_without_login_gets_an_answer_it_can_read(self, client: Client) -> None:
        answer = client.get("/api/v1/audit/events")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")


class TestApi:
    def test_a_specialist_finds_the_viewers_of_the_own_department_only(self, client: Client) -> None:
        specialist = make_person(Role.DATA_SPECIALIST)
        viewer = make_person(Role.VIEWER, department=specialist.department)
        make_person(Role.VIEWER)
        client.force_login(specialist)
        found = client.get("/api/v1/people/colleagues").json()
        assert {row["id"] for row in found["items"]} == {specialist.pk, viewer.pk}
        assert "138" not in str(found)

    def test_the_security_administrator_gives_an_account(self, client: Client) -> None:
        client.force_login(make_person(Role.SECURITY_ADMINISTRATOR))
        body = {**NEW, "department": make_department().code}
        answer = client.post("/api/v1/people", body, content_type="application/json")
        assert answer.status_code == 201
        assert Person.objects.get(account="lihua").check_password(answer.json()["password"])

    @pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.BUREAU_ADMINISTRATOR, Role.VIEWER])
    def test_others_give_none(self, client: Client, role: Role) -> None:
        client.force_login(make_person(role))
        before = Person.objects.count()
        body = {**NEW, "department": make_department().code}
        answer = client.post("/api/v1/people", body, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
        assert Person.objects.count() == before

    def test_an_unknown_department_is_named_as_the_fault(self, client: Client) -> None:
        client.force_login(make_person(Role.SECURITY_ADMINISTRATOR))
        answer = client.post("/api/v1/people", {**NEW, "department": "X"}, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["field"]) == (422, "department")


NEW_DEPARTMENT = {
    "code": "331100-QX",
    "name": "丽水市气象局",
    "short_name": "市气象局",
    "region": "331100",
    "level": "city",
    "kind": "government",
}


class TestDepartments:
    def test_the_system_administrator_adds_one_on_the_page(self, client: Client) -> None:
        client.force_login(make_person(Role.SYSTEM_ADMINISTRATOR))
        client.post("/people/departments/new/", NEW_DEPARTMENT)
        assert Department.objects.filter(name="丽水市气象局").exists()

    def test_and_over_the_interface(self, client: Client) -> None:
        client.force_login(make_person(Role.SYSTEM_ADMINISTRATOR))
        answer = client.post("/api/v1/people/departments", NEW_DEPARTMENT, content_type="application/json")
        assert answer.status_code == 201
        assert Department.objects.filter(code="331100-QX").exists()

    def test_a_code_that_is_taken_is_the_field_at_fault(self, client: Client) -> None:
        client.force_login(make_person(Role.SYSTEM_ADMINISTRATOR))
        taken = NEW_DEPARTMENT | {"code": make_department().code}
        answer = client.post("/people/departments/new/", taken)
        assert answer.status_code == 422
        assert "code" in answer.context["form"].errors

    @pytest.mark.parametrize("role", [Role.SECURITY_ADMINISTRATOR, Role.BUREAU_ADMINISTRATOR, Role.VIEWER])
    def test_nobody_else_adds_one(self, client: Client, role: Role) -> None:
        client.force_login(make_person(role))
        before = Department.objects.count()
        client.post("/people/departments/new/", NEW_DEPARTMENT)
        client.post("/api/v1/people/departments", NEW_DEPARTMENT, content_type="application/json")
        assert Department.objects.count() == before


class TestFirstAccounts:
    def test_an_empty_installation_gets_its_bureau_and_three_separated_administrators(self) -> None:
        passwords = establish(bureau="丽水市大数据发展管理局")
        people = {person.account: person for person in Person.objects.all()}
        assert {role for person in people.values() for role in person.roles} == SEPARATED_ADMINISTRATORS
        assert all(people[account].check_password(password) for account, password in passwords.items())

    def test_an_installation_with_people_gets_none(self) -> None:
        make_person(Role.VIEWER)
        before = Person.objects.count(), Department.objects.count()
        with pytest.raises(Conflict, match="只能建立一次"):
            establish(bureau="丽水市大数据发展管理局")
        assert (Person.objects.count(), Department.objects.count()) == before
