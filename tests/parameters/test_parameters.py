"""The system administrator sets parameters within bounds, the auditor reads them, the database agrees."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.models import ParameterBounds, ParameterValue
from gongshi.kernel.parameters import PARAMETERS, Parameter, declare
from gongshi.parameters.actions import set_parameter
from gongshi.parameters.models import ParameterChange
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db
REASON = "按等保测评意见调整"


def plain() -> Parameter:
    """A declared parameter that goes up and down by more than one."""
    return next(
        each for each in PARAMETERS.values() if not each.only_upward and each.highest - each.default > 2
    )


def legal_term() -> Parameter:
    """A declared parameter that law lets nobody make smaller."""
    return next(each for each in PARAMETERS.values() if each.only_upward)


@pytest.fixture
def administrator() -> Person:
    return make_person(Role.SYSTEM_ADMINISTRATOR)


def setting(actor: Person, parameter: Parameter, value: int, **changes: Any) -> ParameterChange:
    asked = {"seen": parameter.value(), "reason": REASON} | changes
    return set_parameter(actor=actor, parameter=parameter, value=value, **asked)


class TestSetting:
    def test_another_number_is_in_force_at_once_and_recorded(self, administrator: Person) -> None:
        parameter = plain()
        setting(administrator, parameter, parameter.default + 1)
        assert parameter.value() == parameter.default + 1
        event = AuditEvent.objects.get(action=AuditAction.ParameterSet)
        assert (event.before, event.after) == (
            {parameter.key: parameter.default},
            {parameter.key: parameter.default + 1},
        )
        assert (event.actor_name, event.reason, event.object_label) == (
            administrator.name,
            REASON,
            parameter.label,
        )

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMINISTRATOR}))
    def test_nobody_else_sets_anything(self, role: Role) -> None:
        with pytest.raises(Forbidden):
            setting(make_person(role), plain(), plain().default + 1)
        assert not ParameterValue.objects.exists() and not ParameterChange.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"value": plain().lowest - 1}, "value"),
            ({"value": plain().highest + 1}, "value"),
            ({"value": plain().default}, "value"),
            ({"value": plain().default + 1, "reason": "  "}, "reason"),
            ({"value": plain().default + 1, "reason": "字" * 301}, "reason"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(
        self, administrator: Person, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            setting(administrator, plain(), **changes)
        assert refusal.value.field == field
        assert not ParameterValue.objects.exists() and not ParameterChange.objects.exists()

    def test_the_second_of_two_who_edit_at_once_is_told(self, administrator: Person) -> None:
        parameter, other = plain(), make_person(Role.SYSTEM_ADMINISTRATOR)
        seen = parameter.value()
        setting(administrator, parameter, parameter.default + 1, seen=seen)
        with pytest.raises(Conflict, match="核对"):
            setting(other, parameter, parameter.default + 2, seen=seen)
        assert parameter.value() == parameter.default + 1

    def test_a_legal_term_is_made_longer_and_never_shorter(self, administrator: Person) -> None:
        parameter = legal_term()
        setting(administrator, parameter, parameter.default + 2)
        for value in (parameter.default + 1, parameter.default, parameter.lowest):
            with pytest.raises(Invalid, match="只能延长"):
                setting(administrator, parameter, value)
        assert parameter.value() == parameter.default + 2


class TestTheDatabase:
    """What somebody with the application's own rights could try past the action."""

    @pytest.mark.parametrize("value", [plain().lowest - 1, plain().highest + 1])
    def test_a_number_out_of_bounds_is_refused(self, value: int) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            ParameterValue.objects.create(key=plain().key, value=value)

    def test_a_key_that_nobody_declared_is_refused(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            ParameterValue.objects.create(key="nobody.declared_this", value=1)

    def test_a_legal_term_is_not_made_shorter(self) -> None:
        parameter = legal_term()
        with pytest.raises(IntegrityError), transaction.atomic():
            ParameterValue.objects.create(key=parameter.key, value=parameter.default - 1)
        ParameterValue.objects.create(key=parameter.key, value=parameter.default + 2)
        with pytest.raises(IntegrityError), transaction.atomic():
            ParameterValue.objects.update(value=parameter.default + 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            ParameterValue.objects.all().delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            ParameterValue.objects.update(key=plain().key)
        assert parameter.value() == parameter.default + 2

    def test_the_application_cannot_move_the_bounds(self, as_application: Any) -> None:
        for statement in (
            "UPDATE kernel_parameterbounds SET only_upward = false",
            "DELETE FROM kernel_parameterbounds",
            "INSERT INTO kernel_parameterbounds VALUES ('x', 1, 1, 1, false)",
        ):
            with pytest.raises(Exception, match="permission denied"), as_application():
                connection.cursor().execute(statement)

    def test_it_knows_what_is_declared(self) -> None:
        known = {
            (each.key, each.default, each.lowest, each.highest, each.only_upward)
            for each in ParameterBounds.objects.all()
        }
        assert known == {
            (each.key, each.default, each.lowest, each.highest, each.only_upward)
            for each in PARAMETERS.values()
        }


class TestDeclaring:
    def test_every_key_begins_with_its_room(self) -> None:
        rooms = {config.label for config in apps.get_app_configs() if config.name.startswith("gongshi.")}
        assert {each.room for each in PARAMETERS.values()} <= rooms
        assert all(each.key.count(".") == 1 for each in PARAMETERS.values())

    def test_one_key_is_declared_once(self) -> None:
        with pytest.raises(ValueError, match="twice"):
            declare(plain())

    def test_a_default_out_of_its_bounds_is_no_parameter(self) -> None:
        with pytest.raises(ValueError, match="bounds"):
            declare(Parameter("parameters.wrong", "错", "", default=9, lowest=1, highest=8))
        assert "parameters.wrong" not in PARAMETERS

    def test_a_longer_default_of_a_new_version_overrules_what_was_set(self) -> None:
        term = Parameter("x.y", "期限", "天", default=10, lowest=10, highest=20, only_upward=True)
        assert term.in_force(ParameterValue(key="x.y", value=8)) == 10
        assert term.in_force(ParameterValue(key="x.y", value=12)) == 12


class TestPages:
    def test_the_list_tells_what_is_in_force_and_who_set_it(self, administrator: Person) -> None:
        parameter = plain()
        setting(administrator, parameter, parameter.default + 1)
        for role in (Role.SYSTEM_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR):
            page = browser_of(make_person(role)).get("/parameters/").content.decode()
            assert parameter.text(parameter.default + 1) in page
            assert administrator.name in page
            assert (f"/parameters/{parameter.key}/" in page) is (role == Role.SYSTEM_ADMINISTRATOR)

    def test_the_list_costs_the_same_however_many_changes_there_were(
        self, administrator: Person, django_assert_num_queries: Any
    ) -> None:
        browser = browser_of(administrator)
        browser.get("/parameters/")
        # Person with roles, the frame's count of news, values, changes.
        with django_assert_num_queries(QUERIES_OF_THE_LIST):
            browser.get("/parameters/")
        for step in (1, 2):
            setting(administrator, plain(), plain().default + step)
        with django_assert_num_queries(QUERIES_OF_THE_LIST):
            browser.get("/parameters/")

    def test_the_form_sets_it(self, administrator: Person) -> None:
        parameter, browser = plain(), browser_of(administrator)
        form = browser.get(f"/parameters/{parameter.key}/").context["form"]
        typed = {"seen": form["seen"].value(), "value": parameter.default + 1, "reason": REASON}
        assert browser.post(f"/parameters/{parameter.key}/", typed).headers["Location"] == "/parameters/"
        assert parameter.value() == parameter.default + 1
        changes = browser.get("/parameters/changes/").content.decode()
        assert parameter.label in changes and REASON in changes

    def test_the_form_tells_the_second_of_two(self, administrator: Person) -> None:
        parameter, browser = plain(), browser_of(administrator)
        typed = {"seen": parameter.default, "value": parameter.default + 1, "reason": REASON}
        browser.post(f"/parameters/{parameter.key}/", typed)
        answer = browser.post(f"/parameters/{parameter.key}/", typed | {"value": parameter.default + 2})
        assert answer.status_code == 409
        assert "核对后再修改" in answer.content.decode()
        assert parameter.value() == parameter.default + 1

    def test_there_is_no_page_of_what_nobody_declared(self, administrator: Person) -> None:
        assert browser_of(administrator).get("/parameters/nothing/").status_code == 404


class TestTheInterface:
    def put(self, person: Person, parameter: Parameter, **changes: Any) -> Any:
        body = {"value": parameter.default + 1, "seen": parameter.default, "reason": REASON} | changes
        return browser_of(person).put(f"/api/v1/parameters/{parameter.key}", body, "application/json")

    def test_it_sets_and_tells(self, administrator: Person) -> None:
        parameter = plain()
        assert self.put(administrator, parameter).json()["after"] == parameter.default + 1
        listed = browser_of(administrator).get("/api/v1/parameters").json()
        told = {each["key"]: each for each in listed}
        assert told[parameter.key]["value"] == parameter.default + 1
        assert told[parameter.key]["changed_by"] == administrator.name
        assert told.keys() == PARAMETERS.keys()
        changes = browser_of(administrator).get("/api/v1/parameters/changes").json()
        assert [each["key"] for each in changes["items"]] == [parameter.key]

    def test_the_auditor_reads_and_does_not_set(self) -> None:
        auditor = make_person(Role.AUDIT_ADMINISTRATOR)
        assert browser_of(auditor).get("/api/v1/parameters").status_code == 200
        assert self.put(auditor, plain()).status_code == 403
        assert not ParameterValue.objects.exists()

    def test_the_second_of_two_is_told(self, administrator: Person) -> None:
        assert self.put(administrator, plain()).status_code == 200
        assert self.put(administrator, plain()).json()["error"]["code"] == "conflict"

    def test_numbers_beyond_everything_are_refused(self, administrator: Person) -> None:
        for value in (-1, 2**31, 10**60):
            assert self.put(administrator, plain(), value=value).status_code == 422
        assert not ParameterChange.objects.exists()


# Session, login, person, roles, notices; values and last changes.
QUERIES_OF_THE_LIST = 7


def test_nobody_else_finds_parameters_in_the_navigation() -> None:
    for role in Role:
        page = browser_of(make_person(role)).get("/").content.decode()
        reads = role in {Role.SYSTEM_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
        assert ('href="/parameters/"' in page) is reads


def test_a_stranger_is_led_to_the_login_page(client: Client) -> None:
    assert client.get("/parameters/").headers["Location"].startswith("/account/login/")
