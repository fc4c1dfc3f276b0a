"""账号申请: one proposes, another decides; nobody does both (§10a)."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.identity.forms import PersonRowForm
from gongshi.identity.models import AccountProposal, Person, ProposalKind, ProposalState
from gongshi.identity.proposal_actions import (
    approve_proposals,
    import_accounts,
    propose_account,
    propose_change,
    refuse_proposals,
    withdraw_proposals,
)
from gongshi.identity.roles import Role
from gongshi.identity.signals import account_created, rights_ended
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.form_rows import heads_of
from gongshi.kernel.problems import WorkbookRefused
from gongshi.notices.models import Notice
from tests.factories import browser_of, make_department, make_person
from tests.identity.workbooks import workbook

pytestmark = pytest.mark.django_db

LIHUA: dict[str, Any] = {"account": "lihua", "name": "李华", "roles": [Role.VIEWER], "reason": "新入职"}
HEADS = heads_of(PersonRowForm())


@pytest.fixture
def specialist() -> Person:
    return make_person(Role.DATA_SPECIALIST)


@pytest.fixture
def security() -> Person:
    return make_person(Role.SECURITY_ADMINISTRATOR)


def propose(specialist: Person, **changes: Any) -> AccountProposal:
    return propose_account(actor=specialist, department=specialist.department, **LIHUA | changes)


def recorded() -> tuple[int, int, int]:
    return AccountProposal.objects.count(), Person.objects.count(), AuditEvent.objects.count()


class TestNewAccounts:
    def test_an_account_is_made_when_the_security_administrator_approves(
        self, specialist: Person, security: Person
    ) -> None:
        heard: list[Person] = []

        def hear(person: Person, first: bool, **_: Any) -> None:
            heard.append(person)

        account_created.connect(hear)
        proposal = propose(specialist, phone="13912345678", clearance="L3")
        assert not Person.objects.filter(account="lihua").exists()
        assert Notice.objects.filter(person=security, text__contains=proposal.number).exists()
        opened = approve_proposals(actor=security, proposals=[proposal])
        account_created.disconnect(hear)
        person = Person.objects.get(account="lihua")
        assert person.check_password(opened[0].password)
        assert (person.roles, person.clearance, person.phone) == ({Role.VIEWER}, "L3", "13912345678")
        assert person.stays.get().department == specialist.department
        assert heard == [person]
        assert Notice.objects.filter(person=specialist, text__contains="已通过").exists()

    def test_the_phone_leaves_the_proposal_with_the_decision(
        self, specialist: Person, security: Person
    ) -> None:
        proposal = propose(specialist, phone="13912345678")
        with connection.cursor() as cursor:
            cursor.execute("SELECT phone FROM identity_accountproposal")
            assert "139" not in cursor.fetchone()[0]
        refuse_proposals(actor=security, proposals=[proposal], reason="重复")
        assert AccountProposal.objects.get().phone == ""

    def test_a_refusal_needs_a_reason_and_makes_nobody(self, specialist: Person, security: Person) -> None:
        proposal = propose(specialist)
        with pytest.raises(Invalid, match="理由"):
            refuse_proposals(actor=security, proposals=[proposal], reason=" ")
        refuse_proposals(actor=security, proposals=[proposal], reason="非本单位人员")
        assert not Person.objects.filter(account="lihua").exists()
        assert AccountProposal.objects.get().state == ProposalState.REFUSED

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMINISTRATOR])
    def test_nobody_else_decides(self, specialist: Person, role: Role) -> None:
        proposal, actor = propose(specialist), make_person(role)
        before = recorded()
        with pytest.raises(Forbidden):
            approve_proposals(actor=actor, proposals=[proposal])
        with pytest.raises(Forbidden):
            refuse_proposals(actor=actor, proposals=[proposal], reason="不同意")
        assert recorded() == before

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.DATA_SPECIALIST])
    def test_nobody_but_a_specialist_proposes_people_of_the_business(self, role: Role) -> None:
        actor = make_person(role)
        before = recorded()
        with pytest.raises(Forbidden):
            propose(actor)
        assert recorded() == before

    def test_a_specialist_proposes_for_his_departments_only(self, specialist: Person) -> None:
        unit = make_department(kind="social", supervisor=specialist.department)  # type: ignore[arg-type]
        stranger = make_department()
        assert propose_account(actor=specialist, department=unit, **LIHUA).pk
        with pytest.raises(Forbidden):
            propose_account(actor=specialist, department=stranger, **LIHUA | {"account": "wangwu"})

    def test_a_specialist_proposes_no_administrator(self, specialist: Person) -> None:
        before = recorded()
        with pytest.raises(Forbidden):
            propose(specialist, roles=[Role.SECURITY_ADMINISTRATOR])
        assert recorded() == before

    def test_another_administrator_takes_two_people_too(self, security: Person) -> None:
        system = make_person(Role.SYSTEM_ADMINISTRATOR)
        wanted = LIHUA | {"roles": [Role.SECURITY_ADMINISTRATOR]}
        by_system = propose_account(actor=system, department=system.department, **wanted)
        approve_proposals(actor=security, proposals=[by_system])
        second = Person.objects.get(account="lihua")
        own = propose_account(
            actor=security, department=security.department, **wanted | {"account": "wangwu"}
        )
        with pytest.raises(Forbidden):
            approve_proposals(actor=security, proposals=[own])
        approve_proposals(actor=second, proposals=[own])
        assert Person.objects.get(account="wangwu").roles == {Role.SECURITY_ADMINISTRATOR}

    def test_an_account_waits_for_one_decision_at_a_time(self, specialist: Person) -> None:
        first = propose(specialist)
        with pytest.raises(Conflict, match=first.number):
            propose(specialist)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"account": "admin"}, "account"),
            ({"account": "Li Hua"}, "account"),
            ({"roles": []}, "roles"),
            ({"roles": [Role.BUREAU_ADMINISTRATOR]}, "roles"),
            ({"clearance": "L9"}, "clearance"),
            ({"reason": " "}, "reason"),
            ({"name": ""}, "name"),
        ],
    )
    def test_what_cannot_become_an_account_is_refused_at_once(
        self, specialist: Person, change: dict[str, Any], field: str
    ) -> None:
        before = recorded()
        with pytest.raises(Invalid) as refusal:
            propose(specialist, **change)
        assert refusal.value.field == field
        assert recorded() == before

    def test_an_account_that_is_taken_is_refused(self, specialist: Person) -> None:
        with pytest.raises(Invalid) as refusal:
            propose(specialist, account=make_person().account)
        assert refusal.value.field == "account"

    def test_it_is_decided_once(self, specialist: Person, security: Person) -> None:
        proposal = propose(specialist)
        approve_proposals(actor=security, proposals=[proposal])
        before = recorded()
        with pytest.raises(Conflict):
            approve_proposals(actor=security, proposals=[proposal])
        with pytest.raises(Conflict):
            withdraw_proposals(actor=specialist, proposals=[proposal])
        assert recorded() == before

    def test_only_its_proposer_takes_it_back(self, specialist: Person, security: Person) -> None:
        proposal = propose(specialist)
        with pytest.raises(Forbidden):
            withdraw_proposals(actor=security, proposals=[proposal])
        withdraw_proposals(actor=specialist, proposals=[proposal])
        with pytest.raises(Conflict):
            approve_proposals(actor=security, proposals=[proposal])
        assert not Person.objects.filter(account="lihua").exists()

    @pytest.mark.parametrize("whom", ["proposer", "subject"])
    def test_the_database_keeps_the_two_apart(self, specialist: Person, whom: str) -> None:
        other = make_person(Role.VIEWER, department=specialist.department)
        proposal = propose_change(actor=specialist, person=other, kind=ProposalKind.LOCK, reason="离岗")
        decider = specialist if whom == "proposer" else other
        with (
            pytest.raises(IntegrityError, match=r"two_people|decides_about_himself"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE identity_accountproposal SET state = 'approved', decider_id = %s, decided_at = now()"
                " WHERE id = %s",
                [decider.pk, proposal.pk],
            )


class TestChanges:
    def test_other_rights_come_with_the_approval(self, specialist: Person, security: Person) -> None:
        viewer = make_person(Role.VIEWER, department=specialist.department, clearance="L2")
        ended: list[Person] = []

        def hear(person: Person, why: str, **_: Any) -> None:
            ended.append(person)

        rights_ended.connect(hear)
        proposal = propose_change(
            actor=specialist,
            person=viewer,
            kind="rights",
            roles=[Role.VIEWER, Role.OPERATOR],
            clearance="L3",
            reason="轮岗",
        )
        assert Person.objects.get(pk=viewer.pk).roles == {Role.VIEWER}
        approve_proposals(actor=security, proposals=[proposal])
        rights_ended.disconnect(hear)
        viewer = Person.objects.get(pk=viewer.pk)
        assert (viewer.roles, viewer.clearance) == ({Role.VIEWER, Role.OPERATOR}, "L3")
        assert ended == [viewer]

    def test_who_moves_leaves_his_rights_behind(self, specialist: Person, security: Person) -> None:
        viewer = make_person(Role.VIEWER, department=specialist.department, clearance="L4")
        to = make_department("丽水市气象局")
        proposal = propose_change(
            actor=specialist, person=viewer, kind="move", to_department=to, reason="调动"
        )
        approve_proposals(actor=security, proposals=[proposal])
        viewer = Person.objects.get(pk=viewer.pk)
        assert (viewer.department, viewer.roles, viewer.clearance) == (to, frozenset(), "L1")
        event = AuditEvent.objects.get(action="identity:person:moved")
        assert event.before is not None and event.after is not None
        assert (event.before["clearance"], event.after["clearance"]) == ("L4", "L1")
        now, before = viewer.stays.all()
        assert (now.department, now.until) == (to, None)
        assert before.department == specialist.department and before.until is not None

    def test_a_retired_account_stays_and_is_never_given_again(
        self, specialist: Person, security: Person
    ) -> None:
        viewer = make_person(Role.VIEWER, department=specialist.department)
        proposal = propose_change(actor=specialist, person=viewer, kind="retire", reason="退休")
        approve_proposals(actor=security, proposals=[proposal])
        viewer = Person.objects.get(pk=viewer.pk)
        assert not viewer.is_active and viewer.retired_at and viewer.roles == frozenset()
        with pytest.raises(Conflict, match="已注销"):
            propose_change(actor=specialist, person=viewer, kind="rights", reason="返聘")
        with pytest.raises(Invalid):
            propose(specialist, account=viewer.account)

    def test_a_specialist_asks_nothing_for_people_of_others(self, specialist: Person) -> None:
        stranger = make_person(Role.VIEWER)
        before = recorded()
        for kind in ("rights", "move", "lock", "retire"):
            with pytest.raises(Forbidden):
                propose_change(actor=specialist, person=stranger, kind=kind, reason="离岗")
        assert recorded() == before

    def test_nor_for_an_administrator_of_his_department(self, specialist: Person) -> None:
        administrator = make_person(Role.AUDIT_ADMINISTRATOR, department=specialist.department)
        with pytest.raises(Forbidden):
            propose_change(actor=specialist, person=administrator, kind="lock", reason="离岗")

    def test_nobody_decides_about_himself(self, security: Person) -> None:
        audit = make_person(Role.AUDIT_ADMINISTRATOR)
        proposal = propose_change(actor=audit, person=security, kind="lock", reason="离岗")
        with pytest.raises(Forbidden):
            approve_proposals(actor=security, proposals=[proposal])

    def test_who_moved_meanwhile_is_asked_for_anew(self, specialist: Person, security: Person) -> None:
        viewer = make_person(Role.VIEWER, department=specialist.department)
        proposal = propose_change(
            actor=specialist, person=viewer, kind="rights", roles=[Role.OPERATOR], reason="轮岗"
        )
        Person.objects.filter(pk=viewer.pk).update(department=make_department())
        with pytest.raises(Conflict, match="已不在"):
            approve_proposals(actor=security, proposals=[proposal])
        assert Person.objects.get(pk=viewer.pk).roles == {Role.VIEWER}


class TestWorkbook:
    ROWS = (
        ("lihua", "李华", "科员", "13912345678", "L2", "使用人员"),
        ("wangwu", "王五", "", "", "", "使用人员、数源审核员"),
    )

    def hand_in(self, actor: Person, rows: Any, **options: Any) -> list[AccountProposal]:
        return import_accounts(
            actor=actor,
            department=actor.department,
            file=workbook(HEADS, rows),
            file_name="账号.xlsx",
            reason="新入职",
            **options,
        )

    def test_a_workbook_is_one_batch_decided_at_once(self, specialist: Person, security: Person) -> None:
        proposals = self.hand_in(specialist, self.ROWS)
        assert len({proposal.number for proposal in proposals}) == 1
        opened = approve_proposals(actor=security, proposals=proposals)
        assert {each.person.account for each in opened} == {"lihua", "wangwu"}
        assert Person.objects.get(account="wangwu").roles == {Role.VIEWER, Role.SOURCE_REVIEWER}

    def test_or_row_by_row(self, specialist: Person, security: Person) -> None:
        first, second = self.hand_in(specialist, self.ROWS)
        approve_proposals(actor=security, proposals=[first])
        refuse_proposals(actor=security, proposals=[second], reason="非本单位人员")
        assert set(
            Person.objects.filter(account__in=["lihua", "wangwu"]).values_list("account", flat=True)
        ) == {"lihua"}

    def test_one_bad_row_and_nothing_is_taken(self, specialist: Person) -> None:
        before = recorded()
        bad = (("admin", "张三", "", "", "L2", "使用人员"), ("zhaoliu", "", "", "", "L7", "皇帝"))
        with pytest.raises(WorkbookRefused) as refusal:
            self.hand_in(specialist, (*self.ROWS, *bad))
        found = {(problem.row, problem.column) for problem in refusal.value.problems}
        assert {(4, "账号"), (5, "姓名"), (5, "密级权限"), (5, "角色")} <= found
        assert recorded() == before

    def test_the_same_account_twice_is_a_problem_of_the_second_row(self, specialist: Person) -> None:
        with pytest.raises(WorkbookRefused) as refusal:
            self.hand_in(specialist, (self.ROWS[0], self.ROWS[0]))
        assert [(problem.row, problem.column) for problem in refusal.value.problems] == [(3, "账号")]

    def test_a_check_alone_leaves_nothing(self, specialist: Person) -> None:
        before = recorded()
        assert len(self.hand_in(specialist, self.ROWS, only_check=True)) == 2
        assert recorded() == before

    def test_administrators_do_not_come_by_workbook(self, specialist: Person) -> None:
        with pytest.raises(WorkbookRefused, match="角色"):
            self.hand_in(specialist, [("lihua", "李华", "", "", "L2", "安全管理员")])

    def test_the_template_is_what_the_import_reads(self, specialist: Person) -> None:
        template = browser_of(specialist).get("/people/proposals/template/")
        assert template.status_code == 200
        answer = browser_of(specialist).post(
            "/people/proposals/import/",
            {
                "department": specialist.department_id,
                "reason": "新入职",
                "file": workbook(HEADS, self.ROWS),
            },
        )
        assert answer.status_code == 302
        assert AccountProposal.objects.count() == 2

    def test_the_page_lists_problems_by_row_and_column(self, specialist: Person) -> None:
        page = browser_of(specialist).post(
            "/people/proposals/import/",
            {
                "department": specialist.department_id,
                "reason": "新入职",
                "file": workbook(HEADS, [("admin", "张三", "", "", "", "使用人员")]),
            },
        )
        assert page.status_code == 422
        assert "通用账号名" in page.content.decode() and "文件中的问题" in page.content.decode()


class TestPages:
    def test_asked_for_and_approved_on_pages(self, specialist: Person, security: Person) -> None:
        asked = LIHUA | {"roles": ["viewer"], "clearance": "L2", "department": specialist.department_id}
        answer = browser_of(specialist).post("/people/proposals/new/", asked)
        proposal = AccountProposal.objects.get()
        assert answer["Location"] == proposal.get_absolute_url()
        page = browser_of(security).get(proposal.get_absolute_url())
        assert "李华" in page.content.decode() and page.context["may_decide"]
        decided = browser_of(security).post(
            proposal.get_absolute_url(), {"proposals": [proposal.pk], "verdict": "approve", "reason": ""}
        )
        password = decided.context["opened"][0].password
        assert password in decided.content.decode()
        assert Person.objects.get(account="lihua").check_password(password)

    @pytest.mark.parametrize("kind", ["rights", "move", "lock", "retire"])
    def test_each_change_has_its_page(self, specialist: Person, kind: str) -> None:
        viewer = make_person(Role.VIEWER, department=specialist.department)
        browser = browser_of(specialist)
        address = f"/people/{viewer.pk}/propose/{kind}/"
        assert browser.get(address).status_code == 200
        given = {
            "reason": "轮岗",
            "roles": ["operator"],
            "clearance": "L2",
            "to_department": make_department().pk,
        }
        assert browser.post(address, given).status_code == 302
        assert AccountProposal.objects.get().kind == kind

    def test_a_move_says_on_its_pages_that_the_clearance_ends(self, specialist: Person) -> None:
        viewer, to = make_person(Role.VIEWER, department=specialist.department), make_department()
        sentence = "密级权限降为 L1，由新部门重新申请"
        browser, address = browser_of(specialist), f"/people/{viewer.pk}/propose/move/"
        assert sentence in browser.get(address).content.decode()
        browser.post(address, {"reason": "调动", "to_department": to.pk})
        proposal = AccountProposal.objects.get()
        assert sentence in browser.get(proposal.get_absolute_url()).content.decode()

    def test_there_is_no_page_to_open_an_account_that_is_there(self, specialist: Person) -> None:
        browser = browser_of(specialist)
        for kind in ("open", "nothing"):
            assert browser.get(f"/people/{specialist.pk}/propose/{kind}/").status_code == 404

    def test_another_department_sees_nothing_of_it(self, specialist: Person) -> None:
        proposal = propose(specialist)
        browser = browser_of(make_person(Role.DATA_SPECIALIST))
        assert browser.get(proposal.get_absolute_url()).status_code == 404
        assert "lihua" not in browser.get("/people/proposals/").content.decode()

    def test_taken_back_on_the_page(self, specialist: Person) -> None:
        proposal = propose(specialist)
        address = f"/people/proposals/{proposal.number}/withdrawal/"
        browser_of(make_person(Role.DATA_SPECIALIST)).post(address)
        assert AccountProposal.objects.get().state == ProposalState.OPEN
        browser_of(specialist).post(address)
        assert AccountProposal.objects.get().state == ProposalState.WITHDRAWN

    def test_the_list_takes_few_queries(
        self, specialist: Person, security: Person, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(8):
            propose(specialist, account=f"lihua-{number}")
        client.force_login(security)
        client.get("/people/proposals/")
        with django_assert_max_num_queries(12):
            client.get("/people/proposals/")


class TestApi:
    def test_the_same_over_the_interface(self, specialist: Person, security: Person) -> None:
        body = {**LIHUA, "roles": ["viewer"], "department": specialist.department.code}
        made = browser_of(specialist).post("/api/v1/people/proposals", body, "application/json")
        assert made.status_code == 201, made.content
        address = f"/api/v1/people/proposals/{made.json()['number']}/decision"
        refused = browser_of(specialist).post(address, {"approve": True}, "application/json")
        assert refused.status_code == 403
        decided = browser_of(security).post(address, {"approve": True}, "application/json")
        assert decided.status_code == 200, decided.content
        password = decided.json()["opened"][0]["password"]
        assert Person.objects.get(account="lihua").check_password(password)

    def test_a_change_and_taking_it_back(self, specialist: Person) -> None:
        viewer = make_person(Role.VIEWER, department=specialist.department)
        browser = browser_of(specialist)
        made = browser.post(
            f"/api/v1/people/{viewer.pk}/proposals", {"kind": "lock", "reason": "离岗"}, "application/json"
        )
        assert made.status_code == 201, made.content
        taken = browser.post(f"/api/v1/people/proposals/{made.json()['number']}/withdrawal")
        assert [each["state"] for each in taken.json()] == ["withdrawn"]

    def test_a_workbook(self, specialist: Person) -> None:
        answer = browser_of(specialist).post(
            "/api/v1/people/proposals/import",
            {
                "file": workbook(HEADS, TestWorkbook.ROWS),
                "department": specialist.department.code,
                "reason": "新入职",
            },
        )
        assert answer.status_code == 201, answer.content
        assert len(answer.json()) == 2
