"""What a password must be (等保 level 3, 身份鉴别 a)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from gongshi.credentials.password_rules import LONGEST
from gongshi.credentials.passwords import change_password
from gongshi.identity.initial_password import initial_password
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Invalid
from tests.credentials.signing_in import NEW_PASSWORD
from tests.factories import PASSWORD, make_person

OWNER = Person(account="wangxiaoming", name="王小明")


def faults_of(password: str) -> set[str]:
    """The codes of what the rules find wrong with this password of `OWNER`."""
    try:
        validate_password(password, OWNER)
    except ValidationError as refusal:
        return {str(error.code) for error in refusal.error_list}
    return set()


@pytest.mark.parametrize(
    "password", ["GUANSHAN-HU-58", NEW_PASSWORD, PASSWORD, "密码很长而且难猜Aa1", "x9 Y-z8 W-v7 U"]
)
def test_good_passwords_are_taken(password: str) -> None:
    assert faults_of(password) == set()


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Ab3-xyw9k", "length"),
        ("Ab3-" + "x9" * LONGEST, "length"),
        ("guanshanhu-lake", "classes"),
        ("52938471605829", "classes"),
        ("Wangxiaoming-58", "like_owner"),
        ("58-gnimoaixgnaW", "like_owner"),
        ("王小明-Gs58-hu", "like_owner"),
        ("Guan1234-shan", "run"),
        ("Guan9876-shan", "run"),
        ("Guan-Abcd-58-h", "run"),
        ("Guan-dcbA-58-h", "run"),
        ("Guaaaan-58-shan", "run"),
        ("Guan----58shan", "run"),
        ("Qwer-58-shanhu", "run"),
    ],
)
def test_weak_passwords_are_refused_for_what_is_weak(password: str, fault: str) -> None:
    assert fault in faults_of(password)


def test_a_common_password_is_refused_in_our_words() -> None:
    with pytest.raises(ValidationError, match="常用密码"):
        validate_password("Password1!", None)


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    try:
        validate_password(text, OWNER)
    except ValidationError as refusal:
        assert all(message.endswith("。") for message in refusal.messages)


def test_generated_passwords_fulfil_the_rules() -> None:
    assert {fault for _ in range(200) for fault in faults_of(initial_password())} == set()


@pytest.mark.django_db
class TestOldPasswords:
    PASSWORDS = [f"Guanshan-{number}-hu" for number in (58, 69, 73, 82, 91, 37)]

    def test_none_of_the_last_five_comes_again(self) -> None:
        person, current = make_person(Role.VIEWER), PASSWORD
        for new in self.PASSWORDS[:4]:
            change_password(actor=person, old=current, new=new)
            current = new
        for used in (PASSWORD, *self.PASSWORDS[:4]):
            with pytest.raises(Invalid, match="用过"):
                change_password(actor=person, old=current, new=used)
        assert Person.objects.get(pk=person.pk).check_password(current)

    def test_one_that_is_longer_ago_may_come_again(self) -> None:
        person, current = make_person(Role.VIEWER), PASSWORD
        for new in (*self.PASSWORDS[:5], PASSWORD):
            change_password(actor=person, old=current, new=new)
            current = new
        assert Person.objects.get(pk=person.pk).check_password(PASSWORD)

    def test_the_password_that_came_with_the_account_is_an_old_one_too(self) -> None:
        person = make_person(Role.VIEWER)
        person.password_settings.all().delete()
        change_password(actor=person, old=PASSWORD, new=NEW_PASSWORD)
        with pytest.raises(Invalid, match="用过"):
            change_password(actor=person, old=NEW_PASSWORD, new=PASSWORD)
