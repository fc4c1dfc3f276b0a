"""承诺书: worded in versions, accepted by everybody, never changed (§10a–10c)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.credentials.models import UndertakingAcceptance, UndertakingVersion
from gongshi.credentials.undertaking import (
    accept_undertaking,
    needs_undertaking,
    publish_undertaking,
    version_in_force,
)
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Forbidden, Invalid
from tests.credentials.signing_in import is_signed_in, signed_in_by_the_page
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db

SIGN = "/account/undertaking/"
OTHERS = [role for role in Role if role != Role.SECURITY_ADMINISTRATOR]


def tomorrow() -> date:
    return clock.today() + timedelta(days=1)


def new_version(in_force_on: date | None = None) -> UndertakingVersion:
    """A version that holds from today on, as if it had been published before."""
    return UndertakingVersion.objects.create(
        number=UndertakingVersion.objects.latest("number").number + 1,
        text="不得转借账号，不得翻拍。",
        in_force_on=in_force_on or clock.today(),
        published_at=clock.now(),
    )


@pytest.fixture
def person() -> Person:
    """Somebody who accepted the first version, while the second one holds now."""
    person = make_person(Role.VIEWER, name="王小明")
    new_version()
    return person


def test_the_first_wording_forbids_what_the_standard_forbids() -> None:
    text = version_in_force().text
    for word in ("专人专用", "转借", "翻拍", "录制", "截屏", "拷贝", "下载", "转存", "传输", "履职"):
        assert word in text


class TestSigning:
    def test_who_accepted_the_version_in_force_is_not_asked(self) -> None:
        assert not needs_undertaking(make_person(Role.VIEWER))

    def test_a_version_that_comes_in_force_is_asked_of_everybody(self, person: Person) -> None:
        browser = signed_in_by_the_page(person)
        assert browser.get("/notices/").headers["Location"] == SIGN
        page = browser.get(SIGN).content.decode()
        assert "不得翻拍" in page
        answer = browser.post(SIGN, {"version": 2, "agreed": "on", "name": "王小明"})
        assert answer.headers["Location"] == "/notices/"
        assert browser.get("/notices/").status_code == 200
        event = AuditEvent.objects.filter(action="credentials:undertaking:accepted").latest("id")
        assert (event.actor_id, event.after, event.address) == (person.pk, {"version": 2}, "127.0.0.1")

    def test_and_over_the_interface(self, person: Person) -> None:
        browser = signed_in_by_the_page(person)
        refused = browser.get("/api/v1/people/colleagues")
        assert (refused.status_code, refused.json()["error"]["field"]) == (403, "undertaking")
        number = browser.get("/api/v1/credentials/undertaking").json()["number"]
        body = {"version": number, "name": "王小明"}
        assert browser.post("/api/v1/credentials/undertaking", body, "application/json").status_code == 204
        assert browser.get("/api/v1/people/colleagues").status_code == 200

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"agreed": ""}, "agreed"),
            ({"name": "王大明"}, "name"),
            ({"name": ""}, "name"),
            ({"version": 1}, None),
        ],
    )
    def test_it_takes_the_box_the_own_name_and_the_wording_that_was_read(
        self, person: Person, given: dict[str, Any], field: str | None
    ) -> None:
        browser = signed_in_by_the_page(person)
        answer = browser.post(SIGN, {"version": 2, "agreed": "on", "name": "王小明"} | given)
        assert (field or "__all__") in answer.context["form"].errors
        assert needs_undertaking(person)

    def test_who_refuses_signs_out(self, person: Person) -> None:
        browser = signed_in_by_the_page(person)
        assert "不同意，退出登录" in browser.get(SIGN).content.decode()
        browser.post("/account/logout/")
        assert not is_signed_in(browser)
        assert needs_undertaking(person)

    def test_accepting_again_changes_nothing(self) -> None:
        person = make_person(Role.VIEWER)
        before = AuditEvent.objects.count()
        accept_undertaking(actor=person)
        assert person.acceptances.count() == 1
        assert AuditEvent.objects.count() == before

    def test_a_stranger_signs_nothing(self, client: Client) -> None:
        assert client.post(SIGN, {"version": 1, "agreed": "on", "name": "某人"}).status_code == 302
        assert not UndertakingAcceptance.objects.exists()

    def test_a_person_who_is_locked_signs_nothing(self, person: Person) -> None:
        person.is_active = False
        with pytest.raises(Forbidden):
            accept_undertaking(actor=person)


class TestPublishing:
    def test_a_new_version_is_published_on_the_page(self) -> None:
        browser = browser_of(make_person(Role.SECURITY_ADMINISTRATOR))
        assert "郑重承诺" in browser.get("/account/undertakings/new/").content.decode()
        form = {"text": "新的承诺。", "in_force_on": tomorrow().isoformat()}
        assert browser.post("/account/undertakings/new/", form).status_code == 302
        assert UndertakingVersion.objects.latest("number").text == "新的承诺。"
        assert version_in_force().number == 1
        assert AuditEvent.objects.filter(action="credentials:undertaking:published").count() == 1

    def test_and_over_the_interface(self) -> None:
        browser = browser_of(make_person(Role.SECURITY_ADMINISTRATOR))
        body = {"text": "新的承诺。", "in_force_on": tomorrow().isoformat()}
        answer = browser.post("/api/v1/credentials/undertakings", body, "application/json")
        assert (answer.status_code, answer.json()["number"]) == (201, 2)
        listed = browser.get("/api/v1/credentials/undertakings").json()["items"]
        assert [each["number"] for each in listed] == [2, 1]

    def test_nobody_else_publishes(self) -> None:
        body = {"text": "新的承诺。", "in_force_on": tomorrow().isoformat()}
        for role in OTHERS:
            browser = browser_of(make_person(role))
            assert browser.post("/account/undertakings/new/", body).status_code == 403
            operation = browser.post("/api/v1/credentials/undertakings", body, "application/json")
            assert operation.status_code == 403
        assert UndertakingVersion.objects.count() == 1

    @pytest.mark.parametrize(
        ("text", "days", "field"),
        [("", 1, "text"), ("字" * 5001, 1, "text"), ("新的承诺。", 0, "in_force_on")],
    )
    def test_it_has_a_text_and_a_day_to_come(self, text: str, days: int, field: str) -> None:
        security = make_person(Role.SECURITY_ADMINISTRATOR)
        with pytest.raises(Invalid) as refusal:
            publish_undertaking(actor=security, text=text, in_force_on=clock.today() + timedelta(days=days))
        assert refusal.value.field == field

    def test_versions_come_in_force_one_after_the_other(self) -> None:
        security = make_person(Role.SECURITY_ADMINISTRATOR)
        publish_undertaking(actor=security, text="第二版。", in_force_on=clock.today() + timedelta(days=9))
        with pytest.raises(Invalid, match="上一版"):
            publish_undertaking(actor=security, text="第三版。", in_force_on=tomorrow())


class TestReading:
    def accounts(self, reader: Person) -> set[str]:
        items = browser_of(reader).get("/api/v1/credentials/acceptances").json()["items"]
        return {each["account"] for each in items}

    @pytest.mark.parametrize("role", [Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR])
    def test_security_and_audit_see_everybodys(self, role: Role) -> None:
        reader, person = make_person(role), make_person(Role.VIEWER)
        assert self.accounts(reader) == {reader.account, person.account}
        assert person.account in browser_of(reader).get("/account/undertakings/acceptances/").content.decode()

    def test_a_specialist_sees_the_own_department(self) -> None:
        reader = make_person(Role.DATA_SPECIALIST)
        colleague = make_person(Role.VIEWER, department=reader.department)
        other = make_person(Role.VIEWER)
        assert self.accounts(reader) == {reader.account, colleague.account}
        page = browser_of(reader).get("/account/undertakings/acceptances/").content.decode()
        assert other.account not in page

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.SYSTEM_ADMINISTRATOR])
    def test_others_see_none(self, role: Role) -> None:
        browser = browser_of(make_person(role))
        assert browser.get("/account/undertakings/acceptances/").status_code == 403
        assert browser.get("/api/v1/credentials/acceptances").status_code == 403

    def test_a_long_list_asks_as_many_questions_as_a_short_one(
        self, django_assert_max_num_queries: Any
    ) -> None:
        browser = browser_of(make_person(Role.SECURITY_ADMINISTRATOR))
        for _ in range(8):
            make_person(Role.VIEWER)
        with django_assert_max_num_queries(8):
            browser.get("/account/undertakings/acceptances/")


@pytest.mark.parametrize("model", [UndertakingVersion, UndertakingAcceptance])
def test_the_database_changes_and_deletes_neither(model: Any) -> None:
    make_person(Role.VIEWER)
    rows = model.objects.all()
    for step in (lambda: rows.update(id=rows.get().pk), lambda: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            step()
    assert model.objects.exists()
