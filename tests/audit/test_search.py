"""Events are found by person, object, action, time, outcome and address, among millions too."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongshi.audit import queries
from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.audit.origin import Origin, acting_from
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock, lists
from tests.factories import browser_of, make_department, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Person:
    return make_person(Role.AUDIT_ADMINISTRATOR)


@pytest.fixture
def event() -> AuditEvent:
    """陈静 was refused something about 南明湖公园, from 10.33.1.9."""
    person = make_person(Role.VIEWER, name="陈静")
    place = make_department("南明湖公园管理处")
    with acting_from(Origin(address="10.33.1.9")):
        return record(
            AuditAction.PlayRefused, actor=person, thing=place, label="南明湖公园 Gate-7", succeeded=False
        )


def seen_on_page(reader: Person, **filters: str) -> list[int]:
    answer = browser_of(reader).get("/audit/events/", filters)
    return [row.record.pk for row in answer.context["table"].page.object_list]


def seen_by_api(reader: Person, **filters: str) -> list[int]:
    answer = browser_of(reader).get("/api/v1/audit/events", filters)
    return [item["id"] for item in answer.json()["items"]]


BOTH = pytest.mark.parametrize("seen", [seen_on_page, seen_by_api])


@BOTH
def test_an_event_is_found_by_what_one_remembers_of_it(
    seen: Callable[..., list[int]], auditor: Person, event: AuditEvent
) -> None:
    for filters in (
        {"person": "陈静", "action": AuditAction.PlayRefused},
        {"person": event.actor_account.upper(), "succeeded": "False"},
        {"object": "公园 g"},
        {"object": "湖公", "address": "10.33.1.9"},
        {"object": "ga", "person": "陈静"},
        {"object": "gate-7", "action": AuditAction.PlayRefused, "at_after": "2020-01-01"},
        {"request_id": event.request_id},
    ):
        assert seen(auditor, **filters) == [event.pk], filters


@BOTH
def test_nothing_else_is_found(seen: Callable[..., list[int]], auditor: Person, event: AuditEvent) -> None:
    for filters in (
        {"person": "静陈"},
        {"object": "明南湖"},
        # All its pairs are there, yet not the word.
        {"object": "湖公园公"},
        {"object": "100%"},
        {"object": "gate-7", "succeeded": "True"},
        {"address": "10.33.1.8"},
        {"action": AuditAction.PlayRefused, "at_before": "2020-01-01"},
    ):
        assert seen(auditor, **filters) == [], filters


def test_a_single_letter_is_asked_to_be_more(auditor: Person) -> None:
    browser = browser_of(auditor)
    assert "请至少输入 2 个字" in browser.get("/audit/events/", {"object": "湖"}).content.decode()
    answer = browser.get("/api/v1/audit/events", {"person": "陈"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "person")


@pytest.mark.parametrize(
    ("name", "expression"), [("南明湖", "regexp_replace"), ("Gate-7 北", "regexp_replace"), ("Gate-7", "@@")]
)
def test_words_are_found_by_the_index(name: str, expression: str) -> None:
    """With few rows the planner reads them all; forbidden to, it can use the index only if that fits."""
    for found in (queries.by_object(queries.events(), name), queries.by_actor(queries.events(), name)):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        # Without an order, whose own index would do as well.
        plan = found.order_by().explain()
        assert "Bitmap Index Scan" in plan and expression in plan


def test_millions_are_not_counted(auditor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        make_department(f"南明湖{number}所")
    monkeypatch.setattr(lists, "COUNTED", 4)
    answer = browser_of(auditor).get("/audit/events/", {"object": "南明湖", "per_page": "3"})
    assert "共 <b>4+</b> 条" in answer.content.decode()
    assert answer.context["table"].page.paginator.num_pages == 2
    answer = browser_of(auditor).get("/audit/events/", {"object": "南明湖5所"})
    assert "共 <b>1</b> 条" in answer.content.decode()


def test_pages_lead_through_all_months_newest_first() -> None:
    """Also past months without any, and from the middle of one to the next."""
    for days, count in ((0, 3), (20, 4), (40, 2), (150, 5), (400, 3)):
        write_old_events(count, age=timedelta(days=days))
    found = queries.by_object(queries.events(), "南明湖")
    expected = sorted(found.iterator(), key=lambda event: (event.at, event.pk), reverse=True)
    assert len(expected) == 17
    for size in (1, 2, 5, 17, 50):
        pages = [found[first : first + size] for first in range(0, 17, size)]
        assert [event for page in pages for event in page] == expected
    assert found[17:20] == []
    assert found.filter(at__lt=clock.now() - timedelta(days=100))[:6] == expected[9:15]


def test_of_an_empty_record_there_is_no_page() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_auditevent")
        assert cursor.fetchone() == (0,)
    assert queries.events()[:50] == []


def write_old_events(count: int, age: timedelta) -> None:
    """Events about 南明湖, as they were written so long ago."""
    for number in range(count):
        AuditEvent.objects.create(
            at=clock.now() - age - timedelta(minutes=number),
            action=AuditAction.DepartmentCreated,
            object_label=f"南明湖{number}所",
            succeeded=True,
        )


def test_an_events_own_page_tells_all_of_it(auditor: Person) -> None:
    make_department("交通运输局")
    event = AuditEvent.objects.filter(action=AuditAction.DepartmentCreated).latest("id")
    page = browser_of(auditor).get(f"/audit/events/{event.pk}/").content.decode()
    for word in ("交通运输局", "新建部门", "与写入时一致", "等待封存", event.entry_hash, event.request_id):
        assert word in page
    told = browser_of(auditor).get(f"/api/v1/audit/events/{event.pk}").json()
    assert told["after"]["name"] == "交通运输局"


def test_an_event_that_is_not_there_is_not_found(auditor: Person) -> None:
    assert browser_of(auditor).get("/audit/events/999999999/").status_code == 404


def test_the_list_costs_few_queries(
    auditor: Person, event: AuditEvent, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = browser_of(auditor)
    browser.get("/audit/events/")
    # Session, person, roles, department; unread notices, saved filters;
    # the count, the first and last time, the rows.
    with django_assert_num_queries(9):
        browser.get("/audit/events/", {"object": "南明湖"})
