"""What browsers and strangers may try at the door: redirects, hosts, forged forms, kept pages, addresses."""

import io
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from gongshi.atlas.actions import create_point_list
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.demand.making import City
from tests.factories import PASSWORD, browser_of, make_camera, make_person
from tests.matrix.pages import header_flaws

pytestmark = pytest.mark.django_db
LOGIN, LOGOUT = "/account/login/", "/account/logout/"


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


def test_the_key_of_a_session_is_taken_from_its_cookie_only(client: Client, person: Person) -> None:
    client.force_login(person)
    key, stranger = client.cookies["sessionid"].value, Client()
    for name in ("sessionid", "session", "token"):
        for answer in (
            stranger.get("/grants/", {name: key}),
            stranger.get("/grants/", headers={"Authorization": f"Bearer {key}", "X-Session-Token": key}),
            stranger.post("/notices/read/", {name: key}),
        ):
            assert answer.headers["Location"].startswith(LOGIN)


def test_who_came_by_https_comes_by_nothing_else(person: Person, settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    browser = browser_of(person)
    assert browser.get("/grants/", secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in browser.get("/grants/").headers


@pytest.mark.parametrize("address", ["/nothing/", "/api/v1/nothing", "/demands/0/", "/static/nothing.js"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_what_is_not_there_keeps_to_the_policy_too(person: Person, address: str, signed_in: bool) -> None:
    client = browser_of(person) if signed_in else Client()
    answer = client.get(address)
    assert [*header_flaws(address, answer.headers)] == []


def test_a_name_with_a_line_break_begins_no_header_of_its_file(person: Person) -> None:
    name = "清单\r\nSet-Cookie: evil=1"
    made = create_point_list(actor=person, name=name, camera_ids=[make_camera().pk])
    answer = browser_of(person).get(f"/atlas/lists/{made.pk}/", {"_export": "csv"})
    assert answer.status_code == HTTPStatus.OK
    assert not any(sign in value for value in answer.headers.values() for sign in "\r\n")


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
    ("address", "most"),
    [
        (LOGIN, "20 MB"),
        ("/api/v1/catalogue/submissions", "20 MB"),
        ("/media-hooks/on_play", "20 MB"),
        # A whole catalogue as a file.
        ("/catalogue/submit/", "65 MB"),
        ("/api/v1/catalogue/imports", "65 MB"),
    ],
)
def test_a_body_that_is_too_large_is_refused_unread(client: Client, address: str, most: str) -> None:
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
    assert most in answer.json()["error"]["message"]
