"""How a look ends: once, with its outcome in the register, and its slot is free."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AccessOutcome
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Forbidden
from gongshi.viewing import actions
from gongshi.viewing.endings import end_session
from gongshi.viewing.models import Ending, MediaNode, NodeStream, PlaySession, Trouble
from tests.factories import in_days, make_person
from tests.viewing.making import (
    BOOT,
    make_node,
    opened,
    play_message,
    playing,
    recorded,
    report_message,
    state_of,
    tell,
)

pytestmark = pytest.mark.django_db
AGREED = {"code": 0, "msg": "success"}


def slots_held() -> int:
    return PlaySession.objects.holding_slots(clock.now()).count()


def cuts_asked() -> int:
    return ProcrastinateJob.objects.filter(task_name="gongshi.viewing.tasks.cut_connection").count()


def test_the_nodes_report_ends_the_session_with_its_bytes() -> None:
    look = playing()
    assert slots_held() == 1
    assert tell("on_flow_report", report_message(look)) == AGREED
    assert state_of(look) == ("ended", "connection_lost")
    outcome = AccessOutcome.objects.get(record=look.session.record)
    assert (outcome.bytes, outcome.ending, outcome.started_at) == (
        123_456,
        "离开页面或连接断开",
        look.session.started_at,
    )
    assert len(recorded(AuditAction.PlayEnded)) == 1
    assert slots_held() == 0


def test_a_session_ends_once_only() -> None:
    look = playing()
    for _ in range(2):
        tell("on_flow_report", report_message(look))
    assert not end_session(session_id=look.session.pk, ending=Ending.CLOSED)
    assert state_of(look) == ("ended", "connection_lost")
    assert AccessOutcome.objects.count() == len(recorded(AuditAction.PlayEnded)) == 1


def test_the_report_of_an_unknown_connection_changes_nothing() -> None:
    look = playing("1-10")
    assert tell("on_flow_report", report_message(look, "2-11")) == AGREED
    assert tell("on_flow_report", report_message(look, **{"gongshi.boot": "another"})) == AGREED
    assert state_of(look) == ("playing", "")


def test_a_camera_that_never_came_is_named_as_the_reason() -> None:
    look = playing()
    NodeStream.objects.update(trouble=Trouble.CAMERA)
    tell("on_flow_report", report_message(look, totalBytes=0))
    assert state_of(look) == ("ended", "source_lost")


def test_closing_an_unused_ticket_ends_it_at_once() -> None:
    look = opened()
    actions.close_session(actor=look.session.person, session=look.session)
    assert state_of(look) == ("ended", "closed")
    assert slots_held() == cuts_asked() == 0
    (event,) = recorded(AuditAction.PlayEnded)
    assert event.actor_id == look.session.person_id


def test_closing_a_picture_holds_the_slot_until_the_node_confirms() -> None:
    look = playing()
    actions.close_session(actor=look.session.person, session=look.session)
    assert state_of(look) == ("ending", "closed")
    assert slots_held() == cuts_asked() == 1
    assert not AccessOutcome.objects.exists()
    tell("on_flow_report", report_message(look))
    assert state_of(look) == ("ended", "closed")
    assert slots_held() == 0


def test_closing_twice_is_closing_once() -> None:
    look = playing()
    for _ in range(2):
        actions.close_session(actor=look.session.person, session=look.session)
    assert cuts_asked() == 1


def test_a_closed_session_does_not_play_again() -> None:
    look = playing()
    actions.close_session(actor=look.session.person, session=look.session)
    assert tell("on_play", play_message(look)) == {"code": 1, "msg": "refused"}
    assert state_of(look) == ("ending", "closed")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BUREAU_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR])
def test_nobody_closes_the_picture_of_somebody_else(role: Role) -> None:
    look = playing()
    with pytest.raises(Forbidden):
        actions.close_session(actor=make_person(role), session=look.session)
    assert state_of(look) == ("playing", "")
    assert cuts_asked() == 0


@pytest.mark.parametrize("event", ["on_server_started", "on_server_keepalive", "on_play"])
def test_a_new_boot_of_the_node_ends_the_sessions_of_the_old_one(event: str) -> None:
    look, waiting = playing(), opened()
    NodeStream.objects.update(is_online=True)
    tell(event, play_message(waiting, "9-99", **{"gongshi.boot": "boot-two"}))
    assert state_of(look) == ("ended", "node_restarted")
    assert not NodeStream.objects.filter(is_online=True).exists()
    assert state_of(waiting)[0] == ("playing" if event == "on_play" else "issued")
    assert MediaNode.objects.get().boot == "boot-two"


def test_every_start_of_a_node_without_boot_word_is_a_new_boot() -> None:
    look = playing()
    tell("on_server_started", {"mediaServerId": "node-1"})
    assert state_of(look) == ("ended", "node_restarted")
    assert MediaNode.objects.get().boot not in {"", BOOT}


def test_a_sign_of_life_changes_nothing_but_the_time() -> None:
    node = make_node(last_seen_at=in_days(-1))
    assert (
        tell("on_server_keepalive", {"mediaServerId": "node-1", "gongshi.boot": BOOT, "data": {}}) == AGREED
    )
    before, node = node.last_seen_at, MediaNode.objects.get()
    assert node.boot == BOOT
    assert node.last_seen_at is not None and before is not None and node.last_seen_at > before


def test_what_nobody_watches_is_closed() -> None:
    make_node()
    message = {"app": "live", "stream": "x", "vhost": "v", "schema": "fmp4"}
    assert tell("on_stream_none_reader", message)["close"] is True


def test_a_missing_stream_is_pulled_only_for_somebody_who_waits() -> None:
    look = playing()
    pulls = ProcrastinateJob.objects.filter(task_name="gongshi.viewing.tasks.pull_stream")
    before = pulls.count()
    assert tell("on_stream_not_found", play_message(look))["close"] is False
    assert pulls.count() == before + 1
    tell("on_flow_report", report_message(look))
    assert tell("on_stream_not_found", play_message(look))["close"] is True
    assert tell("on_stream_not_found", play_message(look, stream="camera1"))["close"] is True
    assert pulls.count() == before + 1


def test_the_node_says_whether_pictures_come() -> None:
    look = playing()
    change = play_message(look)
    tell("on_stream_changed", change | {"regist": True})
    stream = NodeStream.objects.get()
    assert stream.is_online and stream.last_online_at is not None
    tell("on_stream_changed", change | {"regist": False})
    assert not NodeStream.objects.get().is_online
