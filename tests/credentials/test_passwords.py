"""Changing one's password, and having it reset."""

import pytest
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.credentials.models import PasswordSetting
from gongshi.credentials.passwords import days_left, needs_new_password, reset_password
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Forbidden, Invalid
from gongshi.notices.models import Notice
from tests.credentials.signing_in import NEW_PASSWORD, is_signed_in, signed_in_by_the_page, try_to_sign_in
from tests.factories import PASSWORD, browser_of, in_days, make_person

pytestmark = pytest.mark.django_db

CHANGE = "/account/password/"
OTHERS = [role for role in Role if role != Role.SECURITY_ADMINISTRATOR]


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=f"credentials:password:{action}").count()


class TestChanging:
    def test_a_person_changes_the_own_password_on_the_page_and_stays_in(self) -> None:
        person = make_person(Role.VIEWER)
        browser = signed_in_by_the_page(person)
        answer = browser.post(CHANGE, {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
        assert answer.status_code == 302
        assert browser.get("/").status_code == 200
        assert Person.objects.get(pk=person.pk).check_password(NEW_PASSWORD)
        assert events("changed") == 1

    def test_and_over_the_interface(self) -> None:
        person = make_person(Role.VIEWER)
        browser = browser_of(person)
        body = {"old": PASSWORD, "new": NEW_PASSWORD}
        assert browser.post("/api/v1/credentials/password", body, "application/json").status_code == 204
        assert browser.get("/api/v1/people/me").status_code == 200
        assert Person.objects.get(pk=person.pk).check_password(NEW_PASSWORD)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"old": "not-my-Password-1"}, "old"),
            ({"new": "short", "again": "short"}, "new"),
            ({"again": "Guanshan-58-hy"}, "again"),
        ],
    )
    def test_what_is_wrong_stands_next_to_its_field(self, given: dict[str, str], field: str) -> None:
        person = make_person(Role.VIEWER)
        form = {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD} | given
        answer = browser_of(person).post(CHANGE, form)
        assert field in answer.context["form"].errors
        assert Person.objects.get(pk=person.pk).check_password(PASSWORD)
        assert events("changed") == 0

    def test_passwords_are_not_sent_back_in_the_page(self) -> None:
        form = {"old": "My-old-secret-5", "new": NEW_PASSWORD, "again": NEW_PASSWORD}
        body = browser_of(make_person(Role.VIEWER)).post(CHANGE, form).content.decode()
        assert "My-old-secret-5" not in body and NEW_PASSWORD not in body

    def test_the_session_gets_another_key_and_the_old_one_is_dead(self) -> None:
        browser, thief = browser_of(make_person(Role.VIEWER)), Client()
        before = browser.session.session_key
        thief.cookies["sessionid"] = str(before)
        assert thief.get("/").status_code == 200
        browser.post(CHANGE, {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
        assert browser.get("/").status_code == 200
        assert browser.session.session_key != before
        assert thief.get("/").headers["Location"].startswith("/account/login/")

    def test_a_later_log_in_ends_the_renewed_session_as_well(self) -> None:
        person = make_person(Role.VIEWER)
        browser = browser_of(person)
        browser.post(CHANGE, {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
        signed_in_by_the_page(person, NEW_PASSWORD)
        assert browser.get("/").headers["Location"].startswith("/account/login/")

    def test_nobody_changes_the_password_of_another(self) -> None:
        person, other = make_person(Role.VIEWER), make_person(Role.VIEWER)
        form = {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD, "person": other.pk}
        browser_of(person).post(CHANGE, form)
        assert Person.objects.get(pk=other.pk).check_password(PASSWORD)

    def test_a_stranger_changes_nothing(self, client: Client) -> None:
        person = make_person(Role.VIEWER)
        client.post(CHANGE, {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
        assert Person.objects.get(pk=person.pk).check_password(PASSWORD)


class TestResetting:
    def test_the_security_administrator_is_shown_a_new_password_once(self) -> None:
        person, security = make_person(Role.VIEWER), make_person(Role.SECURITY_ADMINISTRATOR)
        browser = browser_of(security)
        address = f"/account/passwords/{person.account}/reset/"
        answer = browser.post(address, {"reason": "本人忘记密码"})
        password = answer.context["password"]
        assert password in answer.content.decode()
        assert answer.headers["Cache-Control"] == "no-store"
        assert Person.objects.get(pk=person.pk).check_password(password)
        assert password not in browser.get(address).content.decode()
        assert AuditEvent.objects.get(action="credentials:password:reset").reason == "本人忘记密码"
        assert Notice.objects.filter(person=person).exists()

    def test_and_over_the_interface(self) -> None:
        person = make_person(Role.VIEWER)
        answer = browser_of(make_person(Role.SECURITY_ADMINISTRATOR)).post(
            f"/api/v1/credentials/passwords/{person.account}/reset", {"reason": "忘记"}, "application/json"
        )
        assert Person.objects.get(pk=person.pk).check_password(answer.json()["password"])

    def test_whoever_was_in_is_out_and_has_to_change_it(self) -> None:
        person = make_person(Role.VIEWER)
        before = browser_of(person)
        password = reset_password(
            actor=make_person(Role.SECURITY_ADMINISTRATOR), person=person, reason="疑似泄露"
        )
        assert before.get("/").headers["Location"].startswith("/account/login/")
        assert signed_in_by_the_page(person, password).get("/").headers["Location"] == CHANGE

    def test_nobody_else_resets(self) -> None:
        person, body = make_person(Role.VIEWER), {"reason": "试试"}
        for role in OTHERS:
            browser = browser_of(make_person(role))
            page = browser.post(f"/account/passwords/{person.account}/reset/", body)
            address = f"/api/v1/credentials/passwords/{person.account}/reset"
            operation = browser.post(address, body, "application/json")
            assert (page.status_code, operation.status_code) == (403, 403)
        assert Person.objects.get(pk=person.pk).check_password(PASSWORD)
        assert events("reset") == 0

    def test_nor_the_security_administrator_his_own(self) -> None:
        security = make_person(Role.SECURITY_ADMINISTRATOR)
        with pytest.raises(Forbidden):
            reset_password(actor=security, person=security, reason="忘记")
        assert Person.objects.get(pk=security.pk).check_password(PASSWORD)

    @pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
    def test_it_needs_a_reason(self, reason: str) -> None:
        person = make_person(Role.VIEWER)
        with pytest.raises(Invalid, match="理由"):
            reset_password(actor=make_person(Role.SECURITY_ADMINISTRATOR), person=person, reason=reason)
        assert Person.objects.get(pk=person.pk).check_password(PASSWORD)

    def test_an_account_that_is_none_is_not_found(self) -> None:
        browser = browser_of(make_person(Role.SECURITY_ADMINISTRATOR))
        assert browser.get("/account/passwords/nobody-here/reset/").status_code == 404


class TestAge:
    @pytest.mark.parametrize(("age", "is_due"), [(0, False), (89, False), (90, True), (400, True)])
    def test_a_password_lasts_ninety_days(self, age: int, is_due: bool) -> None:
        person = make_person(Role.VIEWER)
        PasswordSetting.objects.update(set_at=in_days(-age))
        assert needs_new_password(person) is is_due

    def test_in_its_last_week_every_page_says_so(self) -> None:
        person = make_person(Role.VIEWER)
        PasswordSetting.objects.update(set_at=in_days(-85))
        assert days_left(person) == 5
        browser = signed_in_by_the_page(person)
        assert "5 天后到期" in browser.get("/notices/").content.decode()

    def test_before_that_no_page_does(self) -> None:
        browser = signed_in_by_the_page(make_person(Role.VIEWER))
        assert "天后到期" not in browser.get("/notices/").content.decode()

    def test_one_that_is_too_old_opens_the_page_of_changing_only(self) -> None:
        person = make_person(Role.VIEWER)
        PasswordSetting.objects.update(set_at=in_days(-90))
        browser = signed_in_by_the_page(person)
        assert browser.get("/notices/").headers["Location"] == CHANGE
        answer = browser.post(CHANGE, {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
        assert answer.headers["Location"] == "/notices/"
        assert browser.get("/notices/").status_code == 200


def test_the_old_password_is_dead_after_the_change() -> None:
    person = make_person(Role.VIEWER)
    form = {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    browser_of(person).post(CHANGE, form)
    stranger = Client()
    try_to_sign_in(stranger, person.account, PASSWORD)
    assert not is_signed_in(stranger)
