"""From where people may come in: by account, else by each of their roles; and who keeps the list."""

from typing import Any

import pytest
from django.test import Client

from gongshi.alerts.kinds import AlertKind
from gongshi.alerts.models import Alert
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.login.actions import allow_network, withdraw_network
from gongshi.login.models import AllowedNetwork, LoginSession, SessionEnding
from gongshi.login.networks import is_allowed
from gongshi.viewing.models import PlaySession
from tests.factories import browser_of, make_person
from tests.login.making import HERE, browser_at, is_in, last_login, live_login, log_in
from tests.viewing.making import let_watch, make_node, open_look

pytestmark = pytest.mark.django_db
THERE = "172.16.5.5"
OUTSIDE = "密码正确，但您所在的网络不在允许的网络范围内"


@pytest.fixture
def person() -> Person:
    return make_person(Role.VIEWER)


@pytest.fixture
def keeper() -> Person:
    return make_person(Role.SECURITY_ADMINISTRATOR)


def allow(keeper: Person, network: str, **whose: Any) -> AllowedNetwork:
    return allow_network(actor=keeper, network=network, **whose)


def test_without_a_list_people_come_from_everywhere(person: Person) -> None:
    assert is_allowed(person, HERE) and is_allowed(person, "2001:db8::1") and is_allowed(person, None)


def test_a_role_is_held_to_its_networks(keeper: Person, person: Person) -> None:
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    allow(keeper, "2001:db8::/32", role=Role.VIEWER)
    assert is_allowed(person, HERE) and is_allowed(person, "2001:db8::1")
    assert is_allowed(person, "::ffff:10.33.1.9")
    assert not is_allowed(person, THERE) and not is_allowed(person, None)
    assert is_allowed(make_person(Role.OPERATOR), THERE)


def test_all_roles_of_a_person_must_allow(keeper: Person) -> None:
    both = make_person(Role.VIEWER, Role.DATA_SPECIALIST)
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    assert is_allowed(both, HERE)
    allow(keeper, "172.16.0.0/12", role=Role.DATA_SPECIALIST)
    assert not is_allowed(both, HERE) and not is_allowed(both, THERE)


def test_the_list_of_an_account_goes_before_those_of_its_roles(keeper: Person, person: Person) -> None:
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    allow(keeper, "172.16.5.5", person=person)
    assert is_allowed(person, THERE) and not is_allowed(person, HERE)
    assert is_allowed(make_person(Role.VIEWER), HERE)


def test_who_knows_the_password_but_comes_from_outside_is_told_and_noted(
    keeper: Person, person: Person
) -> None:
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    browser = browser_at(THERE)
    answer = browser.post(
        "/account/login/", {"login": person.account, "password": "Lishui-2026-test"}, follow=True
    )
    assert OUTSIDE in answer.content.decode()
    assert not is_in(browser)
    assert live_login(person) is None
    event = AuditEvent.objects.get(action=AuditAction.LoginOutside)
    assert (event.object_id, event.address, event.succeeded) == (str(person.pk), THERE, False)
    assert not AuditEvent.objects.filter(action=AuditAction.LoggedIn).exists()
    assert Alert.objects.get(kind=AlertKind.LoginFromForbiddenNetwork).person == person


def test_who_does_not_know_the_password_learns_nothing_of_networks(keeper: Person, person: Person) -> None:
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    answer = browser_at(THERE).post("/account/login/", {"login": person.account, "password": "wrong"})
    assert OUTSIDE not in answer.content.decode()
    assert Alert.objects.filter(kind=AlertKind.LoginFromForbiddenNetwork).count() == 0


def test_a_login_from_outside_does_not_end_the_one_that_is_inside(keeper: Person, person: Person) -> None:
    inside = log_in(person, HERE)
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    log_in(person, THERE)
    assert is_in(inside)


def test_a_login_that_is_now_outside_ends(keeper: Person, person: Person) -> None:
    inside, outside = log_in(make_person(Role.VIEWER), HERE), log_in(person, THERE)
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    assert (is_in(inside), is_in(outside)) == (True, False)
    assert last_login(person).ending == SessionEnding.NETWORK
    assert "不在允许登录的范围内" in outside.get("/notices/", follow=True).content.decode()


def test_a_login_ends_when_its_network_is_withdrawn(keeper: Person, person: Person) -> None:
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    gone = allow(keeper, "172.16.0.0/12", role=Role.VIEWER)
    browser = log_in(person, THERE)
    assert is_in(browser)
    withdraw_network(actor=keeper, allowed=gone, reason="线路已拆除")
    assert not is_in(browser)
    assert AuditEvent.objects.get(action=AuditAction.NetworkWithdrawn).reason == "线路已拆除"


def test_a_session_that_moves_to_a_forbidden_network_ends(keeper: Person, person: Person) -> None:
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    browser = log_in(person, HERE)
    assert browser.get("/notices/", REMOTE_ADDR="10.33.200.1").status_code == 200
    assert browser.get("/notices/", REMOTE_ADDR=THERE).status_code == 302
    assert not is_in(browser)
    assert last_login(person).ending == SessionEnding.NETWORK


def test_no_picture_is_opened_from_a_forbidden_network(keeper: Person, person: Person) -> None:
    make_node()
    camera = let_watch(person).camera
    allow(keeper, "172.16.0.0/12", role=Role.VIEWER)
    with pytest.raises(Forbidden, match="网络"):
        open_look(person, camera, address=HERE)
    assert PlaySession.objects.count() == 0
    assert AuditEvent.objects.get(action=AuditAction.PlayRefused).reason.startswith("您所在的网络")
    open_look(person, camera, address=THERE)


def test_nobody_shuts_himself_out(keeper: Person) -> None:
    browser = browser_of(keeper)
    LoginSession.objects.filter(person=keeper).update(address=HERE)
    with pytest.raises(Invalid, match="您将无法从当前地址"):
        allow(keeper, "172.16.0.0/12", role=Role.SECURITY_ADMINISTRATOR)
    assert AllowedNetwork.objects.count() == 0
    assert is_in(browser)


@pytest.mark.parametrize(
    "network", ["", "10.33", "10.33.1.9/16", "300.0.0.0/8", "10.0.0.0/33", "网络", "::/129"]
)
def test_what_is_no_network_is_refused(keeper: Person, network: str) -> None:
    with pytest.raises(Invalid, match="网络地址不正确"):
        allow(keeper, network, role=Role.VIEWER)


def test_a_network_is_of_an_account_or_of_a_role(keeper: Person, person: Person) -> None:
    for whose in ({}, {"role": Role.VIEWER, "person": person}, {"role": "nobody"}):
        with pytest.raises(Invalid):
            allow(keeper, "10.33.0.0/16", **whose)
    allow(keeper, "10.33.0.0/16", role=Role.VIEWER)
    with pytest.raises(Conflict):
        allow(keeper, "10.33.0.0/16", role=Role.VIEWER)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMINISTRATOR}))
def test_nobody_else_keeps_the_list(keeper: Person, role: Role) -> None:
    allowed = allow(keeper, "10.33.0.0/16", person=make_person(Role.VIEWER))
    other = make_person(role)
    with pytest.raises(Forbidden):
        allow(other, "0.0.0.0/0", role=Role.VIEWER)
    with pytest.raises(Forbidden):
        withdraw_network(actor=other, allowed=allowed, reason="不需要了")
    browser = browser_of(other)
    body = {"network": "0.0.0.0/0", "role": "viewer"}
    for answer in (
        browser.get("/sessions/networks/"),
        browser.post("/sessions/networks/new/", body),
        browser.post(f"/sessions/networks/{allowed.pk}/withdraw/", {"reason": "不需要了"}),
        browser.get("/api/v1/sessions/networks"),
        browser.post("/api/v1/sessions/networks", body, content_type="application/json"),
        browser.post(
            f"/api/v1/sessions/networks/{allowed.pk}/withdraw", {"reason": "不需要了"}, "application/json"
        ),
    ):
        assert answer.status_code == 403
    assert list(AllowedNetwork.objects.all()) == [allowed]


def test_the_page_adds_shows_and_withdraws(keeper: Person, person: Person) -> None:
    browser = browser_of(keeper)
    wrong = browser.post("/sessions/networks/new/", {"network": "10.33", "role": "viewer"})
    assert wrong.status_code == 422 and "网络地址不正确" in wrong.content.decode()
    asked = {"network": "10.33.0.0/16", "person": person.account, "note": "政务外网"}
    answer = browser.post("/sessions/networks/new/", asked, follow=True)
    page = answer.content.decode()
    assert "10.33.0.0/16" in page and person.name in page and "政务外网" in page
    allowed = AllowedNetwork.objects.get()
    browser.post(f"/sessions/networks/{allowed.pk}/withdraw/", {"reason": "不需要了"})
    assert AllowedNetwork.objects.count() == 0


def test_the_interface_does_the_same(keeper: Person, person: Person) -> None:
    browser: Client = browser_of(keeper)
    asked = {"network": "10.33.1.9", "account": person.account, "note": "值班室"}
    answer = browser.post("/api/v1/sessions/networks", asked, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json() | {"id": 0} == {
        "id": 0,
        "network": "10.33.1.9/32",
        "account": person.account,
        "role": "",
        "note": "值班室",
    }
    unknown = asked | {"account": "nobody"}
    assert browser.post("/api/v1/sessions/networks", unknown, "application/json").status_code == 422
    (listed,) = browser.get("/api/v1/sessions/networks").json()["items"]
    address = f"/api/v1/sessions/networks/{listed['id']}/withdraw"
    assert browser.post(address, {"reason": ""}, "application/json").status_code == 422
    assert browser.post(address, {"reason": "不需要了"}, "application/json").status_code == 204
    assert AllowedNetwork.objects.count() == 0
