"""Twenty guesses at the same moment have no more tries than twenty one after the other."""

from threading import Lock

import pytest

from gongshi.alerts.models import Alert
from gongshi.audit.models import AuditEvent
from gongshi.credentials import lockout
from gongshi.credentials.models import Guard
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.factories import make_person
from tests.viewing.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 20


class Secret:
    """Looks at what is guessed, and counts how often."""

    def __init__(self, *, is_right: bool) -> None:
        self.is_right = is_right
        self.looks = 0
        self._lock = Lock()

    def check(self) -> bool:
        with self._lock:
            self.looks += 1
        return self.is_right


def guess_at_once(account: str, secret: Secret) -> int:
    """How many of them were locked out."""
    step = lambda: lockout.guarded(account, "密码", secret.check)  # noqa: E731
    outcomes = at_once(*[step] * AT_ONCE)
    assert all(isinstance(each, bool | lockout.LockedOut) for each in outcomes), outcomes
    return sum(isinstance(each, lockout.LockedOut) for each in outcomes)


@pytest.fixture
def person() -> Person:
    make_person(Role.SECURITY_ADMINISTRATOR)
    return make_person(Role.VIEWER)


def test_of_twenty_wrong_guesses_five_are_looked_at(person: Person) -> None:
    secret = Secret(is_right=False)
    assert guess_at_once(person.account, secret) == AT_ONCE - 5
    assert secret.looks == 5
    assert Guard.objects.get(person=person).failures == 5
    assert AuditEvent.objects.filter(action="identity:session:failed").count() == AT_ONCE
    assert Alert.objects.get().times == 1


def test_and_so_for_a_name_of_nobody() -> None:
    secret = Secret(is_right=False)
    assert guess_at_once("nobody-here", secret) == AT_ONCE - 5
    assert secret.looks == 5


def test_right_ones_at_once_leave_nothing_behind(person: Person) -> None:
    guess_at_once(person.account, Secret(is_right=True))
    guard = Guard.objects.get(person=person)
    assert (guard.failures, guard.locked_until) == (0, None)
