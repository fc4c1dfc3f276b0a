"""Rights that end at the very moment in which a ticket becomes a connection."""

import pytest
from django.db import transaction

from gongshi.grants.actions import revoke_grant
from gongshi.grants.models import GrantState
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.viewing.actions import OpenedSession
from gongshi.viewing.models import PlayState
from tests.at_once import at_once
from tests.factories import make_person
from tests.viewing.making import opened, play_message, state_of, tell

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12


def play(look: OpenedSession, connection_id: str = "1-10") -> dict[str, object]:
    return tell("on_play", play_message(look, connection_id))


def lock_account(person: Person) -> None:
    with transaction.atomic():
        person.is_active = False
        person.save(update_fields=["is_active"])


def test_of_two_connections_with_one_ticket_at_once_one_plays() -> None:
    look = opened()
    answers = at_once(*(lambda n=number: play(look, f"1-{n}") for number in range(4)))
    codes = [answer.get("code") if isinstance(answer, dict) else answer for answer in answers]
    assert sorted(codes, key=str) == [0, 1, 1, 1]


def test_a_ticket_that_is_used_while_its_grant_is_revoked_never_goes_on_playing() -> None:
    administrator = make_person(Role.BUREAU_ADMINISTRATOR)
    for number in range(ROUNDS):
        look = opened()
        outcomes = at_once(
            lambda look=look, number=number: play(look, f"1-{number}"),
            lambda look=look: revoke_grant(actor=administrator, grant=look.session.grant, reason="越权使用"),
        )
        assert outcomes[0] in ({"code": 0, "msg": "success"}, {"code": 1, "msg": "refused"})
        assert outcomes[1] is None
        look.session.grant.refresh_from_db()
        assert look.session.grant.state == GrantState.REVOKED
        assert state_of(look)[0] in {PlayState.ENDING, PlayState.ENDED}


def test_a_ticket_that_is_used_while_its_holder_is_locked_never_goes_on_playing() -> None:
    for number in range(ROUNDS):
        look = opened()
        outcomes = at_once(
            lambda look=look, number=number: play(look, f"1-{number}"),
            lambda look=look: lock_account(look.session.person),
        )
        assert outcomes[0] in ({"code": 0, "msg": "success"}, {"code": 1, "msg": "refused"})
        assert outcomes[1] is None
        assert state_of(look)[0] in {PlayState.ENDING, PlayState.ENDED}
