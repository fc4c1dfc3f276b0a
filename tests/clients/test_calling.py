"""What a client may call, from where, how often; every call is in the record before it is answered."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.test import Client
from pytest import MonkeyPatch

from gongshi.alerts.models import Alert
from gongshi.audit.models import AuditEvent
from gongshi.clients import actions, middleware
from gongshi.clients.actions import Issued
from gongshi.clients.admission import FAILED_CALLS_A_MINUTE
from gongshi.clients.models import ApiClient, FailedCallCount
from gongshi.clients.scopes import OPERATIONS, Scope
from gongshi.config.api import api
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from tests.clients.making import INSIDE, OUTSIDE, call, make_client
from tests.factories import browser_of, make_camera, make_person

pytestmark = pytest.mark.django_db


def operations() -> Iterator[tuple[str, str]]:
    """Method and path of everything that the interface describes."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        yield from ((method.upper(), path.removeprefix("/api/v1")) for method in methods)


ALL = sorted(operations())
OPEN = frozenset().union(*OPERATIONS.values())


def calls() -> list[dict[str, Any]]:
    events = AuditEvent.objects.filter(action="clients:client:called").order_by("id")
    return list(events.values("actor_account", "actor_name", "succeeded", "reason", "after", "address"))


class TestScopes:
    def test_every_operation_of_a_scope_exists(self) -> None:
        assert OPERATIONS.keys() == set(Scope)
        assert set(ALL) >= OPEN

    def test_no_scope_holds_pictures_people_or_anything_that_changes(self) -> None:
        assert {method for method, _ in OPEN} == {"GET"}
        closed = (
            "/viewing",
            "/clients",
            "/alerts",
            "/credentials",
            "/parameters",
            "/sessions",
            "/audit/events",
        )
        assert not [path for _, path in OPEN if path.startswith(closed)]
        assert [path for _, path in OPEN if path.startswith("/people")] == ["/people/departments"]

    def test_an_operation_without_scope_is_closed_to_all_clients(self) -> None:
        issued = make_client(scopes=list(Scope), per_minute=6000)
        before = ApiClient.objects.values().get()
        for method, path in ALL:
            address = path.replace("{", "").replace("}", "") if "{" not in path else _filled(path)
            status = call(issued, address, method=method.lower()).status_code
            if (method, path) in OPEN:
                assert status in {200, 403, 404}, (method, path)
            else:
                assert status == 403, (method, path)
        refused = AuditEvent.objects.filter(action="clients:client:called", reason__contains="授权范围")
        assert refused.count() == len(set(ALL) - OPEN)
        assert ApiClient.objects.values().get() == before

    def test_a_client_calls_what_its_own_scopes_hold(self) -> None:
        issued = make_client(scopes=["catalogue:read"])
        assert call(issued).status_code == 200
        assert call(issued, "/grants").json()["error"]["code"] == "out_of_scope"
        assert call(issued, "/no-such-thing").json()["error"]["code"] == "out_of_scope"
        assert call(issued, "/docs").status_code == 403
        assert call(issued, "/openapi.json").status_code == 403

    def test_it_sees_what_its_responsible_person_sees(self) -> None:
        camera = make_camera()
        issued = make_client(scopes=["catalogue:read", "register:read"])
        [found] = call(issued).json()["items"]
        assert found["code"] == camera.code
        assert "10.33." not in str(found)


def _filled(path: str) -> str:
    return "/".join("1" if part.startswith("{") else part for part in path.split("/"))


class TestWhoIsRefused:
    def test_a_wrong_secret_and_an_unknown_client_get_the_same_answer(self) -> None:
        issued = make_client()
        wrong = call(issued, secret="wrong")
        ApiClient.objects.update(client_id="gs-other")
        unknown = call(issued)
        assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
        assert wrong.status_code == 401
        assert "Basic" in wrong.headers["WWW-Authenticate"]

    @pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic AAAA", "basic Og==", "Basic AAAAOgA="])
    def test_rubbish_is_refused_and_recorded(self, header: str) -> None:
        answer = Client().get("/api/v1/grants", HTTP_AUTHORIZATION=header)
        assert answer.status_code == 401
        [event] = calls()
        assert (event["succeeded"], event["after"]["status"]) == (False, 401)

    def test_so_many_wrong_secrets_lock_it_and_raise_an_alert(self) -> None:
        issued = make_client()
        for _ in range(5):
            assert call(issued, secret="wrong").status_code == 401
        assert call(issued).json()["error"]["code"] == "client_locked"
        assert "连续错误" in Alert.objects.get().sentence

    def test_a_right_secret_forgets_the_wrong_ones(self) -> None:
        issued = make_client()
        for _ in range(2):
            for _ in range(4):
                call(issued, secret="wrong")
            assert call(issued).status_code == 200
        assert not Alert.objects.exists()

    def test_wrong_secrets_from_elsewhere_lock_nobody_out(self) -> None:
        issued = make_client()
        for _ in range(8):
            assert call(issued, secret="wrong", address=OUTSIDE).status_code == 401
        assert call(issued).status_code == 200

    def test_the_right_secret_from_elsewhere_is_refused_and_raises_an_alert(self) -> None:
        issued = make_client()
        assert call(issued, address=OUTSIDE).json()["error"]["code"] == "client_address"
        assert "泄露" in Alert.objects.get().sentence
        assert Alert.objects.get().address == OUTSIDE

    def test_stopped_expired_and_orphaned_clients_are_refused(self) -> None:
        issued, security = make_client(), make_person(Role.SECURITY_ADMINISTRATOR)
        ApiClient.objects.update(expires_on=clock.today() - timedelta(days=1))
        assert call(issued).json()["error"]["code"] == "client_expired"
        ApiClient.objects.update(expires_on=clock.today())
        assert call(issued).status_code == 200
        Person.objects.filter(pk=issued.client.responsible_id).update(is_active=False)
        assert call(issued).json()["error"]["code"] == "client_without_responsible"
        Person.objects.filter(pk=issued.client.responsible_id).update(is_active=True)
        actions.suspend_client(actor=security, client=issued.client, reason="检修")
        assert call(issued).json()["error"]["code"] == "client_stopped"

    def test_cookies_count_for_nothing_beside_basic(self) -> None:
        issued, person = make_client(), make_person(Role.SECURITY_ADMINISTRATOR)
        browser = browser_of(person)
        assert browser.get("/api/v1/clients").status_code == 200
        sessions = Session.objects.count()
        assert call(issued, "/clients", browser=browser).status_code == 403
        assert call(issued, "/clients", browser=browser, secret="wrong").status_code == 401
        answer = call(issued, browser=browser)
        assert answer.status_code == 200
        assert not answer.cookies
        assert Session.objects.count() == sessions

    def test_basic_opens_no_page(self) -> None:
        issued = make_client(scopes=list(Scope))
        assert call(issued, "/../../catalogue/").status_code != 200
        told = call(issued).wsgi_request.META["HTTP_AUTHORIZATION"]  # type: ignore[attr-defined]
        answer = Client().get("/catalogue/", HTTP_AUTHORIZATION=told, REMOTE_ADDR=INSIDE)
        assert answer.status_code == 302


class TestSecrets:
    def test_an_old_secret_is_good_until_its_hours_are_over(self, monkeypatch: MonkeyPatch) -> None:
        issued, security = make_client(), make_person(Role.SECURITY_ADMINISTRATOR)
        fresh = actions.rotate_secret(actor=security, client=issued.client, overlap_hours=2)
        assert (call(issued).status_code, call(fresh).status_code) == (200, 200)
        later = clock.now() + timedelta(hours=2)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert (call(issued).status_code, call(fresh).status_code) == (401, 200)

    def test_without_hours_the_old_one_is_dead_at_once(self) -> None:
        issued, security = make_client(), make_person(Role.SECURITY_ADMINISTRATOR)
        actions.rotate_secret(actor=security, client=issued.client, overlap_hours=0)
        assert call(issued).status_code == 401


@pytest.fixture
def minute(monkeypatch: MonkeyPatch) -> datetime:
    """The clock stands in the middle of a minute."""
    now = clock.now().replace(second=20, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


class TestRate:
    def test_after_so_many_calls_a_client_waits(self, minute: datetime, monkeypatch: MonkeyPatch) -> None:
        issued = make_client(per_minute=3)
        assert [call(issued).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert call(issued).headers["Retry-After"] == "40"
        later = minute + timedelta(seconds=40)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert call(issued).status_code == 200

    def test_each_client_has_a_minute_of_its_own(self, minute: datetime) -> None:
        first, second = make_client(per_minute=1), make_client(per_minute=1)
        assert [call(each).status_code for each in (first, first, second)] == [200, 429, 200]


class TestFloods:
    """Names and secrets that prove nothing: answered and recorded up to so many a minute from one address."""

    def fail(self, issued: Issued, times: int, **changes: str) -> list[int]:
        return [call(issued, secret="wrong", **changes).status_code for _ in range(times)]

    def test_beyond_so_many_nothing_is_recorded_and_nobody_is_let_in(
        self, minute: datetime, monkeypatch: MonkeyPatch
    ) -> None:
        issued = make_client()
        assert self.fail(issued, FAILED_CALLS_A_MINUTE, address=OUTSIDE) == [401] * FAILED_CALLS_A_MINUTE
        before = AuditEvent.objects.count()
        refused = call(issued, secret="wrong", address=OUTSIDE)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "40")
        assert "items" not in refused.json() and "下一分钟" in refused.json()["error"]["message"]
        unknown = Client().get("/api/v1/grants", HTTP_AUTHORIZATION="Basic !", REMOTE_ADDR=OUTSIDE)
        assert unknown.status_code == 429
        assert AuditEvent.objects.count() == before
        later = minute + timedelta(minutes=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert self.fail(issued, 1, address=OUTSIDE) == [401]
        assert AuditEvent.objects.count() == before + 1

    def test_the_right_secret_and_other_addresses_suffer_nothing(self, minute: datetime) -> None:
        flooding, other = make_client(), make_client()
        ApiClient.objects.filter(pk=flooding.client.pk).update(networks=["10.99.0.0/16"])
        self.fail(flooding, FAILED_CALLS_A_MINUTE + 1)
        assert call(other).status_code == 200
        assert self.fail(other, 1, address="10.33.9.9") == [401]

    def test_the_addresses_of_one_customer_count_together(self, minute: datetime) -> None:
        issued = make_client()
        self.fail(issued, FAILED_CALLS_A_MINUTE, address="2001:db8::1")
        assert self.fail(issued, 1, address="2001:db8::2") == [429]
        assert self.fail(issued, 1, address="2001:db8:0:1::1") == [401]

    def test_counts_of_earlier_hours_are_forgotten(self, minute: datetime, monkeypatch: MonkeyPatch) -> None:
        self.fail(make_client(), 1, address=OUTSIDE)
        later = minute + timedelta(hours=2)
        monkeypatch.setattr(clock, "now", lambda: later)
        self.fail(make_client(), 1)
        assert [count.address for count in FailedCallCount.objects.all()] == [INSIDE]


@pytest.mark.django_db(transaction=True)
def test_the_rate_holds_when_many_call_at_once(minute: datetime) -> None:
    issued = make_client(per_minute=5)

    def answer(_: int) -> int:
        try:
            return call(issued).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(answer, range(12)))
    assert sorted(statuses) == [200] * 5 + [429] * 7
    assert len(calls()) == 12


class TestRecord:
    def test_every_call_says_who_what_and_how_it_went(self) -> None:
        issued = make_client()
        call(issued)
        call(issued, "/grants")
        call(issued, secret="wrong")
        let_in, out_of_scope, unproven = calls()
        person = issued.client.responsible
        assert let_in["actor_account"] == issued.client.client_id
        assert let_in["actor_name"] == f"省级平台（责任人{person.name}）"
        assert let_in["after"] == {"operation": "GET /api/v1/catalogue/cameras", "status": 200}
        assert let_in["address"] == INSIDE
        assert (out_of_scope["succeeded"], out_of_scope["after"]["status"]) == (False, 403)
        assert (unproven["succeeded"], unproven["after"]["status"]) == (False, 401)
        assert issued.secret not in str(calls())

    def test_what_cannot_be_recorded_is_not_answered(self, monkeypatch: MonkeyPatch) -> None:
        make_camera()
        issued = make_client()

        def full(**_: Any) -> None:
            raise DatabaseError("no space left")

        monkeypatch.setattr(middleware, "record_call", full)
        answer = call(issued)
        assert answer.status_code == 503
        assert "items" not in answer.json()
