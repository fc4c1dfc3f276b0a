"""Giving and ending grants: who may, who may not, and that nothing changes for those who may not."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.grants import actions
from gongshi.grants.models import Basis, Grant, GrantState, Way
from gongshi.grants.signals import grant_ended
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, GongshiError, Invalid
from gongshi.notices.models import Notice
from tests.at_once import refusals_at_once
from tests.factories import in_days, make_camera, make_department, make_person
from tests.grants.making import grant_arguments, make_grant

pytestmark = pytest.mark.django_db


def kinds(grant: Grant) -> list[str]:
    events = AuditEvent.objects.filter(object_type="grants.grant", object_id=str(grant.pk))
    return list(events.order_by("id").values_list("action", flat=True))


@pytest.fixture
def ended() -> Any:
    heard: list[tuple[int, bool]] = []

    def hear(grant: Grant, **_: Any) -> None:
        heard.append((grant.pk, connection.in_atomic_block))

    grant_ended.connect(hear)
    yield heard
    grant_ended.disconnect(hear)


def refused(error: type[GongshiError], grant: Grant, act: Any, **arguments: Any) -> GongshiError:
    """The action raises, and neither the grant nor the record nor anybody's notices changed."""
    before = (
        Grant.objects.filter(pk=grant.pk).values().get(),
        AuditEvent.objects.count(),
        Notice.objects.count(),
    )
    with pytest.raises(error) as raised:
        act(grant=grant, **arguments)
    now = (
        Grant.objects.filter(pk=grant.pk).values().get(),
        AuditEvent.objects.count(),
        Notice.objects.count(),
    )
    assert now == before
    return raised.value


# --- prepare --------------------------------------------------------------------------------------


def test_a_prepared_grant_has_a_number_and_opens_nothing() -> None:
    grant = make_grant(state=GrantState.PREPARED)
    assert grant.number.startswith("SQ-")
    assert grant.state == GrantState.PREPARED
    assert not Grant.objects.in_force(clock.now()).exists()
    assert kinds(grant) == [AuditAction.GrantPrepared]


def test_the_record_of_a_grant_tells_no_camera_address() -> None:
    grant = make_grant(state=GrantState.PREPARED)
    event = AuditEvent.objects.get(action=AuditAction.GrantPrepared)
    assert event.after is not None and event.after["camera"] == grant.camera.code
    text = f"{event.after}{event.object_label}"
    assert "rtsp" not in text and str(grant.camera.ip_address) not in text


@pytest.mark.parametrize(
    "role",
    [
        Role.DATA_SPECIALIST,
        Role.SOURCE_REVIEWER,
        Role.OPERATOR,
        Role.VIEWER,
        Role.SYSTEM_ADMINISTRATOR,
        Role.SECURITY_ADMINISTRATOR,
        Role.AUDIT_ADMINISTRATOR,
    ],
)
def test_only_the_bureau_gives_grants(role: Role) -> None:
    arguments = grant_arguments() | {"actor": make_person(role)}
    events = AuditEvent.objects.count()
    with pytest.raises(Forbidden):
        actions.prepare_grant(**arguments)
    assert not Grant.objects.exists() and AuditEvent.objects.count() == events


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"live": False, "history": False}, "live", "实时或历史"),
        ({"viewers": []}, "viewers", "使用人员"),
        ({"object_kinds": ["person"]}, "object_kinds", "结构化"),
        ({"way": None}, "object_kinds", "数据对象"),
        ({"valid_until": clock.now() - timedelta(days=9)}, "valid_until", "晚于起始时间"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(wrong: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as raised:
        actions.prepare_grant(**grant_arguments() | wrong)
    assert raised.value.field == field
    assert not Grant.objects.exists()


def test_viewers_are_people_of_the_department() -> None:
    stranger = make_person(Role.VIEWER, name="李外人")
    with pytest.raises(Invalid, match="李外人"):
        actions.prepare_grant(**grant_arguments() | {"viewers": [stranger]})


def test_a_withdrawn_camera_is_not_granted() -> None:
    with pytest.raises(Invalid, match="已撤回"):
        actions.prepare_grant(**grant_arguments(camera=make_camera(publication="withdrawn")))


def test_a_path_of_another_camera_is_refused() -> None:
    other = make_camera().paths.get()
    with pytest.raises(Invalid, match="接入路径"):
        actions.prepare_grant(**grant_arguments() | {"path": other})


def test_structured_data_is_granted_by_object_kinds() -> None:
    arguments = grant_arguments() | {"way": None, "viewers": [], "object_kinds": ["person", "vehicle"]}
    grant = actions.prepare_grant(**arguments)
    grant.refresh_from_db()
    assert (grant.way, grant.object_kinds) == (None, ["person", "vehicle"])


# --- activate and discard -------------------------------------------------------------------------


def test_acceptance_makes_a_prepared_grant_active() -> None:
    grant = make_grant(state=GrantState.PREPARED)
    actions.activate_grant(actor=make_person(Role.BUREAU_ADMINISTRATOR), grant=grant)
    assert Grant.objects.in_force(clock.now()).get() == grant
    assert kinds(grant)[-1] == AuditAction.GrantActivated


@pytest.mark.parametrize("role", [Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER, Role.OPERATOR, Role.VIEWER])
def test_nobody_but_the_bureau_activates(role: Role) -> None:
    grant = make_grant(state=GrantState.PREPARED)
    refused(
        Forbidden,
        grant,
        actions.activate_grant,
        actor=make_person(role, department=grant.camera.source_department),
    )


def test_a_grant_is_activated_once() -> None:
    grant = make_grant()
    error = refused(Conflict, grant, actions.activate_grant, actor=make_person(Role.BUREAU_ADMINISTRATOR))
    assert "生效中" in error.message


def test_a_prepared_grant_can_be_discarded_with_a_reason(ended: list[tuple[int, bool]]) -> None:
    grant = make_grant(state=GrantState.PREPARED)
    actions.discard_grant(actor=make_person(Role.OPERATOR), grant=grant, reason="点位离线")
    grant.refresh_from_db()
    assert (grant.state, grant.end_reason) == (GrantState.DISCARDED, "点位离线")
    assert ended == []  # nothing ran on it


def test_the_asking_department_discards_its_own_only() -> None:
    grant = make_grant(state=GrantState.PREPARED)
    other = make_person(Role.DATA_SPECIALIST)
    refused(Forbidden, grant, actions.discard_grant, actor=other, reason="不需要了")
    own = make_person(Role.DATA_SPECIALIST, department=grant.department)
    actions.discard_grant(actor=own, grant=grant, reason="需求撤回")
    assert Grant.objects.get(pk=grant.pk).state == GrantState.DISCARDED


def test_an_active_grant_is_revoked_and_not_discarded() -> None:
    refused(
        Conflict,
        make_grant(),
        actions.discard_grant,
        actor=make_person(Role.BUREAU_ADMINISTRATOR),
        reason="多余",
    )


# --- revoke ---------------------------------------------------------------------------------------


def source_person(grant: Grant, role: Role) -> Person:
    return make_person(role, department=grant.camera.source_department)


def test_the_bureau_revokes_any_grant(ended: list[tuple[int, bool]]) -> None:
    grant = make_grant()
    bureau = make_person(Role.BUREAU_ADMINISTRATOR)
    actions.revoke_grant(actor=bureau, grant=grant, reason=" 用途已变更 ")
    grant.refresh_from_db()
    assert (grant.state, grant.end_reason, grant.ended_by) == (GrantState.REVOKED, "用途已变更", bureau)
    assert not Grant.objects.in_force(clock.now()).exists()
    assert kinds(grant)[-1] == AuditAction.GrantRevoked
    assert ended == [(grant.pk, True)]


@pytest.mark.parametrize("role", [Role.SOURCE_REVIEWER, Role.DATA_SPECIALIST])
def test_the_source_department_revokes_grants_on_its_cameras(role: Role) -> None:
    grant = make_grant()
    actions.revoke_grant(actor=source_person(grant, role), grant=grant, reason="点位改造")
    grant.refresh_from_db()
    assert grant.state == GrantState.REVOKED


def test_viewers_and_specialists_are_told_the_reason() -> None:
    grant = make_grant()
    specialist = make_person(Role.DATA_SPECIALIST, department=grant.department)
    make_person(Role.DATA_SPECIALIST)
    actions.revoke_grant(actor=make_person(Role.BUREAU_ADMINISTRATOR), grant=grant, reason="点位改造")
    told = Notice.objects.order_by("person")
    assert {notice.person for notice in told} == {grant.viewers.get(), specialist}
    assert all("点位改造" in notice.text and grant.number in notice.text for notice in told)
    assert {notice.url for notice in told} == {grant.get_absolute_url()}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.DEPARTMENT_HEAD])
def test_other_roles_of_the_source_department_do_not_revoke(role: Role) -> None:
    grant = make_grant()
    refused(Forbidden, grant, actions.revoke_grant, actor=source_person(grant, role), reason="点位改造")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.BUREAU_ADMINISTRATOR])
def test_another_department_does_not_revoke(role: Role, ended: list[tuple[int, bool]]) -> None:
    grant = make_grant()
    stranger = make_person(role, department=make_department())
    refused(Forbidden, grant, actions.revoke_grant, actor=stranger, reason="点位改造")
    assert ended == []


@pytest.mark.parametrize("reason", ["", "  \n", "理" * 301])
def test_revoking_needs_a_reason_of_fitting_length(reason: str, ended: list[tuple[int, bool]]) -> None:
    grant = make_grant()
    error = refused(
        Invalid, grant, actions.revoke_grant, actor=make_person(Role.BUREAU_ADMINISTRATOR), reason=reason
    )
    assert error.field == "reason" and "理由" in error.message
    assert ended == []


def test_a_grant_is_revoked_once() -> None:
    grant = make_grant()
    bureau = make_person(Role.BUREAU_ADMINISTRATOR)
    actions.revoke_grant(actor=bureau, grant=grant, reason="点位改造")
    error = refused(Conflict, grant, actions.revoke_grant, actor=bureau, reason="再撤一次")
    assert "已撤销" in error.message


def test_when_cutting_fails_the_grant_is_not_revoked() -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("cannot cut")

    grant = make_grant()
    grant_ended.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            actions.revoke_grant(actor=make_person(Role.BUREAU_ADMINISTRATOR), grant=grant, reason="点位改造")
    finally:
        grant_ended.disconnect(fail)
    grant.refresh_from_db()
    assert grant.state == GrantState.ACTIVE


@pytest.mark.django_db(transaction=True)
def test_of_two_who_revoke_at_once_one_wins() -> None:
    grant = make_grant()
    actors = [make_person(Role.BUREAU_ADMINISTRATOR), source_person(grant, Role.SOURCE_REVIEWER)]
    refusals = refusals_at_once(
        *(
            lambda actor=actor: actions.revoke_grant(actor=actor, grant=grant, reason="用途已结束")
            for actor in actors
        )
    )
    assert refusals == [Conflict]
    assert kinds(grant).count(AuditAction.GrantRevoked) == 1


# --- the clock ------------------------------------------------------------------------------------


def test_grants_end_by_the_clock(ended: list[tuple[int, bool]]) -> None:
    over = make_grant(valid_from=in_days(-9), valid_until=in_days(-1))
    suspended = make_grant(valid_from=in_days(-9), valid_until=in_days(-1))
    Grant.objects.filter(pk=suspended.pk).update(state=GrantState.SUSPENDED)
    running = make_grant()
    prepared = make_grant(state=GrantState.PREPARED, valid_from=in_days(-9), valid_until=in_days(-1))
    assert actions.expire_grants() == 2
    states = {grant.pk: grant.state for grant in Grant.objects.all()}
    assert states == {
        over.pk: GrantState.EXPIRED,
        suspended.pk: GrantState.EXPIRED,
        running.pk: GrantState.ACTIVE,
        prepared.pk: GrantState.PREPARED,
    }
    assert sorted(ended) == sorted([(over.pk, True), (suspended.pk, True)])
    assert kinds(over)[-1] == AuditAction.GrantExpired
    assert actions.expire_grants() == 0


def test_a_grant_whose_time_is_over_opens_nothing_even_before_the_timer_comes() -> None:
    make_grant(valid_from=in_days(-9), valid_until=in_days(-0.001))
    make_grant(valid_from=in_days(1), valid_until=in_days(2))
    assert not Grant.objects.in_force(clock.now()).exists()


def test_a_viewer_is_told_once_for_all_grants_of_a_demand() -> None:
    first = make_grant(valid_from=in_days(-9), valid_until=in_days(-1))
    viewer = first.viewers.get()
    for _ in range(3):
        make_grant(
            valid_from=in_days(-9), valid_until=in_days(-1), department=first.department, viewers=[viewer]
        )
    actions.expire_grants()
    notice = Notice.objects.get(person=viewer)
    assert "4 个点位" in notice.text and first.basis_number in notice.text


def test_the_timer_runs_the_same_action() -> None:
    from gongshi.grants.tasks import expire_grants

    grant = make_grant(valid_from=in_days(-9), valid_until=in_days(-1))
    expire_grants(timestamp=0)
    grant.refresh_from_db()
    assert grant.state == GrantState.EXPIRED


# --- what the database itself refuses -------------------------------------------------------------


@pytest.mark.parametrize("ending", [GrantState.REVOKED, GrantState.EXPIRED, GrantState.DISCARDED])
@pytest.mark.parametrize("wanted", [GrantState.ACTIVE, GrantState.PREPARED, GrantState.SUSPENDED])
def test_nothing_revives_an_ended_grant(ending: GrantState, wanted: GrantState) -> None:
    grant = make_grant()
    Grant.objects.filter(pk=grant.pk).update(state=ending, ended_at=clock.now(), end_reason="点位改造")
    with pytest.raises(IntegrityError, match="stays ended"), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(state=wanted, ended_at=None)
    bureau = make_person(Role.BUREAU_ADMINISTRATOR)
    refused(Conflict, grant, actions.activate_grant, actor=bureau)
    refused(Conflict, grant, actions.revoke_grant, actor=bureau, reason="再次")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "revoked", "ended_at": clock.now()}, "revoking_needs_a_reason"),
        ({"state": "revoked", "end_reason": "点位改造"}, "an_ended_grant_says_when"),
        ({"ended_at": clock.now()}, "an_ended_grant_says_when"),
        ({"way": None}, "grant_is_for_stream_or_structured"),
        ({"valid_until": clock.now() - timedelta(days=99)}, "grant_has_a_period"),
    ],
)
def test_the_database_keeps_grants_sound(change: dict[str, Any], constraint: str) -> None:
    grant = make_grant()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(**change)


def test_basis_and_way_have_the_words_of_the_standard() -> None:
    assert Way.LINE.label == "方式三：专线" and Basis.DEMAND.label == "需求"
