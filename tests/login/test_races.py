"""Two who log in to one account at the very same moment: one is in at the end."""

import pytest
from django.contrib.sessions.models import Session

from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.login.actions import end_sessions
from gongshi.login.models import LoginSession, SessionEnding
from tests.at_once import at_once
from tests.factories import make_person
from tests.login.making import is_in, log_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person() -> Person:
    return make_person(Role.VIEWER)


# One more at once would be a guess too many (ADR 22).
AT_ONCE = 4


def test_of_logins_at_once_one_lives(person: Person) -> None:
    browsers = at_once(*(lambda n=number: log_in(person, f"10.33.1.{n}") for number in range(AT_ONCE)))
    assert [each for each in browsers if isinstance(each, Exception)] == []
    assert sum(is_in(browser) for browser in browsers) == 1  # type: ignore[arg-type]
    assert LoginSession.objects.filter(person=person).count() == AT_ONCE
    assert LoginSession.objects.live().filter(person=person).count() == 1


def test_who_lost_is_led_back_to_the_door_and_told_why(person: Person) -> None:
    browsers = at_once(*(lambda n=number: log_in(person, f"10.33.1.{n}") for number in range(AT_ONCE)))
    for browser in browsers:
        answer = browser.get("/notices/", follow=True)  # type: ignore[attr-defined]
        assert answer.status_code == 200
        assert "本次登录已结束" in answer.content.decode() or not answer.redirect_chain


def test_a_login_and_the_end_of_all_rights_at_once_leave_no_session_without_login(person: Person) -> None:
    def end() -> int:
        return end_sessions(person=person, why=SessionEnding.RIGHTS_ENDED, actor=None)

    for _ in range(3):
        browser, ended = at_once(lambda: log_in(person), end)
        assert not isinstance(browser, Exception) and not isinstance(ended, Exception)
        assert is_in(browser) == LoginSession.objects.live().filter(person=person).exists()  # type: ignore[arg-type]
        end()
    assert not any("login" in each.get_decoded() for each in Session.objects.all())
