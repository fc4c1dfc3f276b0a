"""What is missing after a log-in comes before anything else, and costs nothing once it is done."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongshi.credentials import steps
from gongshi.credentials.models import PasswordSetting
from gongshi.demand.models import BusinessCategory
from gongshi.identity.actions import create_person
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.credentials.signing_in import NEW_PASSWORD, signed_in_by_the_page
from tests.factories import PASSWORD, browser_of, make_department, make_person

pytestmark = pytest.mark.django_db

CHANGE, SECOND_FACTOR, SIGN = "/account/password/", "/account/second-factor/new/", "/account/undertaking/"


@pytest.fixture
def newcomer() -> Person:
    """Somebody who signs in for the first time, with the password that he was given."""
    return create_person(
        actor=None,
        account="xinren",
        name="新人",
        department=make_department(),
        password=PASSWORD,
        roles=[Role.VIEWER],
    )


def led_to(browser: Client, address: str = "/") -> str:
    answer = browser.get(address)
    return answer.headers["Location"] if answer.status_code == 302 else ""


def test_a_newcomer_is_led_through_password_and_undertaking_to_where_he_wanted(newcomer: Person) -> None:
    browser = signed_in_by_the_page(newcomer)
    assert led_to(browser, "/notices/?page=1") == CHANGE
    changed = browser.post(CHANGE, {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert led_to(browser, changed.headers["Location"]) == SIGN
    signed = browser.post(SIGN, {"version": 1, "agreed": "on", "name": "新人"})
    assert signed.headers["Location"] == "/notices/?page=1"
    assert browser.get("/notices/?page=1").status_code == 200


def test_who_must_hold_a_second_factor_sets_it_before_anything_else() -> None:
    browser = signed_in_by_the_page(make_person(Role.OPERATOR))
    assert led_to(browser) == SECOND_FACTOR
    assert browser.get(SECOND_FACTOR).status_code == 200


def test_nothing_else_is_open_on_the_way(newcomer: Person) -> None:
    browser = signed_in_by_the_page(newcomer)
    for address in ("/", "/catalogue/", "/notices/", "/api/v1/docs", SIGN, "/account/locks/"):
        assert browser.get(address).status_code in {302, 403}, address


def test_no_act_gets_past_a_missing_step() -> None:
    specialist = make_person(Role.DATA_SPECIALIST)
    browser = signed_in_by_the_page(specialist)
    answer = browser.post("/api/v1/categories", {"name": "防汛"}, "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "step_missing")
    assert not BusinessCategory.objects.exists()


def test_programs_are_told_what_is_missing(newcomer: Person) -> None:
    browser = signed_in_by_the_page(newcomer)
    assert browser.get("/api/v1/credentials/step").json()["step"] == "password"
    assert browser.get("/api/v1/catalogue/cameras").json()["error"]["field"] == "password"


def test_a_newcomer_may_do_it_all_over_the_interface(newcomer: Person) -> None:
    browser = signed_in_by_the_page(newcomer)
    body: dict[str, Any] = {"old": PASSWORD, "new": NEW_PASSWORD}
    assert browser.post("/api/v1/credentials/password", body, "application/json").status_code == 204
    assert browser.get("/api/v1/credentials/step").json()["step"] == "undertaking"
    body = {"version": 1, "name": "新人"}
    assert browser.post("/api/v1/credentials/undertaking", body, "application/json").status_code == 204
    assert browser.get("/api/v1/credentials/step").json() == {"step": "", "sentence": ""}


def test_signing_out_is_always_open(newcomer: Person) -> None:
    browser = signed_in_by_the_page(newcomer)
    browser.post("/account/logout/")
    assert led_to(browser).startswith("/account/login/")


def test_when_nothing_is_missing_requests_ask_nothing_more() -> None:
    browser = signed_in_by_the_page(make_person(Role.VIEWER))
    browser.get("/api/v1/people/me")
    with CaptureQueriesContext(connection) as asked:
        browser.get("/api/v1/people/me")
    assert not any("credentials_" in query["sql"] for query in asked)


def test_a_session_from_before_the_steps_is_looked_at(newcomer: Person) -> None:
    browser = browser_of(newcomer)
    session = browser.session
    del session[steps.SESSION_KEY]
    session.save()
    assert led_to(browser) == CHANGE


def test_a_new_day_looks_again() -> None:
    person = make_person(Role.VIEWER)
    browser = signed_in_by_the_page(person)
    assert led_to(browser) == ""
    PasswordSetting.objects.filter(person=person).delete()
    assert led_to(browser) == ""
    session = browser.session
    session[steps.SESSION_KEY] = session[steps.SESSION_KEY] | {"day": "2026-01-01"}
    session.save()
    assert led_to(browser) == CHANGE


def test_another_person_in_the_same_browser_starts_anew(newcomer: Person) -> None:
    browser = signed_in_by_the_page(make_person(Role.VIEWER))
    assert led_to(browser) == ""
    browser.post("/account/logout/")
    browser.post("/account/login/", {"login": newcomer.account, "password": PASSWORD})
    assert led_to(browser) == CHANGE


def test_every_step_is_a_page_that_is_there() -> None:
    for step in steps.STEPS:
        assert step.page in step.open
        assert reverse(step.page)
        for name in step.open | steps.ALWAYS_OPEN:
            reverse(name)
