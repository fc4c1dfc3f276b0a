"""What browsers and strangers may try at the door: redirects, hosts, forged forms, kept pages, addresses."""

import io
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.demand.making import City
from tests.factories import PASSWORD, make_person
from tests.test_every_address import ROUTES, filled, real

pytestmark = pytest.mark.django_db
LOGIN, LOGOUT = "/account/login/", "/account/logout/"
# A test's fixture, by the name under which it is asked for.
__all__ = ["real"]


@pytest.fixture
def person() -> Person:
    return make_person(Role.VIEWER)


def log_in(client: Client, person: Person, **fields: str) -> str:
    """Sign in by the form; gives where it leads, empty when it does not."""
    answer = client.post(LOGIN, {"login": person.account, "password": PASSWORD} | fields)
    return answer.headers.get("Location", "")


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "http:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
    "https://localhost.evil.example/",
    "/%0d%0aLocation:%20https://evil.example",
    "\thttps://evil.example",
]


@pytest.mark.parametrize("place", ELSEWHERE)
def test_signing_in_leads_nowhere_else(client: Client, person: Person, place: str) -> None:
    leads_to = log_in(client, person, next=place)
    assert leads_to.startswith("/") and leads_to[1:2] not in {"/", "\\"}
    assert "\n" not in leads_to and "\r" not in leads_to


def test_signing_in_leads_to_the_page_that_was_asked_for(client: Client, person: Person) -> None:
    assert log_in(client, person, next="/grants/?state=active") == "/grants/?state=active"


def test_signing_out_leads_nowhere_else(client: Client, person: Person) -> None:
    client.force_login(person)
    leads_to = client.post(LOGOUT, {"next": "https://evil.example/"}).headers["Location"]
    assert leads_to.startswith("/") and not leads_to.startswith("//")


def test_a_refused_button_leads_back_to_our_own_pages_only(client: Client) -> None:
    city = City()
    order = city.order()
    client.force_login(city.viewer)
    headers = {"Referer": "https://evil.example/"}
    answer = client.post(f"/work-orders/{order.pk}/claim/", headers=headers)
    assert (answer.status_code, "Location" in answer.headers) == (403, False)


def test_a_link_cannot_sign_anybody_out(client: Client, person: Person) -> None:
    client.force_login(person)
    client.get(LOGOUT)
    assert client.get("/grants/").status_code == HTTPStatus.OK


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example"])
def test_another_host_is_refused(client: Client, person: Person, host: str) -> None:
    client.force_login(person)
    assert client.get("/grants/", headers={"Host": host}).status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "role", [Role.BUREAU_ADMINISTRATOR, Role.DATA_SPECIALIST, Role.SECURITY_ADMINISTRATOR]
)
def test_no_form_of_another_site_is_taken(real: dict[str, str], role: Role) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person(role))
    before = AuditEvent.objects.count()
    for route in ROUTES:
        # Media nodes have no cookies that could be used behind their back.
        if route.startswith("media-hooks/"):
            continue
        for method in (client.post, client.put, client.patch, client.delete):
            answer = method(f"/{filled(route, real)}", "{}", "application/json")
            # Read-only addresses refuse the method, health is read by anybody.
            assert answer.status_code in {403, 404, 405}, route
    assert AuditEvent.objects.count() == before


def test_no_form_of_another_site_signs_anybody_in(person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(LOGIN, {"login": person.account, "password": PASSWORD}).status_code == 403
    assert "sessionid" not in client.cookies


def test_a_form_with_the_token_of_somebody_else_is_refused(person: Person) -> None:
    client, other = Client(enforce_csrf_checks=True), Client()
    client.force_login(person)
    client.get("/notices/")
    other.get(LOGIN)
    token = other.cookies["csrftoken"].value
    assert client.post("/notices/read/", {"csrfmiddlewaretoken": token}).status_code == 403


@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_of_the_session_is_guarded(
    client: Client, person: Person, settings: Settings, https: bool
) -> None:
    settings.SESSION_COOKIE_SECURE = https
    log_in(client, person)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bool(cookie["secure"]) is https
    # It ends with the browser.
    assert not cookie["max-age"] and not cookie["expires"]


def test_the_session_of_before_is_not_the_session_of_after(client: Client, person: Person) -> None:
    client.get(LOGIN)
    client.session["planted"] = "x"
    client.session.save()
    before = client.session.session_key
    log_in(client, person)
    assert client.session.session_key != before


def pages(real: dict[str, str]) -> Iterator[str]:
    yield from (f"/{filled(route, real)}" for route in ROUTES)
    yield from ("/nothing/", "/api/v1/nothing", "/demands/0/")


@pytest.mark.parametrize("role", [None, Role.BUREAU_ADMINISTRATOR, Role.VIEWER, Role.AUDIT_ADMINISTRATOR])
def test_every_answer_has_its_policy_and_is_kept_by_nobody(real: dict[str, str], role: Role | None) -> None:
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(make_person(role))
    for page in pages(real):
        answer = client.get(page)
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'self'" in policy, page
        assert "unsafe" not in policy, page
        assert "frame-ancestors 'none'" in policy, page
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        kept = answer.headers["Cache-Control"]
        # The borders of the counties and the map's points are asked for again with every map.
        assert "no-store" in kept or (kept.startswith("private") and page.startswith("/api/v1/atlas/")), page


def test_nobody_is_taken_for_who_he_says_he_is(client: Client, person: Person) -> None:
    claimed = {"X-Forwarded-For": "10.99.99.99", "X-Real-IP": "10.99.99.99", "Forwarded": "for=10.99.99.99"}
    client.post(LOGIN, {"login": person.account, "password": PASSWORD}, headers=claimed)
    event = AuditEvent.objects.get(action=AuditAction.LoggedIn)
    assert event.address == "127.0.0.1"


def test_a_name_that_is_claimed_does_not_go_around_the_limit_of_wrong_passwords(person: Person) -> None:
    sentences = set()
    for number in range(12):
        client = Client()
        headers = {"X-Forwarded-For": f"10.99.99.{number}"}
        answer = client.post(LOGIN, {"login": person.account, "password": "wrong"}, headers=headers)
        sentences.add(answer.status_code)
    client = Client()
    assert log_in(client, person) == ""
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize(
    "address", [LOGIN, "/catalogue/submit/", "/api/v1/catalogue/submissions", "/media-hooks/on_play"]
)
def test_a_body_that_is_too_large_is_refused_unread(client: Client, address: str) -> None:
    class Unread(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _: Any) -> int:
            raise AssertionError("somebody read the body")

    answer = client.generic(
        "POST",
        address,
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(3 * 1024**3)},
    )
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "20 MB" in answer.json()["error"]["message"]
