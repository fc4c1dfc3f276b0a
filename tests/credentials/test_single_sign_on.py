"""Single sign-on against a real OpenID Connect provider: who comes in, who does not, what no forger can."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives import serialization
from django.test import Client
from pytest_django import Settings

from gongshi.audit.models import AuditEvent
from gongshi.credentials.lockout import guarded
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from tests.credentials.factors import with_second_factor
from tests.credentials.identity_provider import (
    Claims,
    Impostor,
    Provider,
    own_key,
    provider_process,
    standing_before,
)
from tests.factories import make_person

pytestmark = pytest.mark.django_db

LOGIN, BEGIN, BACK = "/account/login/", "/account/single-sign-on/", "/account/single-sign-on/callback/"
KEY = own_key()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with provider_process() as running:
        yield running


def set_up(settings: Settings, issuer: str) -> None:
    settings.ROOT_URLCONF = "tests.credentials.portal_with_sign_on"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "government",
                    "name": "浙政统一身份",
                    "client_id": "gongshi",
                    "secret": "not-told",
                    "settings": {
                        "server_url": issuer,
                        "oauth_pkce_enabled": True,
                        "scope": ["openid", "profile"],
                    },
                }
            ]
        }
    }


@pytest.fixture
def portal(settings: Settings, provider: Provider) -> Client:
    set_up(settings, provider.url)
    return Client()


def sign_on(browser: Client, provider: Provider, account: str, begin: str = BEGIN) -> str:
    """The whole way of a browser there and back; gives where it is sent in the end."""
    provider.knows(account, preferred_username=account)
    there = browser.get(begin).headers["Location"]
    back = provider.signs_in(account, there)
    return str(browser.get(back.removeprefix("http://testserver")).headers["Location"])


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def failures() -> list[str]:
    return list(AuditEvent.objects.filter(action="identity:session:failed").values_list("reason", flat=True))


def test_where_it_is_not_set_up_there_is_neither_page_nor_button() -> None:
    browser = Client()
    assert browser.get(BEGIN).status_code == 404
    assert browser.get(BACK).status_code == 404
    assert "single-sign-on" not in browser.get(LOGIN).content.decode()


def test_the_login_page_offers_it_and_keeps_where_one_wanted_to_be(portal: Client) -> None:
    page = portal.get(f"{LOGIN}?next=/work-orders/").content.decode()
    assert f'href="{BEGIN}?next=%2Fwork-orders%2F"' in page


def test_a_known_person_comes_in(portal: Client, provider: Provider) -> None:
    person = make_person(Role.VIEWER)
    assert sign_on(portal, provider, person.account) == "/"
    assert portal.get("/api/v1/people/me").json()["account"] == person.account
    assert AuditEvent.objects.filter(action="identity:session:begun", object_id=person.pk).count() == 1


def test_one_comes_to_the_page_one_wanted_but_to_no_other_host(portal: Client, provider: Provider) -> None:
    person = make_person(Role.VIEWER)
    assert sign_on(portal, provider, person.account, f"{BEGIN}?next=/viewing/mine/") == "/viewing/mine/"
    assert sign_on(Client(), provider, person.account, f"{BEGIN}?next=https://evil.example/") == "/"


def test_the_way_there_carries_state_nonce_and_a_pkce_challenge(portal: Client, provider: Provider) -> None:
    there = parse_qs(urlsplit(portal.get(BEGIN).headers["Location"]).query)
    assert there["code_challenge_method"] == ["S256"]
    assert len(there["state"][0]) >= 16
    assert len(there["nonce"][0]) >= 16
    again = parse_qs(urlsplit(portal.get(BEGIN).headers["Location"]).query)
    assert not {there[name][0] for name in ("state", "nonce", "code_challenge")} & {
        again[name][0] for name in ("state", "nonce", "code_challenge")
    }


def test_the_second_factor_is_asked_all_the_same(portal: Client, provider: Provider) -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    assert sign_on(portal, provider, person.account) == "/account/code/"
    assert not is_signed_in(portal)
    portal.post("/account/code/", {"code": app.next_code()})
    assert is_signed_in(portal)


def test_who_must_have_a_second_factor_and_has_none_is_led_to_it(portal: Client, provider: Provider) -> None:
    sign_on(portal, provider, make_person(Role.OPERATOR).account)
    assert portal.get("/").headers["Location"] == "/account/second-factor/new/"


def test_nobody_is_made_and_nothing_is_linked(portal: Client, provider: Provider) -> None:
    before = Person.objects.count()
    assert sign_on(portal, provider, "nobody-here") == LOGIN
    assert "没有可用的账号" in portal.get(LOGIN).content.decode()
    assert not is_signed_in(portal)
    assert Person.objects.count() == before
    assert not SocialAccount.objects.exists()
    assert failures() == ["统一身份认证"]


def test_an_account_that_is_out_of_use_does_not_come_in(portal: Client, provider: Provider) -> None:
    person = make_person(Role.VIEWER)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert sign_on(portal, provider, person.account) == LOGIN
    assert not is_signed_in(portal)


def test_a_locked_account_does_not_come_in_by_this_door_either(portal: Client, provider: Provider) -> None:
    person = make_person(Role.VIEWER)
    for _ in range(5):
        guarded(person.account, "密码", lambda: None)
    assert sign_on(portal, provider, person.account) == LOGIN
    assert not is_signed_in(portal)


def test_a_person_without_the_claim_does_not_come_in(portal: Client, provider: Provider) -> None:
    provider.knows("somebody", nickname=make_person(Role.VIEWER).account)
    back = provider.signs_in("somebody", portal.get(BEGIN).headers["Location"])
    assert portal.get(back.removeprefix("http://testserver")).headers["Location"] == LOGIN
    assert not is_signed_in(portal)


def test_who_says_no_at_the_provider_is_back_at_the_login(portal: Client) -> None:
    state = parse_qs(urlsplit(portal.get(BEGIN).headers["Location"]).query)["state"][0]
    answer = portal.get(BACK, {"error": "access_denied", "state": state})
    assert answer.headers["Location"] == LOGIN
    assert "没有完成" in portal.get(LOGIN).content.decode()


@pytest.mark.parametrize(
    "what", [{}, {"state": "guessed", "code": "1"}, {"code": "1"}, {"state": "x" * 5000}]
)
def test_an_invented_return_lets_nobody_in(portal: Client, what: dict[str, str]) -> None:
    assert portal.get(BACK, what).headers["Location"] == LOGIN
    assert not is_signed_in(portal)


def test_a_return_that_belongs_to_another_browser_lets_nobody_in(portal: Client, provider: Provider) -> None:
    person = make_person(Role.VIEWER)
    provider.knows(person.account, preferred_username=person.account)
    back = provider.signs_in(person.account, portal.get(BEGIN).headers["Location"])
    victim = Client()
    victim.get(BEGIN)
    assert victim.get(back.removeprefix("http://testserver")).headers["Location"] == LOGIN
    assert not is_signed_in(victim)


def test_a_return_is_good_once(portal: Client, provider: Provider) -> None:
    person = make_person(Role.VIEWER)
    provider.knows(person.account, preferred_username=person.account)
    back = provider.signs_in(person.account, portal.get(BEGIN).headers["Location"])
    portal.get(back.removeprefix("http://testserver"))
    assert is_signed_in(portal)
    portal.post("/account/logout/")
    portal.get(back.removeprefix("http://testserver"))
    assert not is_signed_in(portal)


def test_a_provider_that_does_not_answer_is_said_in_a_sentence(settings: Settings) -> None:
    set_up(settings, "http://127.0.0.1:9")
    browser = Client()
    assert browser.get(BEGIN).headers["Location"] == LOGIN
    assert "暂时无法连接" in browser.get(LOGIN).content.decode()


# What an impostor between us and the provider cannot do


def signed(claims: Claims, **changes: object) -> str:
    changed = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(changed, KEY, "RS256", headers={"kid": "impostor"})


def signed_with_the_public_key(claims: Claims) -> str:
    """HS256 with what everybody can read (the classic confusion of algorithms)."""
    public = KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return jwt.encode(claims, public, "HS256", headers={"kid": "impostor"})


FORGED: dict[str, Callable[[Claims], str]] = {
    "by another key": lambda claims: jwt.encode(claims, own_key(), "RS256", headers={"kid": "impostor"}),
    "by a key that is not published": lambda claims: jwt.encode(claims, KEY, "RS256", headers={"kid": "x"}),
    "not at all": lambda claims: jwt.encode(claims, "", "none", headers={"kid": "impostor"}),
    "with the public key": signed_with_the_public_key,
    "for another portal": lambda claims: signed(claims, aud="another"),
    "by another issuer": lambda claims: signed(claims, iss="https://evil.example"),
    "long ago": lambda claims: signed(claims, exp=int((clock.now() - timedelta(hours=1)).timestamp())),
    "for another sign-on": lambda claims: signed(claims, nonce="another"),
    "without a nonce": lambda claims: signed(claims, nonce=None),
    "without an end": lambda claims: signed(claims, exp=None),
    "about somebody else": lambda claims: signed(claims, sub="somebody-else"),
    "as rubbish": lambda claims: "a.b.c",
    "as nothing": lambda claims: "",
}


def try_forged(settings: Settings, provider: Provider, forge: Callable[[Claims], str]) -> Client:
    person = make_person(Role.VIEWER)
    with standing_before(Impostor(provider, KEY, forge)) as address:
        set_up(settings, address)
        browser = Client()
        assert sign_on(browser, provider, person.account) in {"/", LOGIN}
    return browser


def test_what_is_signed_for_this_sign_on_is_believed(settings: Settings, provider: Provider) -> None:
    assert is_signed_in(try_forged(settings, provider, signed))


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_token_lets_nobody_in(how: str, settings: Settings, provider: Provider) -> None:
    browser = try_forged(settings, provider, FORGED[how])
    assert not is_signed_in(browser)
    assert "没有完成" in browser.get(LOGIN).content.decode()
    assert len(failures()) == 1
