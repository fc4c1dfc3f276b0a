"""What looks as if an account was lent raises an alert; what is everyday does not."""

import pytest

from gongshi.alerts.kinds import AlertKind
from gongshi.alerts.models import Alert
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.factories import make_person
from tests.login.clock import Hands
from tests.login.making import HERE, last_login, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    return make_person(Role.VIEWER)


def alerts(kind: AlertKind) -> list[Alert]:
    return list(Alert.objects.filter(kind=kind))


def log_in_days(person: Person, hands: Hands, *addresses: str) -> None:
    """One login a day."""
    for address in addresses:
        hands.forward(days=1)
        log_in(person, address)


def test_a_network_that_the_person_never_used_is_unusual(person: Person, hands: Hands) -> None:
    log_in_days(person, hands, HERE, HERE, HERE, "172.16.5.5")
    (alert,) = alerts(AlertKind.LoginFromUnusualNetwork)
    assert alert.person == person
    assert "172.16.5.0/24" in alert.sentence


def test_another_address_of_the_same_network_is_not(person: Person, hands: Hands) -> None:
    log_in_days(person, hands, HERE, HERE, HERE, "10.33.1.77", "10.33.1.78")
    assert alerts(AlertKind.LoginFromUnusualNetwork) == []


def test_the_first_logins_are_not_unusual_wherever_they_come_from(person: Person, hands: Hands) -> None:
    log_in_days(person, hands, HERE, "172.16.5.5", "2001:db8::1")
    assert alerts(AlertKind.LoginFromUnusualNetwork) == []


def test_what_was_usual_long_ago_is_unusual_again(person: Person, hands: Hands) -> None:
    log_in_days(person, hands, "172.16.5.5")
    hands.forward(days=91)
    log_in_days(person, hands, HERE, HERE, HERE)
    assert alerts(AlertKind.LoginFromUnusualNetwork) == []
    log_in_days(person, hands, "172.16.5.5")
    assert len(alerts(AlertKind.LoginFromUnusualNetwork)) == 1


def test_temporary_addresses_of_one_ipv6_network_are_one_network(person: Person, hands: Hands) -> None:
    log_in_days(person, hands, "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::abcd:4")
    assert alerts(AlertKind.LoginFromUnusualNetwork) == []
    log_in_days(person, hands, "2001:db8:0:1::5")
    assert len(alerts(AlertKind.LoginFromUnusualNetwork)) == 1


def test_many_addresses_within_an_hour_raise_an_alert(person: Person, hands: Hands) -> None:
    for number in range(2):
        log_in(person, f"10.33.1.{number}")
        hands.forward(minutes=20)
    assert alerts(AlertKind.ManyAddresses) == []
    log_in(person, "10.33.1.2")
    assert "一小时内在 3 个地址登录" in alerts(AlertKind.ManyAddresses)[0].sentence


def test_the_same_number_over_a_day_does_not(person: Person, hands: Hands) -> None:
    for number in range(5):
        log_in(person, f"10.33.1.{number}")
        hands.forward(minutes=59)
    assert alerts(AlertKind.ManyAddresses) == []


def test_a_session_that_goes_on_in_another_network_raises_an_alert(person: Person) -> None:
    browser = log_in(person)
    assert browser.get("/notices/", REMOTE_ADDR="172.16.5.5").status_code == 200
    (alert,) = alerts(AlertKind.LoginAddressChanged)
    assert HERE in alert.sentence and "172.16.5.5" in alert.sentence
    event = AuditEvent.objects.get(action=AuditAction.LoginAddressChanged)
    assert (event.before, event.after) == ({"address": HERE}, {"address": "172.16.5.5"})
    assert last_login(person).address == "172.16.5.5"


def test_within_its_network_it_is_noted_only(person: Person) -> None:
    log_in(person).get("/notices/", REMOTE_ADDR="10.33.1.10")
    assert alerts(AlertKind.LoginAddressChanged) == []
    assert AuditEvent.objects.filter(action=AuditAction.LoginAddressChanged).count() == 1


def test_a_wrong_password_from_anywhere_is_not_told_as_a_login(person: Person, hands: Hands) -> None:
    log_in_days(person, hands, HERE, HERE, HERE)
    log_in(person, "172.16.5.5", password="wrong")
    assert Alert.objects.count() == 0
