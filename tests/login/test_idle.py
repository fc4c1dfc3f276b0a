"""A login ends when nobody does anything for a quarter of an hour, and after half a day in any case."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.models import ParameterValue
from gongshi.login.expiry import end_what_is_over
from gongshi.login.models import SessionEnding
from gongshi.viewing.models import PlaySession, PlayState
from tests.factories import make_person
from tests.login.clock import Hands
from tests.login.making import is_in, last_login, live_login, log_in
from tests.viewing.making import REASON, let_watch, make_node

pytestmark = pytest.mark.django_db
QUIET = {"Gongshi-Background": "1"}
STATE = "/api/v1/sessions/current"


@pytest.fixture
def person() -> Person:
    return make_person(Role.VIEWER)


def seconds_left(browser: Client, **headers: str) -> int:
    left: int = browser.get(STATE, headers=headers).json()["seconds_left"]
    return left


def test_a_quarter_of_an_hour_without_doing_anything_is_the_end(person: Person, hands: Hands) -> None:
    browser = log_in(person)
    hands.forward(minutes=15)
    answer = browser.get("/notices/", follow=True)
    assert "您较长时间没有操作，本次登录已自动结束，请重新登录。" in answer.content.decode()
    assert last_login(person).ending == SessionEnding.IDLE
    assert not is_in(browser)


def test_who_does_something_stays_in(person: Person, hands: Hands) -> None:
    browser = log_in(person)
    for _ in range(4):
        hands.forward(minutes=14)
        assert is_in(browser)
    assert last_login(person).last_seen_at == hands.moment


def test_what_pages_ask_by_themselves_keeps_nobody_in(person: Person, hands: Hands) -> None:
    browser = log_in(person)
    for _ in range(14):
        hands.forward(minutes=1)
        assert browser.get(STATE, headers=QUIET).status_code == 200
    assert seconds_left(browser, **QUIET) == 60
    hands.forward(minutes=1)
    assert browser.get(STATE, headers=QUIET).json()["error"]["code"] == "session_ended"


def test_going_on_gives_another_quarter_of_an_hour(person: Person, hands: Hands) -> None:
    browser = log_in(person)
    hands.forward(minutes=14)
    assert seconds_left(browser) == 15 * 60
    hands.forward(minutes=14)
    assert is_in(browser)


def test_use_in_one_window_counts_for_all(person: Person, hands: Hands) -> None:
    one, other = log_in(person), Client(REMOTE_ADDR="10.33.1.9")
    other.cookies = one.cookies
    hands.forward(minutes=10)
    assert is_in(other)
    assert seconds_left(one, **QUIET) == 15 * 60


def test_after_the_longest_time_it_ends_whatever_one_does(person: Person, hands: Hands) -> None:
    ParameterValue.objects.create(key="login.longest_hours", value=1)
    browser = log_in(person)
    for _ in range(6):
        assert is_in(browser)
        hands.forward(minutes=10)
    assert not is_in(browser)
    assert last_login(person).ending == SessionEnding.LONGEST


def test_the_warning_tells_of_the_end_that_comes_first(person: Person, hands: Hands) -> None:
    ParameterValue.objects.create(key="login.longest_hours", value=1)
    browser = log_in(person)
    for _ in range(5):
        hands.forward(minutes=10)
        assert is_in(browser)
    hands.forward(minutes=9)
    assert seconds_left(browser) == 60


def test_the_system_administrator_sets_the_minutes(person: Person, hands: Hands) -> None:
    ParameterValue.objects.create(key="login.idle_minutes", value=5)
    browser = log_in(person)
    hands.forward(minutes=5)
    assert not is_in(browser)


def test_a_login_of_a_browser_that_was_closed_ends_too(person: Person, hands: Hands) -> None:
    log_in(person)
    hands.forward(minutes=14)
    assert end_what_is_over() == 0
    hands.forward(minutes=1)
    assert end_what_is_over() == 1
    assert live_login(person) is None
    assert Session.objects.count() == 0


def test_a_login_without_a_session_ends_too(person: Person) -> None:
    log_in(person)
    Session.objects.all().delete()
    assert end_what_is_over() == 1
    assert last_login(person).ending == SessionEnding.LOST


def test_an_ordinary_request_costs_nothing_more(
    person: Person, hands: Hands, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = log_in(person)
    is_in(browser)
    # The session and the person.
    with django_assert_num_queries(2):
        browser.get(STATE)
    hands.forward(minutes=10)
    with django_assert_num_queries(2):
        browser.get(STATE, headers=QUIET)


def play_in(browser: Client, person: Person) -> PlaySession:
    make_node()
    asked = {"camera_id": let_watch(person).camera_id, "kind": "live", "reason": REASON}
    answer = browser.post("/api/v1/viewing/sessions", asked, content_type="application/json")
    assert answer.status_code == 201
    PlaySession.objects.update(state=PlayState.PLAYING, connection="1-10")
    return PlaySession.objects.get()


def say_watching(browser: Client) -> bool:
    answer = browser.post("/api/v1/viewing/watching", headers=QUIET)
    return answer.status_code == 200 and bool(answer.json()["playing"])


def test_who_watches_stays_in_without_touching_anything(person: Person, hands: Hands) -> None:
    browser = log_in(person)
    play_in(browser, person)
    for _ in range(6):
        hands.forward(minutes=5)
        assert say_watching(browser)
    assert is_in(browser)


def test_who_only_says_that_he_watches_does_not(person: Person, hands: Hands) -> None:
    browser = log_in(person)
    look = play_in(browser, person)
    PlaySession.objects.filter(pk=look.pk).update(state=PlayState.ENDING, ending="closed")
    for _ in range(3):
        hands.forward(minutes=5)
        assert not say_watching(browser)
    assert not is_in(browser)


def test_a_picture_of_another_login_keeps_nobody_in(person: Person, hands: Hands) -> None:
    browser = log_in(person)
    look = play_in(browser, person)
    PlaySession.objects.filter(pk=look.pk).update(login_key="999999")
    assert not say_watching(browser)


def test_pictures_are_cut_with_the_login(person: Person, hands: Hands) -> None:
    look = play_in(log_in(person), person)
    hands.forward(minutes=15)
    end_what_is_over()
    look.refresh_from_db()
    assert (look.state, look.ending) == ("ending", "login_ended")


def test_pictures_are_cut_when_the_account_logs_in_elsewhere(person: Person) -> None:
    look = play_in(log_in(person), person)
    log_in(person, "10.33.7.7")
    look.refresh_from_db()
    assert (look.state, look.ending) == ("ending", "superseded")
