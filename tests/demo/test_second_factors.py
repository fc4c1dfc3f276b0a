"""What a demonstration gives away, and that nothing else does."""

import pytest
from django.test import Client
from pytest_django import Settings

from gongshi.credentials.second_factor import has_second_factor, use_code
from gongshi.demo import second_factors
from gongshi.demo.second_factors import code_to_show, give_second_factor
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.credentials.factors import with_second_factor
from tests.factories import PASSWORD, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"demo": True})
    monkeypatch.setattr(second_factors, "PASSWORD", PASSWORD)


def code_page(person: Person) -> str:
    browser = Client()
    browser.post("/account/login/", {"login": person.account, "password": PASSWORD})
    return browser.get("/account/code/").content.decode()


def test_the_code_that_is_shown_lets_in() -> None:
    person = make_person(Role.OPERATOR)
    give_second_factor(person)
    shown = code_to_show(person)
    assert shown
    assert f'演示验证码 <span class="code" data-demo-code>{shown}</span>' in code_page(person)
    use_code(person=person, code=shown)


def test_a_code_that_was_used_is_not_shown_again() -> None:
    person = make_person(Role.OPERATOR)
    give_second_factor(person)
    shown = code_to_show(person)
    assert shown
    use_code(person=person, code=shown)
    assert code_to_show(person) == ""
    assert "半分钟后刷新" in code_page(person)


def test_of_a_secret_of_ones_own_nothing_is_shown() -> None:
    person = make_person(Role.OPERATOR)
    with_second_factor(person)
    assert code_to_show(person) is None
    assert "演示验证码" not in code_page(person)


def test_who_needs_none_is_given_none_and_who_has_one_keeps_it() -> None:
    viewer, operator = make_person(Role.VIEWER), make_person(Role.OPERATOR)
    with_second_factor(operator)
    give_second_factor(viewer)
    give_second_factor(operator)
    assert not has_second_factor(viewer)
    assert code_to_show(operator) is None


def test_no_other_installation_shows_codes_or_accounts(settings: Settings) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"demo": False})
    person = make_person(Role.OPERATOR)
    give_second_factor(person)
    assert "演示" not in code_page(person)
    assert "演示" not in Client().get("/account/login/").content.decode()
