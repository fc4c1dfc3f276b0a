"""The second factor: who must hold one, how it is used, changed, lost and given back (等保 level 3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from typer.testing import CliRunner

from gongshi.audit.models import AuditEvent
from gongshi.credentials import one_time_codes
from gongshi.credentials.commands import app
from gongshi.credentials.second_factor import (
    has_second_factor,
    needs_second_factor,
    recovery_codes_left,
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    set_second_factor,
    use_code,
)
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.identity.signals import rights_ended
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.models import ParameterValue
from tests.at_once import at_once
from tests.credentials.factors import App, with_second_factor
from tests.factories import PASSWORD, browser_of, make_person

pytestmark = pytest.mark.django_db

LOGIN, CODE = "/account/login/", "/account/code/"
MUST = sorted(set(Role) - {Role.VIEWER, Role.DEPARTMENT_HEAD})


def password_given(person: Person, password: str = PASSWORD, **query: str) -> Client:
    """A browser in which this person has given the password."""
    browser = Client()
    browser.post(LOGIN, {"login": person.account, "password": password}, query_params=query)
    return browser


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def events(action: str, person: Person) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action, object_id=person.pk))


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Codes change while nobody waits."""
    moved = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(one_time_codes.clock, "now", lambda: moved)


# Who must


@pytest.mark.parametrize("role", MUST)
def test_whoever_administers_or_decides_must_hold_one(role: Role) -> None:
    assert needs_second_factor(make_person(role))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DEPARTMENT_HEAD])
def test_who_only_watches_must_where_the_installation_asks_for_it(role: Role) -> None:
    person = make_person(role)
    assert not needs_second_factor(person)
    ParameterValue.objects.create(key="credentials.second_factor_for_viewers", value=1)
    assert needs_second_factor(person)


def test_a_viewer_who_also_decides_must() -> None:
    assert needs_second_factor(make_person(Role.VIEWER, Role.SOURCE_REVIEWER))


def test_who_must_and_has_none_is_led_to_set_it_before_anything_else() -> None:
    browser = password_given(make_person(Role.OPERATOR))
    assert browser.get("/").headers["Location"] == "/account/second-factor/new/"
    assert browser.get("/api/v1/work-orders").json()["error"]["code"] == "step_missing"
    assert browser.get("/account/second-factor/new/").status_code == 200


def test_a_viewer_comes_in_without() -> None:
    browser = password_given(make_person(Role.VIEWER))
    assert browser.get("/").status_code == 200


# At the login


def test_the_right_password_alone_lets_nobody_in_who_holds_one() -> None:
    person = make_person(Role.OPERATOR)
    with_second_factor(person)
    browser = password_given(person)
    assert not is_signed_in(browser)
    assert browser.get("/").headers["Location"].startswith(LOGIN)
    assert browser.get("/api/v1/people/me").status_code == 401
    assert "二次验证" in browser.get(CODE).content.decode()
    assert not events("identity:session:begun", person)


def test_password_and_code_let_in() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    browser = password_given(person)
    answer = browser.post(CODE, {"code": app.next_code()})
    assert answer.headers["Location"] == "/"
    assert browser.get("/").status_code == 200
    assert len(events("identity:session:begun", person)) == 1
    assert Authenticator.objects.get(user=person, type="totp").last_used_at is not None


def test_after_the_code_one_is_where_one_wanted_to_be_but_on_no_other_host() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    browser = password_given(person, next="/work-orders/")
    assert browser.post(CODE, {"code": app.next_code()}).headers["Location"] == "/work-orders/"


def test_no_other_host_after_the_code() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    browser = password_given(person, next="https://evil.example/")
    assert browser.post(CODE, {"code": app.next_code()}).headers["Location"] == "/"


def test_the_session_has_a_new_key_after_the_code() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    browser = password_given(person)
    before = browser.session.session_key
    browser.post(CODE, {"code": app.next_code()})
    assert browser.session.session_key != before


def test_the_code_page_is_for_those_who_gave_the_password() -> None:
    assert Client().get(CODE).headers["Location"] == LOGIN
    assert Client().post(CODE, {"code": "123456"}).headers["Location"] == LOGIN


def test_one_may_go_back_and_sign_in_as_somebody_else() -> None:
    person, other = make_person(Role.OPERATOR), make_person(Role.VIEWER)
    with_second_factor(person)
    browser = password_given(person)
    assert browser.post(CODE, {"back": "1"}).headers["Location"] == LOGIN
    browser.post(LOGIN, {"login": other.account, "password": PASSWORD})
    assert browser.get("/api/v1/people/me").json()["account"] == other.account


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "一二三四五六", "0" * 400, "12\x003456"])
def test_what_is_no_code_is_refused(code: str) -> None:
    person = make_person(Role.OPERATOR)
    with_second_factor(person)
    browser = password_given(person)
    answer = browser.post(CODE, {"code": code})
    assert answer.status_code == 200
    assert "field-error" in answer.content.decode()
    assert not is_signed_in(browser)


def test_a_wrong_code_is_recorded() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    password_given(person).post(CODE, {"code": next(app.wrong_codes())})
    (event,) = events("identity:session:failed", person)
    assert not event.succeeded
    assert event.reason == "验证码"


def test_a_code_with_a_space_in_the_middle_is_taken() -> None:
    person = make_person(Role.OPERATOR)
    code = with_second_factor(person).next_code()
    browser = password_given(person)
    browser.post(CODE, {"code": f"{code[:3]} {code[3:]}"})
    assert is_signed_in(browser)


def test_an_account_that_was_stopped_after_the_password_stays_out() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    browser = password_given(person)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    browser.post(CODE, {"code": app.next_code()})
    assert not is_signed_in(browser)


# Codes are good once


def test_a_code_is_not_taken_twice() -> None:
    person = make_person(Role.OPERATOR)
    code = with_second_factor(person).next_code()
    first, second = password_given(person), password_given(person)
    first.post(CODE, {"code": code})
    second.post(CODE, {"code": code})
    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_the_code_that_set_the_factor_is_used_up() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    with pytest.raises(Invalid):
        use_code(person=person, code=app.code())


def test_a_code_older_than_the_last_one_used_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    later(monkeypatch, 3 * one_time_codes.STEP_S)
    use_code(person=person, code=app.code(1))
    with pytest.raises(Invalid):
        use_code(person=person, code=app.code(-1))


@pytest.mark.parametrize(("ahead", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(
    ahead: int, is_taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    later(monkeypatch, 10 * one_time_codes.STEP_S)
    if is_taken:
        use_code(person=person, code=app.code(ahead))
    else:
        with pytest.raises(Invalid):
            use_code(person=person, code=app.code(ahead))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_four_who_give_one_code_at_the_same_moment_one_comes_in(kind: str) -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    code = app.next_code() if kind == "app" else app.recovery_codes[0]
    outcomes = at_once(*(lambda: use_code(person=person, code=code) for _ in range(4)))
    assert sorted(isinstance(outcome, Authenticator) for outcome in outcomes) == [False, False, False, True]


# Guessing


def test_guessing_codes_locks_the_account_and_the_right_code_comes_too_late() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    browser = password_given(person)
    for _, code in zip(range(5), app.wrong_codes(), strict=False):
        browser.post(CODE, {"code": code})
    answer = browser.post(CODE, {"code": app.next_code()})
    assert "已锁定" in answer.content.decode()
    assert not is_signed_in(browser)
    assert not is_signed_in(password_given(person))


def test_giving_the_password_again_buys_no_more_guesses() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    for _, code in zip(range(5), app.wrong_codes(), strict=False):
        password_given(person).post(CODE, {"code": code})
    browser = password_given(person)
    browser.post(CODE, {"code": app.next_code()})
    assert not is_signed_in(browser)


# Recovery codes


def test_a_recovery_code_lets_in_once_and_is_recorded() -> None:
    person = make_person(Role.OPERATOR)
    code = with_second_factor(person).recovery_codes[3]
    first, second = password_given(person), password_given(person)
    first.post(CODE, {"code": code})
    second.post(CODE, {"code": code})
    assert is_signed_in(first)
    assert not is_signed_in(second)
    assert recovery_codes_left(person) == 9
    (event,) = events("credentials:recovery_code:used", person)
    assert event.after == {"left": 9}


def test_a_recovery_code_of_somebody_else_is_not_taken() -> None:
    person, other = make_person(Role.OPERATOR), make_person(Role.OPERATOR)
    with_second_factor(person)
    browser = password_given(person)
    browser.post(CODE, {"code": with_second_factor(other).recovery_codes[0]})
    assert not is_signed_in(browser)


def test_new_recovery_codes_end_the_old_ones() -> None:
    person = make_person(Role.OPERATOR)
    app = with_second_factor(person)
    new = renew_recovery_codes(actor=person, password=PASSWORD)
    assert len(set(new)) == 10
    with pytest.raises(Invalid):
        use_code(person=person, code=app.recovery_codes[0])
    use_code(person=person, code=new[0])


# Setting it


def test_setting_it_on_the_page_shows_recovery_codes_once_and_leads_on() -> None:
    person = make_person(Role.OPERATOR)
    browser = password_given(person)
    secret = browser.get("/account/second-factor/new/").context["secret"]
    answer = browser.post("/account/second-factor/new/", {"code": App(secret).code(), "password": PASSWORD})
    shown = answer.context["codes"]
    assert len(set(shown)) == 10
    assert all(code in answer.content.decode() for code in shown)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not any(code in browser.get("/account/second-factor/").content.decode() for code in shown)
    assert browser.get("/").status_code == 200
    use_code(person=person, code=shown[0])


def test_setting_it_over_json() -> None:
    person = make_person(Role.OPERATOR)
    browser = password_given(person)
    path = "/api/v1/credentials/second-factor"
    proposal = browser.post(f"{path}/proposal").json()
    assert proposal["secret"] in proposal["uri"]
    body = {"code": App(proposal["secret"]).code(), "password": PASSWORD}
    answer = browser.post(path, body, content_type="application/json")
    assert answer.status_code == 201
    assert browser.get(path).json() == {"is_set": True, "is_needed": True, "recovery_codes_left": 10}
    use_code(person=person, code=answer.json()["recovery_codes"][0])
    assert browser.get("/api/v1/work-orders").status_code == 200


def test_the_same_secret_stays_until_it_is_set() -> None:
    browser = password_given(make_person(Role.OPERATOR))
    first = browser.get("/account/second-factor/new/").context["secret"]
    browser.post("/account/second-factor/new/", {"code": "000000", "password": PASSWORD})
    assert browser.get("/account/second-factor/new/").context["secret"] == first


def test_without_a_proposal_nothing_is_set() -> None:
    person = make_person(Role.OPERATOR)
    body = {"code": "123456", "password": PASSWORD}
    answer = password_given(person).post(
        "/api/v1/credentials/second-factor", body, content_type="application/json"
    )
    assert answer.status_code == 409
    assert not has_second_factor(person)


@pytest.mark.parametrize(("field", "value"), [("code", "000000"), ("password", "not-the-password")])
def test_a_wrong_code_or_password_sets_nothing(field: str, value: str) -> None:
    person, secret = make_person(Role.OPERATOR), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    given = {"code": App(secret).code(), "password": PASSWORD} | {field: value}
    with pytest.raises(Invalid) as refusal:
        set_second_factor(actor=person, secret=secret, **given)
    assert refusal.value.field == field
    assert not has_second_factor(person)
    assert not events("credentials:second_factor:set", person)


def test_a_new_telephone_replaces_the_old_one() -> None:
    person = make_person(Role.OPERATOR)
    old = with_second_factor(person)
    new = with_second_factor(person)
    with pytest.raises(Invalid):
        use_code(person=person, code=old.next_code())
    with pytest.raises(Invalid):
        use_code(person=person, code=old.recovery_codes[0])
    use_code(person=person, code=new.next_code())
    assert {event.reason for event in events("credentials:second_factor:set", person)} == {"启用", "更换"}


def test_no_secret_stands_in_the_database_in_plain_nor_in_the_record() -> None:
    person = make_person(Role.OPERATOR)
    browser = password_given(person)
    secret = browser.get("/account/second-factor/new/").context["secret"]
    assert secret not in str(dict(browser.session))
    answer = browser.post("/account/second-factor/new/", {"code": App(secret).code(), "password": PASSWORD})
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    record = str(list(AuditEvent.objects.values_list("before", "after", "object_label", "reason")))
    for word in (secret, *answer.context["codes"]):
        assert word not in stored
        assert word not in record


# Removing it


def test_who_needs_none_may_remove_it() -> None:
    person = make_person(Role.VIEWER)
    with_second_factor(person)
    answer = browser_of(person).post("/account/second-factor/removal/", {"password": PASSWORD})
    assert answer.status_code == 302
    assert not Authenticator.objects.filter(user=person).exists()
    assert len(events("credentials:second_factor:removed", person)) == 1


@pytest.mark.parametrize("role", MUST)
def test_who_must_hold_one_cannot_remove_it(role: Role) -> None:
    person = make_person(role)
    with_second_factor(person)
    answer = browser_of(person).post(
        "/api/v1/credentials/second-factor/removal", {"password": PASSWORD}, content_type="application/json"
    )
    assert answer.status_code == 409
    assert has_second_factor(person)
    assert recovery_codes_left(person) == 10


@pytest.mark.parametrize("act", [remove_second_factor, renew_recovery_codes])
def test_every_change_asks_for_the_password(act: Callable[..., object]) -> None:
    person = make_person(Role.VIEWER)
    app = with_second_factor(person)
    with pytest.raises(Invalid, match="密码不正确"):
        act(actor=person, password="not-the-password")
    assert has_second_factor(person)
    use_code(person=person, code=app.recovery_codes[0])


@pytest.mark.parametrize("act", [remove_second_factor, renew_recovery_codes])
def test_what_is_not_there_cannot_be_changed(act: Callable[..., object]) -> None:
    with pytest.raises(Conflict):
        act(actor=make_person(Role.VIEWER), password=PASSWORD)


# Resetting somebody's


def test_the_security_administrator_resets_it_with_a_reason() -> None:
    security, person = make_person(Role.SECURITY_ADMINISTRATOR), make_person(Role.OPERATOR)
    with_second_factor(person)
    told: list[Person] = []
    rights_ended.connect(lambda person, **_: told.append(person), weak=False, dispatch_uid="told")
    browser = browser_of(security)
    answer = browser.post(f"/account/second-factors/{person.account}/reset/", {"reason": "手机丢失"})
    rights_ended.disconnect(dispatch_uid="told")
    assert answer.status_code == 302
    assert not Authenticator.objects.filter(user=person).exists()
    assert told == [person]
    (event,) = events("credentials:second_factor:reset", person)
    assert (event.actor_id, event.reason) == (security.pk, "手机丢失")


def test_a_reset_over_json_leads_the_person_to_set_a_new_one() -> None:
    security, person = make_person(Role.SECURITY_ADMINISTRATOR), make_person(Role.OPERATOR)
    with_second_factor(person)
    answer = browser_of(security).post(
        f"/api/v1/credentials/second-factors/{person.account}/reset",
        {"reason": "手机丢失"},
        content_type="application/json",
    )
    assert answer.status_code == 204
    assert password_given(person).get("/").headers["Location"] == "/account/second-factor/new/"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMINISTRATOR])
def test_nobody_else_resets_one(role: Role) -> None:
    actor, person = make_person(role), make_person(Role.OPERATOR)
    with_second_factor(person)
    browser = browser_of(actor)
    assert browser.get(f"/account/second-factors/{person.account}/reset/").status_code == 403
    with pytest.raises(Forbidden):
        reset_second_factor(actor=actor, person=person, reason="手机丢失")
    assert has_second_factor(person)
    assert not events("credentials:second_factor:reset", person)


def test_the_security_administrator_does_not_reset_his_own() -> None:
    security = make_person(Role.SECURITY_ADMINISTRATOR)
    with_second_factor(security)
    with pytest.raises(Forbidden):
        reset_second_factor(actor=security, person=security, reason="手机丢失")
    assert has_second_factor(security)


def test_who_runs_the_installation_resets_it_by_command() -> None:
    security = make_person(Role.SECURITY_ADMINISTRATOR)
    with_second_factor(security)
    done = CliRunner().invoke(app, ["reset-second-factor", security.account, "--reason", "手机丢失"])
    assert done.exit_code == 0, done.output
    assert not has_second_factor(security)
    (event,) = events("credentials:second_factor:reset", security)
    assert (event.actor_id, event.reason) == (None, "手机丢失")
    again = CliRunner().invoke(app, ["reset-second-factor", security.account, "--reason", "手机丢失"])
    assert again.exit_code == 1
    assert "无需重置" in again.output


def test_a_reset_needs_a_reason_and_something_to_reset() -> None:
    security, person = make_person(Role.SECURITY_ADMINISTRATOR), make_person(Role.OPERATOR)
    with pytest.raises(Conflict):
        reset_second_factor(actor=security, person=person, reason="手机丢失")
    with_second_factor(person)
    with pytest.raises(Invalid) as refusal:
        reset_second_factor(actor=security, person=person, reason="  ")
    assert refusal.value.field == "reason"
    assert has_second_factor(person)


@pytest.mark.parametrize("role", sorted(Role))
def test_the_list_is_for_the_security_administrator_and_the_auditor(role: Role) -> None:
    browser = browser_of(make_person(role))
    allowed = role in {Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
    expected = 200 if allowed else 403
    assert browser.get("/account/second-factors/").status_code == expected
    assert browser.get("/api/v1/credentials/second-factors").status_code == expected


def test_the_list_says_who_holds_one_and_costs_the_same_for_many(
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    browser = browser_of(make_person(Role.SECURITY_ADMINISTRATOR))
    holder = make_person(Role.OPERATOR)
    with_second_factor(holder)
    for _ in range(8):
        make_person(Role.OPERATOR)
    browser.get("/account/second-factors/")
    with django_assert_max_num_queries(14):
        listed = browser.get("/account/second-factors/?held=yes").content.decode()
    assert holder.account in listed
    found = browser.get("/api/v1/credentials/second-factors").json()["items"]
    assert [row["account"] for row in found if row["factor_since"]] == [holder.account]
