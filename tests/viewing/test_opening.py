"""Who may open a picture, and who may not: a refusal changes nothing and is recorded."""

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.catalogue.codes import NetworkZone
from gongshi.catalogue.models import Camera
from gongshi.grants.actions import revoke_grant
from gongshi.grants.models import Grant, GrantState
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, GongshiError, Invalid, Unavailable
from gongshi.viewing.models import PlaySession, PlayState
from gongshi.viewing.tickets import digest
from tests.at_once import at_once
from tests.factories import in_days, make_camera, make_department, make_person
from tests.grants.making import make_grant
from tests.viewing.making import let_watch, make_node, make_viewer, open_look, recorded

pytestmark = pytest.mark.django_db


def refused(error: type[GongshiError], person: Person, camera: Camera, **changes: Any) -> GongshiError:
    """Opening raises, nothing is opened or registered, and there is one event of the refusal."""
    before = PlaySession.objects.count(), AccessRecord.objects.count(), ProcrastinateJob.objects.count()
    events = AuditEvent.objects.count()
    with pytest.raises(error) as raised:
        open_look(person, camera, **changes)
    assert before == (
        PlaySession.objects.count(),
        AccessRecord.objects.count(),
        ProcrastinateJob.objects.count(),
    )
    assert AuditEvent.objects.count() == events + 1
    event = recorded(AuditAction.PlayRefused)[-1]
    assert (event.actor_id, event.succeeded, event.reason) == (person.pk, False, raised.value.message)
    return raised.value


def test_a_grant_opens_a_session_and_the_register_has_its_row_first() -> None:
    node, viewer = make_node(), make_viewer()
    grant = let_watch(viewer)
    look = open_look(viewer, grant.camera)
    session = look.session
    assert (session.state, session.grant, session.node) == (PlayState.ISSUED, grant, node)
    entry = AccessRecord.objects.get()
    assert session.record == entry
    assert (entry.person_name, entry.department_name) == (viewer.name, viewer.department.name)
    assert (entry.camera_code, entry.grant_number) == (grant.camera.code, grant.number)
    assert (entry.reason, entry.basis) == ("汛期值守查看水位", "需求 XQ-2026-000001")
    assert not hasattr(entry, "outcome")
    (event,) = recorded(AuditAction.PlayOpened)
    assert event.actor_id == viewer.pk


def test_the_ticket_is_kept_as_its_digest_only() -> None:
    make_node()
    viewer = make_viewer()
    look = open_look(viewer, let_watch(viewer).camera)
    assert len(look.ticket) >= 22
    assert look.session.ticket_hash == digest(look.ticket)
    assert not any(look.ticket in str(row) for row in PlaySession.objects.values())
    assert not any(look.ticket in str(row) for row in AuditEvent.objects.values())
    assert not any(look.ticket in str(row) for row in ProcrastinateJob.objects.values())


def test_opening_asks_for_the_pull_without_naming_the_camera() -> None:
    make_node()
    viewer = make_viewer()
    open_look(viewer, let_watch(viewer).camera)
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.queue_name) == ("gongshi.viewing.tasks.pull_stream", "play")
    assert set(job.args) == {"stream_id"}


def test_nobody_watches_without_a_grant() -> None:
    make_node()
    assert "没有该点位的有效授权" in refused(Forbidden, make_viewer(), make_camera()).message


def test_a_camera_that_does_not_exist_is_refused_in_the_same_words() -> None:
    make_node()
    viewer = make_viewer()
    unknown = refused(Forbidden, viewer, Camera(pk=999_999))
    assert unknown.message == refused(Forbidden, viewer, make_camera()).message


def test_another_department_may_not_watch() -> None:
    make_node()
    grant = let_watch(make_viewer())
    refused(Forbidden, make_viewer(), grant.camera)


def test_a_colleague_who_is_not_named_may_not_watch() -> None:
    make_node()
    viewer = make_viewer()
    colleague = make_person(Role.VIEWER, department=viewer.department)
    refused(Forbidden, colleague, let_watch(viewer).camera)


def test_the_owner_of_the_camera_needs_a_grant_too() -> None:
    make_node()
    owner = make_viewer()
    refused(Forbidden, owner, make_camera(owner.department))


def test_a_prepared_grant_opens_nothing_yet() -> None:
    make_node()
    viewer = make_viewer()
    refused(Forbidden, viewer, let_watch(viewer, state=GrantState.PREPARED).camera)


def test_a_revoked_grant_opens_nothing() -> None:
    make_node()
    viewer = make_viewer()
    grant = let_watch(viewer)
    revoke_grant(actor=make_person(Role.BUREAU_ADMINISTRATOR), grant=grant, reason="用途不符")
    refused(Forbidden, viewer, grant.camera)


def test_an_expired_grant_opens_nothing_even_before_anybody_notes_it() -> None:
    make_node()
    viewer = make_viewer()
    grant = let_watch(viewer, valid_from=in_days(-7), valid_until=in_days(-0.001))
    assert Grant.objects.get(pk=grant.pk).state == GrantState.ACTIVE
    refused(Forbidden, viewer, grant.camera)


def test_a_grant_of_tomorrow_opens_nothing_today() -> None:
    make_node()
    viewer = make_viewer()
    refused(Forbidden, viewer, let_watch(viewer, valid_from=in_days(1)).camera)


def test_a_grant_for_history_does_not_open_the_live_picture() -> None:
    make_node()
    viewer = make_viewer()
    grant = let_watch(viewer, live=False, history=True)
    assert "不包括实时查看" in refused(Forbidden, viewer, grant.camera).message


def test_clearance_below_the_security_level_of_the_camera_is_refused() -> None:
    make_node()
    viewer = make_viewer(clearance="L2")
    grant = let_watch(viewer, make_camera(security_level="L3"))
    message = refused(Forbidden, viewer, grant.camera).message
    assert "L3" in message and "L2" in message


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR]
)
def test_administrators_may_not_watch_even_when_a_grant_names_them(role: Role) -> None:
    make_node()
    department = make_department()
    administrator = make_person(role, department=department)
    grant = make_grant(department=department, viewers=[administrator])
    refused(Forbidden, administrator, grant.camera)


def test_a_locked_account_may_not_watch() -> None:
    make_node()
    viewer = make_viewer()
    grant = let_watch(viewer)
    stale = Person.objects.get(pk=viewer.pk)
    Person.objects.filter(pk=viewer.pk).update(is_active=False)
    refused(Forbidden, stale, grant.camera)


@pytest.mark.parametrize("reason", ["", "  ", "看", "看" * 301])
def test_a_reason_is_needed(reason: str) -> None:
    make_node()
    viewer = make_viewer()
    camera = let_watch(viewer).camera
    with pytest.raises(Invalid) as raised:
        open_look(viewer, camera, reason=reason)
    assert raised.value.field == "reason"
    assert not PlaySession.objects.exists() and not AccessRecord.objects.exists()


def test_history_comes_later_and_says_so() -> None:
    viewer = make_viewer()
    with pytest.raises(Invalid, match="历史查看尚未开通"):
        open_look(viewer, let_watch(viewer, history=True).camera, kind="history")


def test_a_zone_without_a_living_node_is_said_plainly() -> None:
    make_node(last_seen_at=in_days(-1))
    make_node("node-2", network_zone=NetworkZone.VISION)
    make_node("node-3", is_active=False)
    viewer = make_viewer()
    assert "政务外网暂无可用的媒体节点" in refused(Unavailable, viewer, let_watch(viewer).camera).message


def test_the_node_with_fewer_viewers_is_taken() -> None:
    first, second = make_node("node-1"), make_node("node-2")
    viewer = make_viewer()
    nodes = [open_look(viewer, let_watch(viewer).camera).session.node for _ in range(3)]
    assert nodes == [first, second, first]


def test_the_fifth_picture_at_once_is_refused() -> None:
    make_node()
    viewer = make_viewer()
    camera = let_watch(viewer).camera
    for _ in range(4):
        open_look(viewer, camera)
    refusal = refused(Conflict, viewer, camera)
    assert refusal.code == "too_many_streams"
    assert refusal.message == "您已同时打开 4 路视频（附录 B.2 上限），请先关闭一路再打开。"


def test_an_unused_ticket_holds_its_slot_only_while_it_can_be_used() -> None:
    make_node()
    viewer = make_viewer()
    camera = let_watch(viewer).camera
    for _ in range(4):
        open_look(viewer, camera)
    PlaySession.objects.update(ticket_expires_at=in_days(-0.001))
    open_look(viewer, camera)


def test_slots_are_counted_for_each_person() -> None:
    make_node()
    viewer = make_viewer()
    camera = let_watch(viewer).camera
    for _ in range(4):
        open_look(viewer, camera)
    other = make_viewer()
    open_look(other, let_watch(other, camera).camera)


@pytest.mark.django_db(transaction=True)
def test_two_who_race_for_the_last_slot_have_one_winner() -> None:
    make_node()
    viewer = make_viewer()
    camera = let_watch(viewer).camera
    for _ in range(3):
        open_look(viewer, camera)
    outcomes = at_once(*[lambda: open_look(viewer, camera)] * 2)
    assert [each.code for each in outcomes if isinstance(each, Conflict)] == ["too_many_streams"]
    assert PlaySession.objects.count() == AccessRecord.objects.count() == 4
    assert len(recorded(AuditAction.PlayRefused)) == 1
