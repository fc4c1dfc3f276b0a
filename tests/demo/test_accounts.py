"""What the accounts that are shown to a visitor can do."""

import pytest

from gongshi.demo.accounts import ACCOUNTS
from gongshi.demo.city import PERSONS
from gongshi.identity.roles import Role

ROLES = {person.account: person.roles for person in PERSONS}


@pytest.mark.parametrize("role", Role)
def test_every_role_can_be_tried(role: Role) -> None:
    assert [entry.account for entry in ACCOUNTS if role in ROLES[entry.account]]


def test_every_account_that_is_shown_is_somebody_and_shown_once() -> None:
    shown = [entry.account for entry in ACCOUNTS]
    assert len({*shown}) == len(shown)
    assert {*shown} <= ROLES.keys()
    assert all(entry.who for entry in ACCOUNTS)
