"""One account is in once: who comes last stays, and the one before is told (§10a 专人专用)."""

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client

from gongshi.alerts.kinds import AlertKind
from gongshi.alerts.models import Alert
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.login.actions import end_sessions
from gongshi.login.models import LoginSession, SessionEnding
from gongshi.login.store import digest
from tests.factories import browser_of, make_person
from tests.login.clock import Hands
from tests.login.making import HERE, browser_at, is_in, last_login, live_login, log_in

pytestmark = pytest.mark.django_db
THERE = "10.33.7.7"


@pytest.fixture
def person() -> Person:
    return make_person(Role.VIEWER)


def raised(kind: AlertKind) -> list[Alert]:
    return list(Alert.objects.filter(kind=kind))


def test_a_login_is_noted_with_place_and_program(person: Person) -> None:
    log_in(person)
    login = last_login(person)
    assert (login.address, login.program, login.ended_at) == (HERE, "Chrome 126（Windows）", None)


def test_the_last_to_come_stays(person: Person) -> None:
    first = log_in(person)
    second = log_in(person, THERE)
    assert (is_in(first), is_in(second)) == (False, True)
    assert LoginSession.objects.live().filter(person=person).count() == 1


def test_the_old_screen_says_who_came_when_and_from_where(person: Person, hands: Hands) -> None:
    first = log_in(person)
    hands.forward(minutes=3)
    log_in(person, THERE)
    answer = first.get("/notices/?page=1", follow=True)
    at = clock.local_text(hands.moment)[11:16]
    told = f"您的账号于 {at} 在 {THERE} 登录，本次登录已结束。如非本人操作，请立即联系安全管理员。"
    assert told in answer.content.decode()
    assert answer.redirect_chain == [("/account/login/?next=/notices/%3Fpage%3D1", 302)]


def test_every_window_of_the_old_browser_learns_it(person: Person) -> None:
    first = log_in(person)
    log_in(person, THERE)
    for _ in range(2):
        answer = first.get("/api/v1/sessions/current")
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "session_ended"
        assert THERE in answer.json()["error"]["message"]
    assert THERE in first.get("/account/login/").content.decode()


def test_a_form_of_the_old_screen_does_nothing_and_leads_back_to_its_page(person: Person) -> None:
    first = log_in(person)
    log_in(person, THERE)
    answer = first.post("/notices/read/", headers={"Referer": "http://testserver/notices/?page=2"})
    assert answer.headers["Location"] == "/account/login/?next=/notices/%3Fpage%3D2"
    elsewhere = first.post("/notices/read/", headers={"Referer": "https://evil.example/notices/"})
    assert elsewhere.headers["Location"] == "/account/login/?next=/"


def test_signing_in_again_forgets_what_was_told(person: Person) -> None:
    first = log_in(person)
    log_in(person, THERE)
    first.get("/notices/")
    first.post("/account/login/", {"login": person.account, "password": "Lishui-2026-test"})
    assert is_in(first)
    assert "former_login" not in first.session


def test_strangers_are_told_nothing(person: Person) -> None:
    log_in(person)
    log_in(person, THERE)
    stranger = browser_at()
    stranger.cookies["sessionid"] = "x" * 32
    assert stranger.get("/api/v1/sessions/current").json()["error"]["code"] == "not_signed_in"
    assert person.account not in stranger.get("/account/login/").content.decode()


def test_a_second_login_elsewhere_while_the_first_is_in_use_raises_an_alert(person: Person) -> None:
    log_in(person)
    log_in(person, THERE)
    (alert,) = raised(AlertKind.SimultaneousLogin)
    assert alert.person == person
    assert HERE in alert.sentence and THERE in alert.sentence


def test_another_browser_on_the_same_machine_raises_one_as_well(person: Person) -> None:
    log_in(person)
    log_in(person, program="Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/130.0")
    assert len(raised(AlertKind.SimultaneousLogin)) == 1


def test_coming_again_from_the_same_place_raises_none(person: Person) -> None:
    log_in(person)
    log_in(person)
    assert raised(AlertKind.SimultaneousLogin) == []


def test_coming_from_elsewhere_after_a_login_that_was_left_raises_none(person: Person, hands: Hands) -> None:
    log_in(person)
    hands.forward(minutes=16)
    log_in(person, THERE)
    assert raised(AlertKind.SimultaneousLogin) == []


def test_the_end_of_the_old_login_is_recorded(person: Person) -> None:
    log_in(person)
    old = last_login(person)
    log_in(person, THERE)
    event = AuditEvent.objects.get(action=AuditAction.LoginEnded)
    assert (event.object_id, event.actor_name, event.reason) == (str(old.pk), "系统", "账号再次登录")


def test_signing_out_ends_the_login(person: Person) -> None:
    browser = log_in(person)
    browser.post("/account/logout/")
    assert live_login(person) is None
    assert last_login(person).ending == SessionEnding.SIGNED_OUT
    assert browser.get("/api/v1/sessions/current").json()["error"]["code"] == "not_signed_in"


def test_the_database_knows_one_live_login_a_person(person: Person) -> None:
    log_in(person)
    with pytest.raises(IntegrityError), transaction.atomic():
        LoginSession.objects.create(
            person=person, key_hash="0" * 64, began_at=clock.now(), last_seen_at=clock.now()
        )


def test_no_key_of_a_session_stands_in_the_database(person: Person) -> None:
    key = log_in(person).cookies["sessionid"].value
    assert not Session.objects.filter(session_key=key).exists()
    assert Session.objects.filter(session_key=digest(key)[:40]).exists()


def test_a_key_from_the_database_opens_nothing(person: Person) -> None:
    log_in(person)
    thief = Client()
    for stolen in (Session.objects.get().session_key, last_login(person).key_hash):
        thief.cookies["sessionid"] = stolen
        assert not is_in(thief)


def test_an_ended_session_does_not_come_back_by_a_request_that_is_still_running(person: Person) -> None:
    browser = log_in(person)
    running = browser.session
    running["something"] = "late"
    end_sessions(person=person, why=SessionEnding.RIGHTS_ENDED, actor=None)
    with pytest.raises(Exception):  # noqa: B017 - whatever Django calls it
        running.save()
    assert not is_in(browser)


def test_a_session_that_was_never_noted_as_a_login_is_none(person: Person) -> None:
    browser = browser_of(person)
    session = browser.session
    del session["login"]
    session.save()
    assert not is_in(browser)


def test_a_new_key_after_a_change_of_password_is_still_the_same_login(person: Person) -> None:
    browser = log_in(person)
    session = browser.session
    session.cycle_key()
    session.save()
    browser.cookies["sessionid"] = session.session_key
    assert is_in(browser)
    end_sessions(person=person, why=SessionEnding.PASSWORD_CHANGED, actor=None)
    assert not is_in(browser)


def test_ending_sessions_ends_those_of_nobody_else(person: Person) -> None:
    mine, other = log_in(person), log_in(make_person(Role.VIEWER))
    assert end_sessions(person=person, why=SessionEnding.RIGHTS_ENDED, actor=None) == 1
    assert end_sessions(person=person, why=SessionEnding.RIGHTS_ENDED, actor=None) == 0
    assert (is_in(mine), is_in(other)) == (False, True)
