"""Nobody chooses the address under which he is recorded, unless a proxy of ours says so."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from gongshi.audit.models import AuditEvent
from gongshi.identity.roles import Role
from gongshi.kernel.client_address import ClientAddressMiddleware, address_behind, parsed
from tests.factories import make_person
from tests.login.making import log_in

PROXIES = (ip_network("10.0.0.0/29"), ip_network("fd00::/64"))

texts = st.text(max_size=60) | st.lists(
    st.one_of(
        st.ip_addresses().map(str), st.text(max_size=20), st.sampled_from(["10.0.0.1", "::1", "unknown"])
    ),
    max_size=6,
).map(",".join)
strangers = st.ip_addresses().map(str).filter(lambda text: not _ours(text))


def _ours(text: str) -> bool:
    address = parsed(text)
    return address is not None and any(address in network for network in PROXIES)


def canonical(text: str) -> str:
    return str(parsed(text))


@given(strangers, texts)
def test_a_stranger_never_chooses_his_address(peer: str, claimed: str) -> None:
    assert address_behind(peer, claimed, PROXIES) == canonical(peer)


@given(strangers, texts)
def test_behind_our_proxy_he_does_not_either(client: str, claimed: str) -> None:
    forwarded = f"{claimed},{client}" if claimed else client
    assert address_behind("10.0.0.1", forwarded, PROXIES) == canonical(client)


@given(strangers, texts, st.lists(st.sampled_from(["10.0.0.2", "fd00::5"]), max_size=3))
def test_nor_behind_a_chain_of_our_proxies(client: str, claimed: str, chain: list[str]) -> None:
    forwarded = ",".join([claimed, client, *chain])
    assert address_behind("fd00::7", forwarded, PROXIES) == canonical(client)


@given(texts)
def test_whatever_is_said_the_answer_is_an_address(claimed: str) -> None:
    answer = address_behind("10.0.0.1", claimed, PROXIES)
    assert answer is not None and str(ip_address(answer)) == answer


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("10.33.1.9", "", "10.33.1.9"),
        ("10.33.1.9", "1.2.3.4", "10.33.1.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", "junk", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4, junk", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4:5678", "10.0.0.1"),
        ("::ffff:10.0.0.1", "::ffff:1.2.3.4", "1.2.3.4"),
        ("fd00::1", "2001:db8::9", "2001:db8::9"),
        ("fe80::1%eth0", "", "fe80::1"),
        ("", "1.2.3.4", None),
    ],
)
def test_the_first_from_the_right_that_is_no_proxy_of_ours(
    peer: str, forwarded: str, expected: str | None
) -> None:
    assert address_behind(peer, forwarded, PROXIES) == expected


def seen_through(settings: Settings, trusted: str, peer: str, **headers: Any) -> HttpRequest:
    """The request as everything behind the middleware sees it."""
    settings.TRUSTED_PROXIES = tuple(ip_network(each) for each in trusted.split())
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
    ClientAddressMiddleware(lambda _: HttpResponse())(request)
    return request


def test_only_our_proxy_says_that_the_client_came_by_https(settings: Settings) -> None:
    said = {"X-Forwarded-Proto": "https"}
    assert seen_through(settings, "10.0.0.1/32", "10.0.0.1", **said).is_secure()
    assert not seen_through(settings, "10.0.0.1/32", "10.0.0.2", **said).is_secure()
    assert not seen_through(settings, "", "10.0.0.1", **said).is_secure()


def test_libraries_find_the_client_where_they_look(settings: Settings) -> None:
    request = seen_through(settings, "10.0.0.1/32", "10.0.0.1", **{"X-Forwarded-For": "1.2.3.4"})
    assert request.META["REMOTE_ADDR"] == "1.2.3.4"
    assert "HTTP_X_FORWARDED_FOR" not in request.META


@pytest.mark.django_db
def test_the_record_names_the_address_of_who_came(settings: Settings) -> None:
    person = make_person(Role.VIEWER)
    settings.TRUSTED_PROXIES = (ip_network("10.33.1.0/24"),)
    log_in(person, "10.33.1.9")
    settings.TRUSTED_PROXIES = ()
    Client(REMOTE_ADDR="10.33.1.9", headers={"X-Forwarded-For": "6.6.6.6"}).post(
        "/account/login/", {"login": person.account, "password": "wrong"}
    )
    assert set(AuditEvent.objects.filter(address__isnull=False).values_list("address", flat=True)) == {
        "10.33.1.9"
    }
