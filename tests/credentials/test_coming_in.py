"""Attacks on the log-in: finding out accounts, taking over sessions, leading away, forging requests."""

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.credentials.models import Guard
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.credentials.signing_in import LOGIN, NEW_PASSWORD, is_signed_in, try_to_sign_in
from tests.factories import PASSWORD, browser_of, in_days, make_person

pytestmark = pytest.mark.django_db

WRONG = "Wrong-guess-58"
# The page repeats the account, and says when it was made.
UNLIKE_ANYWAY = {"Content-Length", "Expires"}


@pytest.fixture
def person() -> Person:
    return make_person(Role.VIEWER)


@pytest.fixture
def locked_out() -> Person:
    person = make_person(Role.VIEWER)
    for _ in range(5):
        try_to_sign_in(Client(), person.account, WRONG)
    return person


@pytest.fixture
def not_in_use() -> Person:
    person = make_person(Role.VIEWER)
    person.is_active = False
    person.save(update_fields=["is_active"])
    return person


class TestFindingOutAccounts:
    @pytest.fixture
    def attempts(self, person: Person, locked_out: Person, not_in_use: Person) -> list[tuple[str, str]]:
        """What fails, each for another reason; names of one length, since the page repeats them."""
        return [
            (person.account, WRONG),
            ("x" * len(person.account), WRONG),
            (locked_out.account, WRONG),
            (locked_out.account, PASSWORD),
            (not_in_use.account, WRONG),
            (not_in_use.account, PASSWORD),
        ]

    def test_whatever_is_wrong_the_answer_is_the_same(self, attempts: list[tuple[str, str]]) -> None:
        answers = set()
        for account, password in attempts:
            client = Client()
            client.get(LOGIN)
            answer = try_to_sign_in(client, account, password)
            body = answer.content.decode().replace(account, "ACCOUNT")
            token = str(answer.context["csrf_token"])
            told = {name: value for name, value in answer.headers.items() if name not in UNLIKE_ANYWAY}
            answers.add((answer.status_code, body.replace(token, "TOKEN"), str(told)))
            assert not is_signed_in(client)
        assert len(answers) == 1

    def test_and_it_costs_one_hash_each(self, attempts: list[tuple[str, str]]) -> None:
        for account, password in attempts:
            encode = MD5PasswordHasher.encode
            with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=encode) as hashing:
                try_to_sign_in(Client(), account, password)
            assert hashing.call_count == 1, (account, password)

    def test_the_sentence_says_what_to_do(self, client: Client, person: Person) -> None:
        answer = try_to_sign_in(client, person.account, WRONG)
        sentence = answer.context["form"].non_field_errors()[0]
        assert "连续失败 5 次锁定 30 分钟" in sentence and "安全管理员" in sentence

    def test_no_other_page_answers_for_accounts(self, client: Client) -> None:
        for address in ("password/reset/", "signup/", "inactive/", "email/", "password/set/"):
            assert client.get(f"/account/{address}").status_code in {302, 404}, address


class TestSessions:
    def test_the_key_of_a_session_is_a_new_one_after_the_log_in(self, person: Person) -> None:
        client = Client()
        session = client.session
        session["planted"] = "by the attacker"
        session.save()
        planted = session.session_key
        client.cookies["sessionid"] = str(planted)
        try_to_sign_in(client, person.account)
        assert is_signed_in(client)
        assert client.cookies["sessionid"].value != planted
        attacker = Client()
        attacker.cookies["sessionid"] = str(planted)
        assert attacker.get("/").status_code == 302

    def test_an_invented_key_is_not_taken(self, person: Person) -> None:
        client = Client()
        client.cookies["sessionid"] = "a" * 32
        try_to_sign_in(client, person.account)
        assert client.cookies["sessionid"].value != "a" * 32

    def test_after_signing_out_the_old_key_is_dead(self, person: Person) -> None:
        client = browser_of(person)
        key = client.cookies["sessionid"].value
        client.post("/account/logout/")
        client.cookies["sessionid"] = key
        assert client.get("/").status_code == 302


AWAY = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "https://127.0.0.1:9/",
    "https://testserver@evil.example/",
    "\t//evil.example",
    "/%09/evil.example\r\nSet-Cookie: a=b",
]


class TestNext:
    @pytest.mark.parametrize("target", AWAY)
    @pytest.mark.parametrize("page", [LOGIN, "/account/logout/"])
    def test_nobody_is_led_away(self, person: Person, target: str, page: str) -> None:
        client = Client() if page == LOGIN else browser_of(person)
        answer = client.post(page, {"login": person.account, "password": PASSWORD, "next": target})
        assert answer.status_code == 302
        location = answer.headers["Location"]
        assert location.startswith("/") and not location.startswith("//"), location
        assert "evil.example" not in location or location.startswith("/%"), location
        assert "Set-Cookie" not in answer.headers

    def test_pages_of_the_portal_are_led_to(self, person: Person, client: Client) -> None:
        form = {"login": person.account, "password": PASSWORD, "next": "/notices/?page=2"}
        assert client.post(LOGIN, form).headers["Location"] == "/notices/?page=2"


ODD_ACCOUNTS = [
    "a\r\nSet-Cookie: x=1",
    "nobody\0here",
    "名字" * 200,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "ﬁ" * 40,
    " ",
]


class TestOddAccounts:
    @pytest.mark.parametrize("account", ODD_ACCOUNTS)
    def test_they_are_refused_like_any_other(self, account: str) -> None:
        client = Client(raise_request_exception=False)
        answer = try_to_sign_in(client, account, WRONG)
        assert answer.status_code < 500
        assert "<script>alert" not in answer.content.decode("utf-8", "replace")
        assert answer.headers.get("Set-Cookie") is None
        assert not is_signed_in(client)

    def test_half_a_letter_is_no_account(self, client: Client) -> None:
        form = "login=%ED%A0%80half&password=Wrong-guess-58"
        assert client.post(LOGIN, form, "application/x-www-form-urlencoded").status_code == 200

    def test_a_very_long_password_costs_no_more(self, client: Client, person: Person) -> None:
        assert try_to_sign_in(client, person.account, "x" * 1_000_000).status_code == 200
        assert Guard.objects.get(person=person).failures == 1


class TestForgedRequests:
    @pytest.mark.parametrize(
        ("address", "form"),
        [
            ("/account/logout/", {}),
            ("/account/password/", {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}),
            ("/account/undertaking/", {"version": 1, "agreed": "on", "name": "x"}),
        ],
    )
    def test_what_is_posted_without_the_token_is_not_done(
        self, person: Person, address: str, form: dict[str, Any]
    ) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(person)
        before = AuditEvent.objects.count()
        assert client.post(address, form).status_code == 403
        assert is_signed_in(client)
        assert AuditEvent.objects.count() == before
        assert Person.objects.get(pk=person.pk).check_password(PASSWORD)

    def test_nobody_is_signed_in_by_a_forged_request(self, person: Person) -> None:
        client = Client(enforce_csrf_checks=True)
        assert try_to_sign_in(client, person.account).status_code == 403
        assert not is_signed_in(client)

    def test_nor_are_the_operations_of_the_interface(self, person: Person) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(person)
        body = {"old": PASSWORD, "new": NEW_PASSWORD}
        assert client.post("/api/v1/credentials/password", body, "application/json").status_code == 403
        assert Person.objects.get(pk=person.pk).check_password(PASSWORD)

    def test_reading_signs_nobody_out(self, person: Person) -> None:
        client = browser_of(person)
        client.get("/account/logout/")
        assert is_signed_in(client)


def test_a_person_who_is_out_of_use_does_not_come_in(not_in_use: Person, client: Client) -> None:
    try_to_sign_in(client, not_in_use.account)
    assert not is_signed_in(client)


def test_what_was_locked_comes_in_when_the_lock_is_over(locked_out: Person, client: Client) -> None:
    Guard.objects.update(locked_until=in_days(-0.001))
    try_to_sign_in(client, locked_out.account)
    assert is_signed_in(client)
