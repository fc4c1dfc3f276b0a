"""Registering clients and changing their terms: by the security administrator, on pages and by interface."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongshi.audit.models import AuditEvent
from gongshi.clients import actions
from gongshi.clients.models import ApiClient, ClientState
from gongshi.identity.accounts import lock, move, set_rights
from gongshi.identity.department_actions import merge_departments
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, GongshiError, Invalid
from gongshi.notices.models import Notice
from tests.clients.making import call, make_client, terms
from tests.factories import browser_of, make_department, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def security() -> Person:
    return make_person(Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def client_row(security: Person) -> ApiClient:
    return make_client(actor=security).client


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=f"clients:client:{action}").count()


class TestRegistering:
    def test_the_secret_is_told_once_and_kept_as_a_digest(self, security: Person) -> None:
        issued = make_client(actor=security)
        assert len(issued.secret) >= 43
        row = ApiClient.objects.filter(pk=issued.client.pk).values().get()
        assert issued.secret not in str(row)
        assert issued.secret not in str(list(AuditEvent.objects.values()))
        assert events("registered") == 1
        assert Notice.objects.filter(person=issued.client.responsible).exists()

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"scopes": []}, "scopes"),
            ({"scopes": ["viewing:watch"]}, "scopes"),
            ({"networks": []}, "networks"),
            ({"networks": ["10.33.0.1/16"]}, "networks"),
            ({"networks": ["everywhere"]}, "networks"),
            ({"networks": ["0.0.0.0/0"]}, "networks"),
            ({"per_minute": 0}, "per_minute"),
            ({"per_minute": 10**9}, "per_minute"),
            ({"expires_on": clock.today() - timedelta(days=1)}, "expires_on"),
            ({"expires_on": clock.today() + timedelta(days=4000)}, "expires_on"),
            ({"name": ""}, "name"),
            ({"purpose": " "}, "purpose"),
        ],
    )
    def test_terms_that_will_not_do_are_refused_by_field(
        self, security: Person, change: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            actions.register_client(actor=security, terms=terms(**change))
        assert refusal.value.field == field
        assert not ApiClient.objects.exists()

    def test_only_somebody_with_a_part_in_the_business_answers_for_a_client(self, security: Person) -> None:
        for person in (make_person(Role.SYSTEM_ADMINISTRATOR), make_person()):
            with pytest.raises(Invalid, match="责任人"):
                actions.register_client(actor=security, terms=terms(responsible=person))

    def test_the_database_refuses_a_client_without_limits(self, client_row: ApiClient) -> None:
        for change in ({"scopes": []}, {"networks": []}, {"per_minute": 0}):
            with pytest.raises(IntegrityError, match="a_client_is_limited"), transaction.atomic():
                ApiClient.objects.update(**change)

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMINISTRATOR])
    def test_nobody_else_keeps_clients(self, client_row: ApiClient, role: Role) -> None:
        actor, before = make_person(role), ApiClient.objects.values().get()
        for act in (
            lambda: actions.register_client(actor=actor, terms=terms()),
            lambda: actions.edit_client(actor=actor, client=client_row, terms=terms(name="别的")),
            lambda: actions.rotate_secret(actor=actor, client=client_row, overlap_hours=0),
            lambda: actions.suspend_client(actor=actor, client=client_row, reason="停"),
            lambda: actions.resume_client(actor=actor, client=client_row),
            lambda: actions.end_client(actor=actor, client=client_row, reason="停"),
        ):
            with pytest.raises(Forbidden):
                act()
        assert ApiClient.objects.values().get() == before


class TestChanging:
    def test_what_changed_is_recorded(self, security: Person, client_row: ApiClient) -> None:
        given = terms(responsible=client_row.responsible, per_minute=7)
        actions.edit_client(actor=security, client=client_row, terms=given)
        event = AuditEvent.objects.get(action="clients:client:edited")
        assert event.after == {"per_minute": 7}

    def test_an_ended_client_stays_ended(self, security: Person, client_row: ApiClient) -> None:
        actions.end_client(actor=security, client=client_row, reason="项目结束")
        before = ApiClient.objects.values().get()
        for act in (
            lambda: actions.edit_client(actor=security, client=client_row, terms=terms()),
            lambda: actions.rotate_secret(actor=security, client=client_row, overlap_hours=1),
            lambda: actions.resume_client(actor=security, client=client_row),
            lambda: actions.suspend_client(actor=security, client=client_row, reason="停"),
            lambda: actions.end_client(actor=security, client=client_row, reason="停"),
        ):
            with pytest.raises(Conflict):
                act()
        assert ApiClient.objects.values().get() == before

    def test_a_secret_overlaps_a_day_at_most(self, security: Person, client_row: ApiClient) -> None:
        for hours in (-1, 25):
            with pytest.raises(Invalid):
                actions.rotate_secret(actor=security, client=client_row, overlap_hours=hours)
        assert events("secret_rotated") == 0

    def test_stopping_needs_a_reason(self, security: Person, client_row: ApiClient) -> None:
        with pytest.raises(GongshiError, match="理由"):
            actions.suspend_client(actor=security, client=client_row, reason=" ")
        assert ApiClient.objects.get().state == ClientState.ACTIVE


class TestTheResponsiblePerson:
    def test_a_client_stops_when_he_is_locked(self, security: Person, client_row: ApiClient) -> None:
        lock(actor=security, person=client_row.responsible, reason="离岗")
        assert ApiClient.objects.get().state == ClientState.SUSPENDED
        assert Notice.objects.filter(person=security, text__contains="自动暂停").exists()
        with pytest.raises(Conflict, match="责任人"):
            actions.resume_client(actor=security, client=client_row)

    def test_a_client_stops_when_he_moves(self, security: Person, client_row: ApiClient) -> None:
        move(actor=security, person=client_row.responsible, to=make_department(), reason="调动")
        assert ApiClient.objects.get().state == ClientState.SUSPENDED

    def test_other_roles_in_the_business_stop_nothing(self, security: Person, client_row: ApiClient) -> None:
        person = client_row.responsible
        set_rights(actor=security, person=person, roles=[Role.VIEWER], clearance="L1", reason="分工调整")
        assert ApiClient.objects.get().state == ClientState.ACTIVE
        set_rights(actor=security, person=person, roles=[], clearance="L1", reason="分工调整")
        assert ApiClient.objects.get().state == ClientState.SUSPENDED


class TestMerger:
    def merge(self, department: Department, into: Department) -> Person:
        system = make_person(Role.SYSTEM_ADMINISTRATOR)
        merge_departments(actor=system, department=department, into=into, reason="机构改革")
        return system

    def test_a_client_goes_on_under_the_successor_and_still_gets_answers(self, security: Person) -> None:
        issued, into = make_client(actor=security), make_department("水务局")
        old = issued.client.department
        system = self.merge(old, into)
        assert call(issued).status_code == 200
        client = ApiClient.objects.get()
        assert (client.department, client.responsible.department) == (into, into)
        event = AuditEvent.objects.get(action="clients:client:taken_over")
        assert (event.before, event.after) == ({"department": old.name}, {"department": "水务局"})
        assert (event.object_id, event.actor_id, event.reason) == (str(client.pk), system.pk, "机构改革")

    def test_a_stopped_client_goes_with_it_and_may_be_resumed(
        self, security: Person, client_row: ApiClient
    ) -> None:
        actions.suspend_client(actor=security, client=client_row, reason="检修")
        self.merge(client_row.department, make_department())
        actions.resume_client(actor=security, client=ApiClient.objects.get())
        assert ApiClient.objects.get().state == ClientState.ACTIVE

    def test_ended_clients_and_those_of_others_stay_where_they_are(
        self, security: Person, client_row: ApiClient
    ) -> None:
        actions.end_client(actor=security, client=client_row, reason="项目结束")
        other = make_client(actor=security).client
        self.merge(client_row.department, make_department())
        kept = dict(ApiClient.objects.values_list("pk", "department"))
        assert kept == {client_row.pk: client_row.department_id, other.pk: other.department_id}
        assert events("taken_over") == 0


class TestPages:
    def body(self, **changes: Any) -> dict[str, Any]:
        given = {
            "name": "省级平台",
            "responsible": make_person(Role.DATA_SPECIALIST).pk,
            "purpose": "目录汇聚",
            "scopes": ["catalogue:read"],
            "networks": "10.33.0.0/16\n10.34.0.1",
            "per_minute": 60,
            "expires_on": str(clock.today() + timedelta(days=30)),
        }
        return given | changes

    def test_the_security_administrator_keeps_a_client(self, security: Person) -> None:
        browser = browser_of(security)
        answer = browser.post("/clients/new/", self.body())
        client = ApiClient.objects.get()
        assert "只显示这一次" in answer.content.decode()
        assert client.networks == ["10.33.0.0/16", "10.34.0.1/32"]
        url = client.get_absolute_url()
        assert "省级平台" in browser.get("/clients/").content.decode()
        assert "读取目录" in browser.get(url).content.decode()
        assert "10.34.0.1/32" in browser.get(f"{url}terms/").content.decode()
        browser.post(f"{url}terms/", self.body(name="省平台", responsible=client.responsible_id))
        assert "密钥" in browser.post(f"{url}secret/", {"overlap_hours": 2}).content.decode()
        browser.post(f"{url}suspension/", {"reason": "检修"})
        assert "检修" in browser.get(url).content.decode()
        browser.post(f"{url}resumption/")
        assert ApiClient.objects.get().state == ClientState.ACTIVE
        browser.post(f"{url}ending/", {"reason": "项目结束"})
        client = ApiClient.objects.get()
        assert (client.name, client.state) == ("省平台", ClientState.ENDED)

    def test_what_was_typed_stays_when_it_is_refused(self, security: Person) -> None:
        answer = browser_of(security).post("/clients/new/", self.body(networks="0.0.0.0/0"))
        assert answer.status_code == 422
        assert "networks" in answer.context["form"].errors
        assert "目录汇聚" in answer.content.decode()

    def test_the_auditor_reads_and_changes_nothing(self, client_row: ApiClient) -> None:
        browser, url = browser_of(make_person(Role.AUDIT_ADMINISTRATOR)), client_row.get_absolute_url()
        before = ApiClient.objects.values().get()
        assert "更换密钥" not in browser.get(url).content.decode()
        for step in ("terms", "secret", "suspension", "resumption", "ending"):
            assert browser.post(f"{url}{step}/", {"reason": "停"}).status_code == 403
        assert ApiClient.objects.values().get() == before

    @pytest.mark.parametrize("role", [Role.BUREAU_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, Role.VIEWER])
    def test_others_see_no_client(self, client_row: ApiClient, role: Role) -> None:
        browser = browser_of(make_person(role))
        for url in ("/clients/", client_row.get_absolute_url(), "/api/v1/clients"):
            assert browser.get(url).status_code == 403

    def test_the_list_asks_the_same_few_questions_however_long_it_is(
        self, security: Person, django_assert_max_num_queries: object
    ) -> None:
        for _ in range(10):
            make_client(actor=security)
        browser = browser_of(security)
        with django_assert_max_num_queries(10):  # type: ignore[operator]
            browser.get("/clients/")


def test_the_same_way_over_json(security: Person) -> None:
    browser, person = browser_of(security), make_person(Role.DATA_SPECIALIST)
    body = {
        "name": "省级平台",
        "purpose": "目录汇聚",
        "responsible": person.account,
        "scopes": ["catalogue:read"],
        "networks": ["10.33.0.0/16"],
        "per_minute": 60,
        "expires_on": str(clock.today()),
    }
    answer = browser.post("/api/v1/clients", body, "application/json")
    assert answer.status_code == 201
    url = f"/api/v1/clients/{answer.json()['client']['id']}"
    assert browser.get("/api/v1/clients").json()["count"] == 1
    assert "secret" not in browser.get(url).json()
    assert browser.put(url, body | {"per_minute": 9}, "application/json").json()["per_minute"] == 9
    rotated = browser.post(f"{url}/secret", {"overlap_hours": 1}, "application/json").json()
    assert rotated["secret"] != answer.json()["secret"]
    assert browser.post(f"{url}/suspension", {"reason": "检修"}, "application/json").status_code == 200
    assert browser.post(f"{url}/resumption").json()["state"] == "active"
    assert browser.post(f"{url}/ending", {"reason": "结束"}, "application/json").json()["state"] == "ended"
    unknown = browser.post("/api/v1/clients", body | {"responsible": "nobody"}, "application/json")
    assert unknown.json()["error"]["field"] == "responsible"
