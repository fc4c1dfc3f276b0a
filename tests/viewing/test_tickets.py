"""A ticket opens one connection to one stream, once: what a node asks by on_play."""

import logging
from typing import Any

import pytest

from gongshi.audit.kinds import AuditAction
from gongshi.grants.actions import revoke_grant
from gongshi.grants.models import Grant
from gongshi.identity.models import Person, RoleAssignment
from gongshi.identity.roles import Role
from gongshi.viewing.actions import OpenedSession
from gongshi.viewing.models import MediaNode, PlaySession
from tests.factories import in_days, make_camera, make_person
from tests.viewing.making import (
    BOOT,
    let_watch,
    make_node,
    make_viewer,
    open_look,
    opened,
    play_message,
    playing,
    recorded,
    state_of,
    tell,
)

pytestmark = pytest.mark.django_db

AGREED = {"code": 0, "msg": "success"}
REFUSED = {"code": 1, "msg": "refused"}


def refused(look: OpenedSession, message: dict[str, Any], **caller: Any) -> str:
    """The node is told no more than no; the session stays as it was; the record knows why."""
    before = PlaySession.objects.filter(pk=look.session.pk).values().get()
    events = len(recorded(AuditAction.PlayRefused))
    assert tell("on_play", message, **caller) == REFUSED
    assert PlaySession.objects.filter(pk=look.session.pk).values().get() == before
    refusals = recorded(AuditAction.PlayRefused)
    assert len(refusals) == events + 1
    assert look.ticket not in str(vars(refusals[-1]))
    return refusals[-1].reason


def test_a_good_ticket_is_bound_to_its_connection() -> None:
    look = opened()
    assert tell("on_play", play_message(look, "7-21")) == AGREED
    look.session.refresh_from_db()
    session = look.session
    assert (session.state, session.connection, session.node_boot) == ("playing", "7-21", BOOT)
    assert session.started_at is not None


def test_the_same_connection_may_ask_again() -> None:
    look = playing("7-21")
    before = PlaySession.objects.values().get()
    assert tell("on_play", play_message(look, "7-21")) == AGREED
    assert PlaySession.objects.values().get() == before


def test_a_used_ticket_is_refused_to_a_second_connection() -> None:
    look = playing("7-21")
    assert refused(look, play_message(look, "8-22")) == "票据已经用过。"


def test_a_connection_that_carries_one_session_gets_no_second() -> None:
    playing("7-21")
    look = opened()
    assert refused(look, play_message(look, "7-21")) == "这个连接已经用过另一张票据。"


def test_a_connection_number_of_another_life_of_the_node_is_another_connection() -> None:
    look = playing("7-21")
    assert tell("on_play", play_message(look, "7-21", **{"gongshi.boot": "boot-two"})) == REFUSED
    assert state_of(look) == ("ended", "node_restarted")


def test_an_expired_ticket_is_refused() -> None:
    look = opened()
    PlaySession.objects.update(ticket_expires_at=in_days(-0.00001))
    assert refused(look, play_message(look)) == "票据已过期。"


def test_the_ticket_of_another_stream_is_refused() -> None:
    look, other = opened(), opened()
    message = play_message(look) | {"params": f"ticket={other.ticket}"}
    assert refused(other, message) == "票据不是这路视频的。"
    assert state_of(look) == ("issued", "")


def test_a_ticket_for_another_node_is_refused() -> None:
    look = opened()
    make_node("node-2", boot="boot-of-two")
    message = play_message(look, **{"gongshi.boot": "boot-of-two"})
    assert refused(look, message, code="node-2") == "票据不是这路视频的。"


@pytest.mark.parametrize("params", ["", "ticket=", "ticket=guess", "secret=x", "ticket={0}&ticket={0}"])
def test_without_exactly_one_known_ticket_nothing_plays(params: str) -> None:
    look = opened()
    assert refused(look, play_message(look, params=params.format(look.ticket))) == "没有这张票据。"


def test_a_ticket_dies_with_its_grant() -> None:
    look = opened()
    revoke_grant(actor=make_person(Role.BUREAU_ADMINISTRATOR), grant=look.session.grant, reason="用途不符")
    assert state_of(look) == ("ended", "right_ended")
    assert refused(look, play_message(look)) == "票据已经用过。"


def test_a_grant_that_ran_out_since_refuses_the_ticket() -> None:
    look = opened()
    Grant.objects.filter(pk=look.session.grant_id).update(valid_until=in_days(-0.00001))
    assert refused(look, play_message(look)) == "授权已结束。"


def test_an_account_that_was_locked_since_refuses_the_ticket() -> None:
    look = opened()
    Person.objects.filter(pk=look.session.person_id).update(is_active=False)
    assert refused(look, play_message(look)) == "账号已无查看权限。"


def test_an_account_that_lost_its_roles_refuses_the_ticket() -> None:
    look = opened()
    RoleAssignment.objects.filter(person=look.session.person_id).delete()
    assert refused(look, play_message(look)) == "账号已无查看权限。"


def test_the_ticket_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    look = opened()
    for connection in ("1-10", "2-11"):
        tell("on_play", play_message(look, connection))
    assert look.ticket not in caplog.text


def test_a_wrong_password_is_refused_before_anything_is_read() -> None:
    look = opened()
    assert tell("on_play", play_message(look), password="wrong") == {"status": 401}
    assert tell("on_play", play_message(look), password="") == {"status": 401}
    assert state_of(look) == ("issued", "")


def test_an_unknown_node_and_one_out_of_use_are_refused() -> None:
    look = opened()
    assert tell("on_play", play_message(look), code="node-9") == {"status": 401}
    MediaNode.objects.update(is_active=False)
    assert tell("on_play", play_message(look)) == {"status": 401}
    assert state_of(look) == ("issued", "")


def test_what_is_no_hook_is_refused(client: Any) -> None:
    look = opened()
    assert tell("on_publish", play_message(look)) == {"status": 404}
    assert tell("on_play", {"id": "1-10"}) == {"status": 400}
    assert client.post("/media-hooks/on_play", play_message(look)).status_code == 401
    assert client.get("/media-hooks/on_play").status_code == 405
    assert state_of(look) == ("issued", "")


def test_one_ticket_lets_nobody_into_a_second_camera_of_the_same_grant_holder() -> None:
    make_node()
    viewer = make_viewer()
    first = open_look(viewer, let_watch(viewer, make_camera()).camera)
    second = open_look(viewer, let_watch(viewer, make_camera()).camera)
    crossed = play_message(second) | {"params": f"ticket={first.ticket}"}
    refused(first, crossed)
    assert state_of(second) == ("issued", "")
