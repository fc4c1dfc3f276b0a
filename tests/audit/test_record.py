"""The record is complete and cannot be changed (§10, 等保 level 3)."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.audit.stored import is_as_written
from gongshi.identity.roles import Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db

UPDATE, DELETE = "UPDATE audit_auditevent SET reason = 'x'", "DELETE FROM audit_auditevent"
EVENTS_API = "/api/v1/audit/events"
ADDRESSES = ["/audit/events/", "/audit/register/", "/api/v1/audit/events", "/api/v1/audit/register"]


def test_an_event_tells_who_did_what_to_what() -> None:
    person = make_person(Role.DATA_SPECIALIST, name="陈静")
    event = record(AuditAction.PersonCreated, actor=person, thing=person, reason="测试")
    assert (event.actor_name, event.actor_department, event.actor_roles) == (
        "陈静",
        person.department.name,
        "数据专员",
    )


def test_the_hash_can_be_computed_again_from_the_row() -> None:
    make_person(Role.VIEWER)
    for event in AuditEvent.objects.all():
        assert is_as_written(event)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with transaction.atomic():
        person = make_person(Role.VIEWER)
    with pytest.raises(RuntimeError):
        record(AuditAction.PersonCreated, actor=person, thing=person)


@pytest.mark.parametrize("statement", [UPDATE, DELETE, "TRUNCATE audit_auditevent"])
def test_the_portal_cannot_change_what_was_recorded(
    statement: str, as_application: Callable[[], AbstractContextManager[None]]
) -> None:
    make_person(Role.VIEWER)
    before = list(AuditEvent.objects.values())
    with pytest.raises(DatabaseError), as_application(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(AuditEvent.objects.values()) == before


@pytest.mark.parametrize("statement", [UPDATE, DELETE])
def test_not_even_the_owner_of_the_tables_changes_a_row_by_accident(statement: str) -> None:
    make_person(Role.VIEWER)
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDIT_ADMINISTRATOR])
def test_nobody_but_the_auditor_reads_the_events(client: Client, role: Role) -> None:
    client.force_login(make_person(role))
    for address in ("/audit/events/", f"/audit/events/{AuditEvent.objects.latest('id').pk}/", EVENTS_API):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_auditor_reads_it(client: Client, address: str) -> None:
    client.force_login(make_person(Role.AUDIT_ADMINISTRATOR))
    assert client.get(address).status_code == 200


def test_the_auditor_exports_exactly_what_is_shown(client: Client) -> None:
    auditor = make_person(Role.AUDIT_ADMINISTRATOR)
    make_person(Role.VIEWER, name="甲")
    client.force_login(auditor)
    text = client.get("/audit/events/?action=identity:person:created&_export=csv").content.decode("utf-8-sig")
    assert (
        len(text.strip().splitlines())
        == 1 + AuditEvent.objects.filter(action="identity:person:created").count()
    )
    assert "登录" not in text
