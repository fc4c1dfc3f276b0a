"""When the right to a picture ends, the picture is cut at once."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from gongshi.credentials.passwords import reset_password
from gongshi.grants.actions import expire_grants, revoke_grant
from gongshi.grants.models import Grant
from gongshi.identity.models import Person
from gongshi.identity.proposal_actions import approve_proposals, propose_change
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Forbidden
from gongshi.viewing.models import MediaNode, PlaySession
from gongshi.viewing.reconciliation import cut_without_right
from gongshi.viewing.streams import APP, name_of
from tests.factories import PASSWORD, in_days, make_department, make_person
from tests.viewing.making import (
    REASON,
    let_watch,
    make_node,
    make_viewer,
    play_message,
    playing,
    state_of,
    tell,
)

pytestmark = pytest.mark.django_db


def cuts_asked() -> list[int]:
    jobs = ProcrastinateJob.objects.filter(
        task_name="gongshi.viewing.tasks.cut_connection", queue_name="play"
    )
    return [job.args["session_id"] for job in jobs.order_by("id")]


def test_revoking_a_grant_cuts_its_pictures_and_no_others() -> None:
    look, other = playing("1-10"), playing("2-11")
    revoke_grant(actor=make_person(Role.BUREAU_ADMINISTRATOR), grant=look.session.grant, reason="用途不符")
    assert state_of(look) == ("ending", "right_ended")
    assert state_of(other) == ("playing", "")
    assert cuts_asked() == [look.session.pk]


def test_a_refused_revocation_cuts_nothing() -> None:
    look = playing()
    with pytest.raises(Forbidden):
        revoke_grant(actor=make_viewer(), grant=look.session.grant, reason="用途不符")
    assert state_of(look) == ("playing", "")
    assert cuts_asked() == []


def test_a_grant_that_runs_out_cuts_its_pictures() -> None:
    look = playing()
    Grant.objects.filter(pk=look.session.grant_id).update(valid_until=in_days(-0.00001))
    assert expire_grants() == 1
    assert state_of(look) == ("ending", "right_ended")
    assert cuts_asked() == [look.session.pk]


def test_locking_an_account_cuts_its_pictures_and_no_others() -> None:
    look, other = playing("1-10"), playing("2-11")
    person = Person.objects.get(pk=look.session.person_id)
    person.is_active = False
    person.save()
    assert state_of(look) == ("ending", "account_locked")
    assert state_of(other) == ("playing", "")
    assert cuts_asked() == [look.session.pk]


def test_moving_to_another_department_cuts_what_the_old_one_let_him_watch() -> None:
    look, other = playing("1-10"), playing("2-11")
    person = Person.objects.get(pk=look.session.person_id)
    specialist = make_person(Role.DATA_SPECIALIST, department=person.department)
    proposal = propose_change(
        actor=specialist, person=person, kind="move", to_department=make_department(), reason="调动"
    )
    assert state_of(look) == ("playing", "")
    approve_proposals(actor=make_person(Role.SECURITY_ADMINISTRATOR), proposals=[proposal])
    assert state_of(look) == ("ending", "right_ended")
    assert state_of(other) == ("playing", "")
    assert cuts_asked() == [look.session.pk]


def test_saving_an_account_that_is_in_use_cuts_nothing() -> None:
    look = playing()
    Person.objects.get(pk=look.session.person_id).save()
    assert state_of(look) == ("playing", "")


def watch_in(browser: Client, person: Person, connection: str) -> PlaySession:
    """Sign in, open a picture through the interface, and let the node bind its ticket."""
    if not MediaNode.objects.exists():
        make_node()
    grant = let_watch(person)
    browser.force_login(person)
    answer = browser.post(
        "/api/v1/viewing/sessions",
        {"camera_id": grant.camera_id, "kind": "live", "reason": REASON},
        content_type="application/json",
    )
    assert answer.status_code == 201
    session = PlaySession.objects.select_related("path").get(pk=answer.json()["id"])
    query = answer.json()["socket_url"].partition("?")[2]
    bound = tell("on_play", {"app": APP, "stream": name_of(session.path), "id": connection, "ip": "1.1.1.1",
                             "port": 1, "params": query, "gongshi.boot": "boot-one"})  # fmt: skip
    assert bound["code"] == 0
    return session


def test_signing_out_cuts_the_pictures_of_this_login_only() -> None:
    here, there = Client(), Client()
    session_here, session_there = (
        watch_in(here, make_viewer(), "1-10"),
        watch_in(there, make_viewer(), "2-11"),
    )
    here.post(reverse("account_logout"))
    assert PlaySession.objects.get(pk=session_here.pk).ending == "logged_out"
    assert PlaySession.objects.get(pk=session_there.pk).state == "playing"
    assert cuts_asked() == [session_here.pk]


def test_changing_ones_own_password_cuts_nothing() -> None:
    browser, viewer = Client(), make_viewer()
    session = watch_in(browser, viewer, "1-10")
    given = {"old": PASSWORD, "new": "Guanshan-58-hu", "again": "Guanshan-58-hu"}
    assert browser.post(reverse("credentials:change_password"), given).status_code == 302
    assert PlaySession.objects.get(pk=session.pk).state == "playing"
    assert cut_without_right() == 0
    assert browser.get(reverse("viewing:live")).status_code == 200


def test_a_reset_password_cuts_the_pictures() -> None:
    session = watch_in(Client(), make_viewer(), "1-10")
    reset_password(actor=make_person(Role.SECURITY_ADMINISTRATOR), person=session.person, reason="忘记密码")
    assert PlaySession.objects.get(pk=session.pk).ending == "login_ended"


def test_a_cut_that_is_rolled_back_asks_for_nothing() -> None:
    look = playing()
    actor = make_person(Role.BUREAU_ADMINISTRATOR)
    with pytest.raises(RuntimeError), transaction.atomic():
        revoke_grant(actor=actor, grant=look.session.grant, reason="用途不符")
        raise RuntimeError
    assert state_of(look) == ("playing", "")
    assert cuts_asked() == []
    assert tell("on_play", play_message(look))["code"] == 0
