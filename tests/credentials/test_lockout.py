"""Guessing is stopped, whichever way it comes (等保 level 3, 身份鉴别 b)."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from gongshi.alerts.models import Alert
from gongshi.audit.models import AuditEvent
from gongshi.credentials import lockout
from gongshi.credentials.models import FailedGuess, Guard, GuardKind
from gongshi.credentials.passwords import confirm_password
from gongshi.credentials.tasks import forget_old_failures
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.models import ParameterValue
from tests.credentials.signing_in import NEW_PASSWORD, is_signed_in, try_to_sign_in
from tests.factories import PASSWORD, browser_of, in_days, make_person

pytestmark = pytest.mark.django_db

WRONG = "Wrong-guess-58"
LIMIT = 5
OTHERS = [role for role in Role if role != Role.SECURITY_ADMINISTRATOR]


def guess(account: str, times: int = LIMIT, **meta: Any) -> None:
    for _ in range(times):
        try_to_sign_in(Client(), account, WRONG, **meta)


def comes_in(person: Person, **meta: Any) -> bool:
    client = Client()
    try_to_sign_in(client, person.account, **meta)
    return is_signed_in(client)


def failures(**conditions: Any) -> int:
    return AuditEvent.objects.filter(action="identity:session:failed", **conditions).count()


@pytest.fixture
def person() -> Person:
    return make_person(Role.VIEWER, name="王小明")


@pytest.fixture
def security() -> Person:
    return make_person(Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def locked(person: Person) -> Guard:
    for _ in range(LIMIT):
        lockout.guarded(person.account, "密码", lambda: False)
    return Guard.objects.get(person=person)


class TestLocking:
    def test_four_failures_do_not_lock(self, person: Person) -> None:
        guess(person.account, LIMIT - 1)
        assert comes_in(person)

    def test_five_do_even_for_the_right_password(self, person: Person) -> None:
        guess(person.account)
        assert not comes_in(person)

    def test_half_an_hour_later_it_is_over(self, person: Person, locked: Guard) -> None:
        assert locked.locked_until is not None
        assert (locked.locked_until - locked.last_failed_at).total_seconds() == 30 * 60
        Guard.objects.update(locked_until=in_days(-0.001), last_failed_at=in_days(-0.03))
        assert comes_in(person)

    def test_and_the_next_lock_takes_five_failures_again(self, person: Person, locked: Guard) -> None:
        Guard.objects.update(locked_until=in_days(-0.001), last_failed_at=in_days(-0.03))
        guess(person.account, LIMIT - 1)
        assert comes_in(person)

    def test_failures_of_yesterday_do_not_count(self, person: Person) -> None:
        guess(person.account, LIMIT - 1)
        Guard.objects.update(last_failed_at=in_days(-1))
        guess(person.account, LIMIT - 1)
        assert comes_in(person)

    def test_a_login_that_came_to_its_end_wipes_them_out(self, person: Person) -> None:
        for _ in range(3):
            guess(person.account, LIMIT - 1)
            assert comes_in(person)

    def test_the_right_password_alone_does_not(self, person: Person) -> None:
        """Who knows the password but not the second factor has no more guesses by typing it again."""
        for _ in range(LIMIT):
            lockout.guarded(person.account, "密码", lambda: True)
            lockout.guarded(person.account, "验证码", lambda: False)
        with pytest.raises(lockout.LockedOut):
            lockout.guarded(person.account, "密码", lambda: True)

    def test_a_lock_is_not_made_longer_by_more_guesses(self, locked: Guard, person: Person) -> None:
        guess(person.account, 3)
        assert Guard.objects.get(pk=locked.pk).locked_until == locked.locked_until

    def test_the_numbers_are_parameters(self, person: Person) -> None:
        ParameterValue.objects.create(key="credentials.failures_until_locked", value=3)
        guess(person.account, 3)
        assert not comes_in(person)

    def test_others_come_in_meanwhile(self, locked: Guard) -> None:
        assert comes_in(make_person(Role.VIEWER))

    def test_whoever_is_in_stays_in(self, person: Person) -> None:
        browser = browser_of(person)
        guess(person.account)
        assert browser.get("/").status_code == 200


class TestNoWayRound:
    @pytest.mark.parametrize("spelling", [str.upper, str.title, lambda name: f"  {name} ", "".join])
    def test_other_spellings_are_the_same_account(self, person: Person, spelling: Any) -> None:
        guess(spelling(person.account))
        assert not comes_in(person)
        assert Guard.objects.count() == 2  # the account and the address

    def test_full_width_letters_are_the_same_account(self, person: Person) -> None:
        wide = "".join(chr(ord(letter) + 0xFEE0) for letter in person.account)
        guess(wide)
        assert not comes_in(person)

    def test_any_spelling_comes_in(self, person: Person) -> None:
        client = Client()
        try_to_sign_in(client, f" {person.account.upper()} ")
        assert is_signed_in(client)

    def test_another_name_of_the_portal_does_not_help(self, person: Person) -> None:
        guess(person.account, HTTP_HOST="localhost")
        assert not comes_in(person, HTTP_HOST="127.0.0.1")

    def test_an_invented_forwarding_address_does_not_help(self, person: Person) -> None:
        for number in range(LIMIT):
            guess(person.account, 1, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
        assert not comes_in(person, HTTP_X_FORWARDED_FOR="10.9.9.9")
        assert set(Guard.objects.filter(kind=GuardKind.ADDRESS).values_list("address", flat=True)) == {
            "127.0.0.1"
        }

    def test_an_emptied_cache_does_not_help(self, person: Person) -> None:
        for _ in range(LIMIT):
            guess(person.account, 1)
            cache.clear()
        assert not comes_in(person)

    def test_another_session_does_not_help(self, person: Person) -> None:
        one = Client()
        for _ in range(LIMIT):
            try_to_sign_in(one, person.account, WRONG)
        assert not comes_in(person)

    def test_a_program_that_wants_json_is_locked_out_like_anybody(self, person: Person) -> None:
        for _ in range(LIMIT):
            try_to_sign_in(Client(), person.account, WRONG, HTTP_ACCEPT="application/json")
        client = Client()
        answer = try_to_sign_in(client, person.account, HTTP_ACCEPT="application/json")
        assert answer.status_code == 400
        assert not is_signed_in(client)

    def test_the_page_of_changing_the_password_counts(self, person: Person) -> None:
        browser = browser_of(person)
        form = {"old": WRONG, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
        for _ in range(LIMIT):
            browser.post("/account/password/", form)
        answer = browser.post("/account/password/", form | {"old": PASSWORD})
        assert answer.status_code == 429
        assert Person.objects.get(pk=person.pk).check_password(PASSWORD)
        assert not comes_in(person)

    def test_so_does_its_operation(self, person: Person) -> None:
        browser, body = browser_of(person), {"old": WRONG, "new": NEW_PASSWORD}
        for _ in range(LIMIT):
            browser.post("/api/v1/credentials/password", body, "application/json")
        answer = browser.post("/api/v1/credentials/password", body | {"old": PASSWORD}, "application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "locked_out")

    def test_a_refused_change_takes_no_failure_back(self, person: Person) -> None:
        with pytest.raises(Invalid):
            confirm_password(person=person, password=WRONG)
        assert Guard.objects.get(person=person).failures == 1


class TestTelling:
    def test_each_failure_is_recorded_with_its_stage(self, person: Person) -> None:
        guess(person.account, 2)
        assert failures(object_id=person.pk, reason="密码", succeeded=False) == 2

    def test_tries_while_locked_are_recorded_too(self, person: Person, locked: Guard) -> None:
        comes_in(person)
        assert failures(object_id=person.pk, reason__contains="已锁定") == 1

    def test_what_was_typed_as_an_account_is_not_kept(self) -> None:
        guess("MySecretPassword-58", 1)
        event = AuditEvent.objects.get(action="identity:session:failed")
        assert "secret" not in event.object_label.lower()
        assert "secret" not in str(list(Guard.objects.values()) + list(FailedGuess.objects.values())).lower()

    def test_the_lock_is_recorded_and_somebody_is_told(self, security: Person, locked: Guard) -> None:
        assert AuditEvent.objects.filter(action="credentials:lock:set").count() == 1
        assert Alert.objects.get().person == locked.person

    def test_a_name_of_nobody_is_told_of_like_an_account_but_not_by_name(self) -> None:
        guess("nobody-here")
        assert AuditEvent.objects.filter(action="credentials:lock:set").count() == 1
        alert = Alert.objects.get()
        assert alert.person is None
        assert "nobody" not in alert.sentence


class TestOnePasswordForManyAccounts:
    @pytest.fixture(autouse=True)
    def five_accounts_an_address(self) -> None:
        ParameterValue.objects.create(key="credentials.accounts_per_address", value=5)

    def test_the_address_is_locked_and_an_alert_raised(self, person: Person) -> None:
        for number in range(5):
            guess(f"nobody-{number}", 1)
        assert not comes_in(person)
        assert Alert.objects.get().address == "127.0.0.1"
        assert Guard.objects.get(kind=GuardKind.ADDRESS).locked_until is not None

    def test_other_addresses_are_not(self, person: Person) -> None:
        for number in range(5):
            guess(f"nobody-{number}", 1)
        assert comes_in(person, REMOTE_ADDR="10.33.1.9")

    def test_one_account_that_fails_often_locks_no_address(self, person: Person) -> None:
        guess(make_person(Role.VIEWER).account, 9)
        assert comes_in(person)

    def test_a_whole_subscriber_network_of_ipv6_is_one_address(self, person: Person) -> None:
        for number in range(5):
            guess(f"nobody-{number}", 1, REMOTE_ADDR=f"2001:db8:1:2::{number + 1}")
        assert not comes_in(person, REMOTE_ADDR="2001:db8:1:2:9:9:9:9")
        assert comes_in(person, REMOTE_ADDR="2001:db8:1:3::1")

    def test_lifting_it_forgets_the_failures(self, person: Person, security: Person) -> None:
        for number in range(5):
            guess(f"nobody-{number}", 1)
        guard = Guard.objects.get(kind=GuardKind.ADDRESS)
        lockout.lift_lock(actor=security, guard=guard, reason="窗口统一改密码")
        guess("nobody-9", 1)
        assert comes_in(person)


class TestLifting:
    def test_the_security_administrator_sees_and_lifts_a_lock(
        self, security: Person, person: Person, locked: Guard
    ) -> None:
        browser = browser_of(security)
        assert "王小明" in browser.get("/account/locks/").content.decode()
        browser.post(f"/account/locks/{locked.pk}/lift/", {"reason": "本人来电核实"})
        assert comes_in(person)
        assert AuditEvent.objects.get(action="credentials:lock:lifted").reason == "本人来电核实"
        assert not browser.get("/account/locks/").context["table"].rows

    def test_and_over_the_interface(self, security: Person, person: Person, locked: Guard) -> None:
        browser = browser_of(security)
        assert browser.get("/api/v1/credentials/locks").json()["items"][0]["account"] == person.account
        address = f"/api/v1/credentials/locks/{locked.pk}/lift"
        assert browser.post(address, {"reason": "核实"}, "application/json").status_code == 204
        assert comes_in(person)

    def test_nobody_else_lifts_one(self, locked: Guard) -> None:
        for role in OTHERS:
            browser = browser_of(make_person(role))
            page = browser.post(f"/account/locks/{locked.pk}/lift/", {"reason": "试试"})
            address = f"/api/v1/credentials/locks/{locked.pk}/lift"
            operation = browser.post(address, {"reason": "试试"}, "application/json")
            assert (page.status_code, operation.status_code) == (403, 403)
        assert Guard.objects.get(pk=locked.pk).locked_until == locked.locked_until
        assert not AuditEvent.objects.filter(action="credentials:lock:lifted").exists()

    def test_the_list_is_for_security_and_audit(self) -> None:
        for role in OTHERS:
            browser = browser_of(make_person(role))
            expected = 200 if role == Role.AUDIT_ADMINISTRATOR else 403
            assert browser.get("/account/locks/").status_code == expected
            assert browser.get("/api/v1/credentials/locks").status_code == expected

    def test_it_needs_a_reason(self, security: Person, locked: Guard) -> None:
        with pytest.raises(Invalid, match="理由"):
            lockout.lift_lock(actor=security, guard=locked, reason=" ")
        assert Guard.objects.get(pk=locked.pk).locked_until == locked.locked_until

    def test_what_is_over_cannot_be_lifted(self, security: Person, locked: Guard) -> None:
        Guard.objects.update(locked_until=in_days(-1))
        with pytest.raises(Conflict):
            lockout.lift_lock(actor=security, guard=locked, reason="核实")

    def test_a_person_does_not_lift_his_own(self, person: Person, locked: Guard) -> None:
        with pytest.raises(Forbidden):
            lockout.lift_lock(actor=person, guard=locked, reason="我是本人")

    def test_names_of_nobody_are_not_listed(self, security: Person) -> None:
        guess("nobody-here")
        assert Guard.objects.filter(locked_until__isnull=False).exists()
        assert browser_of(security).get("/api/v1/credentials/locks").json()["items"] == []

    def test_a_long_list_asks_as_many_questions_as_a_short_one(
        self, security: Person, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(8):
            person = make_person(Role.VIEWER)
            times = {"last_failed_at": in_days(0), "locked_until": in_days(1)}
            Guard.objects.create(kind=GuardKind.ACCOUNT, key=person.account, person=person, **times)
        browser = browser_of(security)
        with django_assert_max_num_queries(8):
            browser.get("/account/locks/")


def test_what_is_a_day_old_is_forgotten_and_what_locks_is_not(person: Person) -> None:
    guess(person.account)
    guess("nobody-here", 1)
    Guard.objects.update(last_failed_at=in_days(-2))
    FailedGuess.objects.update(at=in_days(-2))
    forget_old_failures(0)
    assert list(Guard.objects.values_list("person", flat=True)) == [person.pk]
    assert not FailedGuess.objects.exists()
    assert not comes_in(person)
