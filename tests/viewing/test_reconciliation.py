"""What lost news leaves behind is mended. With a real node: test_with_node.py."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from gongshi.audit.models import AccessOutcome
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.models import Camera
from gongshi.grants.models import Grant
from gongshi.identity.models import Person
from gongshi.login.expiry import end_what_is_over
from gongshi.viewing.endings import kick
from gongshi.viewing.models import MediaNode, PlaySession, PlayState
from gongshi.viewing.reconciliation import cut_without_right, end_unused_tickets, reconcile_node
from gongshi.wire.client import NodeUnreachable
from tests.factories import in_days, make_department
from tests.viewing.making import (
    REASON,
    let_watch,
    make_node,
    make_viewer,
    open_look,
    opened,
    play_message,
    playing,
    report_message,
    state_of,
    tell,
)

pytestmark = pytest.mark.django_db


def test_tickets_that_nobody_used_in_time_end() -> None:
    late, early, used = opened(), opened(), playing()
    PlaySession.objects.filter(pk__in=[late.session.pk, used.session.pk]).update(
        ticket_expires_at=in_days(-0.001)
    )
    assert end_unused_tickets() == 1
    assert state_of(late) == ("ended", "unused")
    assert (state_of(early)[0], state_of(used)[0]) == ("issued", "playing")
    assert AccessOutcome.objects.get().ending == "票据未使用"


def test_whoever_still_has_the_right_goes_on() -> None:
    look, waiting = playing(), opened()
    assert cut_without_right() == 0
    assert (state_of(look)[0], state_of(waiting)[0]) == ("playing", "issued")


def test_a_grant_that_ran_out_unnoticed_is_cut() -> None:
    look, waiting = playing(), opened()
    Grant.objects.update(valid_until=in_days(-0.001))
    assert cut_without_right() == 2
    assert state_of(look) == ("ending", "right_ended")
    assert state_of(waiting) == ("ended", "right_ended")
    assert cut_without_right() == 0


def test_an_account_that_was_locked_unnoticed_is_cut() -> None:
    look = playing()
    Person.objects.filter(pk=look.session.person_id).update(is_active=False)
    assert cut_without_right() == 1
    assert state_of(look) == ("ending", "account_locked")


def take_name_off_the_grant(session: PlaySession) -> None:
    session.grant.grant_viewers.all().delete()


def withdraw_camera(session: PlaySession) -> None:
    Camera.objects.filter(pk=session.camera_id).update(publication=Publication.WITHDRAWN)


def move_to_another_department(session: PlaySession) -> None:
    Person.objects.filter(pk=session.person_id).update(department=make_department())


def take_the_roles(session: PlaySession) -> None:
    session.person.role_assignments.all().delete()


@pytest.mark.parametrize(
    "end_right",
    [take_name_off_the_grant, withdraw_camera, move_to_another_department, take_the_roles],
)
def test_whatever_opening_asks_for_is_asked_for_as_long_as_the_picture_runs(
    end_right: Callable[[PlaySession], None],
) -> None:
    look, waiting = playing(), opened()
    end_right(look.session)
    end_right(waiting.session)
    assert tell("on_play", play_message(waiting, "1-11")) == {"code": 1, "msg": "refused"}
    assert cut_without_right() == 2
    assert state_of(look) == ("ending", "right_ended")
    assert state_of(waiting) == ("ended", "right_ended")


@pytest.mark.parametrize("session_ends_by", ["deletion", "time"])
def test_what_was_opened_in_a_session_that_is_no_more_is_cut(session_ends_by: str) -> None:
    make_node()
    viewer, browser = make_viewer(), Client()
    browser.force_login(viewer)
    asked = {"camera_id": let_watch(viewer).camera_id, "reason": REASON}
    assert browser.post("/api/v1/viewing/sessions", asked, content_type="application/json").status_code == 201
    PlaySession.objects.update(state=PlayState.PLAYING, connection="1-10")
    assert cut_without_right() == 0
    if session_ends_by == "deletion":
        Session.objects.all().delete()
    else:
        Session.objects.update(expire_date=in_days(-0.001))
    end_what_is_over()
    assert PlaySession.objects.get().ending == "login_ended"


def test_what_was_opened_in_a_login_that_has_ended_is_cut_although_the_news_was_lost() -> None:
    look = playing()
    PlaySession.objects.update(login_key="999999")
    assert cut_without_right() == 1
    assert state_of(look) == ("ending", "login_ended")


def test_a_node_that_does_not_answer_for_a_moment_keeps_its_sessions() -> None:
    look = playing()
    reconcile_node(MediaNode.objects.get())
    assert state_of(look) == ("playing", "")


def test_a_node_that_is_silent_too_long_loses_them() -> None:
    look, waiting = playing(), opened()
    MediaNode.objects.update(last_seen_at=in_days(-1))
    reconcile_node(MediaNode.objects.get())
    assert state_of(look) == ("ended", "connection_lost")
    assert state_of(waiting) == ("issued", "")


def test_a_cut_that_the_node_did_not_hear_is_not_taken_for_done() -> None:
    look = playing()
    PlaySession.objects.update(state=PlayState.ENDING, ending="right_ended")
    session = PlaySession.objects.select_related("node").get(pk=look.session.pk)
    with pytest.raises(NodeUnreachable):
        kick(session)
    assert state_of(look) == ("ending", "right_ended")
    assert not AccessOutcome.objects.exists()


def test_the_portals_own_role_in_the_database_suffices(
    as_application: Callable[[], AbstractContextManager[None]],
) -> None:
    viewer = make_viewer()
    grant = let_watch(viewer)
    make_node()
    with as_application():
        look = open_look(viewer, grant.camera)
        assert tell("on_play", play_message(look))["code"] == 0
        assert tell("on_flow_report", report_message(look))["code"] == 0
    assert state_of(look) == ("ended", "connection_lost")
