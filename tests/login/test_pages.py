"""One's own logins for everybody; who is in, and ending it, for the security administrator only."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.credentials.signals import password_reset
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.identity.signals import rights_ended
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.login.actions import end_session
from gongshi.login.models import LoginSession, SessionEnding
from tests.factories import browser_of, make_person
from tests.login.making import HERE, browser_at, is_in, last_login, live_login, log_in

pytestmark = pytest.mark.django_db
REASON = "该人员已离开岗位"


@pytest.fixture
def person() -> Person:
    return make_person(Role.VIEWER, name="周水文")


@pytest.fixture
def keeper() -> Person:
    return make_person(Role.SECURITY_ADMINISTRATOR)


def end_over_json(browser: Client, login: LoginSession, reason: str = REASON) -> Any:
    return browser.post(f"/api/v1/sessions/{login.pk}/end", {"reason": reason}, "application/json")


def test_everybody_sees_his_own_logins_and_no_others(person: Person) -> None:
    log_in(make_person(Role.VIEWER), "10.99.9.9")
    log_in(person, "10.33.7.7")
    browser = log_in(person)
    page = browser.get("/sessions/mine/").content.decode()
    assert "10.33.7.7" in page and "账号再次登录" in page and "进行中" in page
    assert "10.99.9.9" not in page
    listed = browser.get("/api/v1/sessions/mine").json()["items"]
    assert [(each["address"], each["ending"]) for each in listed] == [
        (HERE, ""),
        ("10.33.7.7", "superseded"),
    ]


def test_everybody_sees_who_failed_with_his_account(person: Person) -> None:
    log_in(person, "10.66.6.6", password="wrong")
    log_in(make_person(Role.VIEWER), "10.77.7.7", password="wrong")
    browser = log_in(person)
    page = browser.get("/sessions/mine/failed/").content.decode()
    assert "10.66.6.6" in page and "10.77.7.7" not in page
    (failed,) = browser.get("/api/v1/sessions/mine/failed").json()["items"]
    assert failed["address"] == "10.66.6.6"


def test_the_security_administrator_sees_who_is_in(keeper: Person, person: Person) -> None:
    log_in(person)
    page = browser_of(keeper).get("/sessions/").content.decode()
    assert person.account in page and HERE in page and "Chrome 126（Windows）" in page
    listed = browser_of(keeper).get("/api/v1/sessions", {"limit": 10}).json()["items"]
    assert person.account in {each["account"] for each in listed}


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    keeper: Person, person: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = browser_of(keeper)
    browser.get("/sessions/")
    with django_assert_num_queries(10):
        browser.get("/sessions/")
    for _ in range(5):
        browser_of(make_person(Role.VIEWER))
    with django_assert_num_queries(10):
        browser.get("/sessions/")


def test_he_ends_a_login_and_its_person_reads_why(keeper: Person, person: Person) -> None:
    browser = log_in(person)
    page = f"/sessions/{last_login(person).pk}/end/"
    office = browser_of(keeper)
    assert "周水文" in office.get(page).content.decode()
    assert office.post(page, {"reason": REASON}).headers["Location"] == "/sessions/"
    assert not is_in(browser)
    assert f"安全管理员已结束您的登录（{REASON}）" in browser.get("/account/login/").content.decode()
    event = AuditEvent.objects.get(action=AuditAction.LoginEnded)
    assert (event.actor_account, event.reason) == (keeper.account, REASON)


def test_he_ends_one_over_json(keeper: Person, person: Person) -> None:
    browser = log_in(person)
    office = browser_of(keeper)
    assert end_over_json(office, last_login(person), "").status_code == 422
    assert is_in(browser)
    assert end_over_json(office, last_login(person)).status_code == 204
    assert not is_in(browser)
    assert end_over_json(office, last_login(person)).status_code == 404


def test_a_login_is_ended_once(keeper: Person, person: Person) -> None:
    log_in(person)
    login = last_login(person)
    end_session(actor=keeper, session=login, reason=REASON)
    with pytest.raises(Conflict):
        end_session(actor=keeper, session=login, reason=REASON)
    with pytest.raises(Invalid):
        end_session(actor=keeper, session=login, reason=" ")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMINISTRATOR}))
def test_nobody_else_sees_or_ends_the_logins_of_others(person: Person, role: Role) -> None:
    browser = log_in(person)
    login = last_login(person)
    other = make_person(role)
    with pytest.raises(Forbidden):
        end_session(actor=other, session=login, reason=REASON)
    window = browser_of(other)
    assert window.get("/sessions/").status_code == 403
    assert window.get("/api/v1/sessions").status_code == 403
    assert window.post(f"/sessions/{login.pk}/end/", {"reason": REASON}).status_code == 403
    assert end_over_json(window, login).status_code == 403
    assert is_in(browser)


def test_a_login_ends_with_the_rights(person: Person) -> None:
    browser = log_in(person)
    rights_ended.send(sender=Person, person=person, why="调离")
    assert not is_in(browser)
    assert last_login(person).ending == SessionEnding.RIGHTS_ENDED
    assert "账号或权限有变更" in browser.get("/account/login/").content.decode()


def test_a_login_ends_with_the_password(person: Person) -> None:
    browser = log_in(person)
    password_reset.send(sender=Person, person=person)
    assert not is_in(browser)
    assert last_login(person).ending == SessionEnding.PASSWORD_CHANGED


def test_a_stranger_sees_no_logins(person: Person) -> None:
    log_in(person)
    stranger = browser_at()
    for page in ("/sessions/", "/sessions/mine/", "/sessions/mine/failed/", "/sessions/networks/"):
        assert stranger.get(page).status_code == 302
    assert stranger.get("/api/v1/sessions/current").status_code == 401
    assert live_login(person) is not None


def test_pages_tell_the_browser_where_to_ask_how_long_it_lasts(person: Person) -> None:
    page = log_in(person).get("/notices/").content.decode()
    assert 'data-login-state="/api/v1/sessions/current"' in page
    assert 'data-login-page="/account/login/"' in page
    assert 'href="/sessions/mine/"' in page
