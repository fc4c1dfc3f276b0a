"""What somebody was refused is in the record, too (等保 level 3, 安全审计 b)."""

import pytest
from django.test import Client

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Department
from gongshi.identity.roles import Role
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db

DEPARTMENT = {
    "code": "331100-9999",
    "name": "某局",
    "short_name": "某局",
    "region": "331100",
    "level": "city",
    "kind": "government",
}


def refusals() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=AuditAction.ActRefused))


@pytest.mark.parametrize("address", ["/audit/events/", "/api/v1/audit/events"])
def test_a_page_that_is_not_his_leaves_an_event_with_who_and_what(address: str) -> None:
    person = make_person(Role.VIEWER)
    browser_of(person).get(address, headers={"User-Agent": "Firefox"})
    (event,) = refusals()
    assert (event.actor_id, event.actor_account, event.succeeded) == (person.pk, person.account, False)
    assert event.after == {"permission": "audit:event:read", "request": f"GET {address}"}
    assert (event.user_agent, event.address) == ("Firefox", "127.0.0.1")


def test_a_refused_act_is_recorded_and_not_done() -> None:
    browser_of(make_person(Role.DATA_SPECIALIST)).post("/people/departments/new/", DEPARTMENT)
    assert not Department.objects.filter(code="331100-9999").exists()
    assert [event.after["request"] for event in refusals() if event.after] == [
        "POST /people/departments/new/"
    ]


def test_what_is_his_leaves_none() -> None:
    assert browser_of(make_person(Role.AUDIT_ADMINISTRATOR)).get("/audit/events/").status_code == 200
    assert refusals() == []


def test_what_he_may_not_know_of_leaves_none() -> None:
    assert browser_of(make_person(Role.VIEWER)).get("/demands/999999/").status_code == 404
    assert refusals() == []


def test_a_stranger_leaves_none(client: Client) -> None:
    client.get("/audit/events/")
    client.get("/api/v1/audit/events")
    assert refusals() == []
