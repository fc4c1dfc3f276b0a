"""Every change to grants. A grant that has ended stays ended: to go on, a new one is asked for."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from gongshi.audit.actions import Entry, record, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.grants.models import Basis, Grant, GrantState, GrantViewer, Way
from gongshi.grants.rules import Permission
from gongshi.grants.signals import grant_ended, viewer_dropped
from gongshi.identity.models import Department, Person
from gongshi.identity.queries import holders, people
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.numbering import next_number
from gongshi.notices.actions import notify

REASON_LENGTH = 300
RUNNING = frozenset({GrantState.ACTIVE, GrantState.SUSPENDED})
LIVE = RUNNING | {GrantState.PREPARED}


@transaction.atomic
def prepare_grant(
    *,
    actor: Person,
    camera: Camera,
    path: AccessPath | None,
    department: Department,
    way: Way | str | None,
    live: bool,
    history: bool,
    viewers: Collection[Person],
    purpose: str,
    valid_from: datetime,
    valid_until: datetime,
    basis: Basis | str,
    basis_number: str,
    object_kinds: Sequence[str] | None = None,
    object_fields: Sequence[str] | None = None,
    receiving_system: str = "",
) -> Grant:
    """Write the grant that becomes valid with acceptance (§7.2). It opens nothing yet.

    Times are aware. Streams have a `way`, live or history or both, and at least one viewer of the department;
    structured data has `object_kinds` and no way. `path` may be empty until it is delivered. Raises Invalid.
    """
    authorise(actor, Permission.Prepare)
    _check_period(valid_from, valid_until)
    _check_camera(camera, path)
    if way is None:
        _check_structured(object_kinds)
    else:
        _check_stream(live, history, viewers, department, object_kinds)
    grant = Grant.objects.create(
        number=next_number("SQ"),
        camera=camera,
        path=path,
        department=department,
        way=way,
        live=live,
        history=history,
        purpose=purpose,
        valid_from=valid_from,
        valid_until=valid_until,
        basis=basis,
        basis_number=basis_number,
        object_kinds=None if object_kinds is None else list(object_kinds),
        object_fields=None if object_fields is None else list(object_fields),
        receiving_system=receiving_system,
    )
    named = sorted({person.pk: person for person in viewers}.values(), key=lambda person: person.pk)
    GrantViewer.objects.bulk_create(GrantViewer(grant=grant, person=person) for person in named)
    record(
        AuditAction.GrantPrepared,
        actor=actor,
        thing=grant,
        after={
            "camera": camera.code,
            "department": department.name,
            "way": way,
            "live": live,
            "history": history,
            "viewers": [person.account for person in named],
            "valid_from": valid_from,
            "valid_until": valid_until,
            "basis": f"{Basis(basis).label} {basis_number}".strip(),
        },
    )
    return grant


@transaction.atomic
def activate_grant(*, actor: Person, grant: Grant) -> None:
    """Let a prepared grant open from `valid_from` on. Raises Conflict when it is not prepared.

    Says nothing to the viewers: a lane has many grants and its acceptance tells them once.
    """
    authorise(actor, Permission.Activate, grant)
    grant = _locked(grant)
    _require(grant, {GrantState.PREPARED}, "只有待生效的授权可以生效")
    grant.state = GrantState.ACTIVE
    grant.save(update_fields=["state"])
    _record_change(AuditAction.GrantActivated, actor, grant, GrantState.PREPARED)


@transaction.atomic
def discard_grant(*, actor: Person, grant: Grant, reason: str) -> None:
    """End a prepared grant that will not come: not delivered, not accepted, demand withdrawn.

    Raises Invalid without a reason, Conflict when the grant is not prepared.
    """
    authorise(actor, Permission.Discard, grant)
    grant = _locked(grant)
    reason = _reason(reason, "请填写取消授权的原因。")
    _require(grant, {GrantState.PREPARED}, "只有待生效的授权可以取消")
    _end(grant, GrantState.DISCARDED, AuditAction.GrantDiscarded, actor, reason)


@transaction.atomic
def revoke_grant(*, actor: Person, grant: Grant, reason: str) -> None:
    """End a running grant for a reason; pictures running on it stop. Tells viewers and data specialists.

    Raises Invalid without a reason, Conflict when the grant is not running.
    """
    authorise(actor, Permission.Revoke, grant)
    grant = _locked(grant)
    reason = _reason(reason, "请填写撤销理由，使用部门将看到该理由。")
    _require(grant, RUNNING, "只有生效中的授权可以撤销")
    _end(grant, GrantState.REVOKED, AuditAction.GrantRevoked, actor, reason)
    grant_ended.send(Grant, grant=grant)
    notify(
        _concerned([grant]),
        f"授权 {grant.number}（{grant.camera.name}）已被撤销，理由：{reason}",
        grant.get_absolute_url(),
    )


@transaction.atomic
def drop_viewer(*, actor: Person | None, person: Person, department: Department, reason: str) -> int:
    """Take somebody who left this department off its grants that live; gives how many.

    Nobody else is put in his place: its data specialists are told, and the pictures he watches are cut.
    """
    seats = list(
        GrantViewer.objects.select_for_update(of=("self",))
        .select_related("grant__camera")
        .filter(person=person, grant__department=department, grant__state__in=LIVE)
        .order_by("grant_id")
    )
    GrantViewer.objects.filter(pk__in=[seat.pk for seat in seats]).delete()
    record_many(
        AuditAction.GrantViewerDropped,
        actor=actor,
        entries=[
            Entry(seat.grant, before={"viewers": [person.account]}, after={"viewers": []}, reason=reason)
            for seat in seats
        ],
    )
    if seats:
        viewer_dropped.send(Grant, person=person, grants=[seat.grant_id for seat in seats])
        notify(
            holders(Role.DATA_SPECIALIST, department),
            f"{reason}，已从 {len(seats)} 项授权的使用人员中移除。如需他人使用，请重新提交需求。",
            reverse("grants:grants"),
        )
    return len(seats)


@transaction.atomic
def take_over_grants(*, actor: Person | None, department: Department, into: Department, reason: str) -> int:
    """The grants that live go on with the department that this one became part of; gives how many.

    Those that have ended stay under the old name.
    """
    grants = list(
        Grant.objects.select_for_update(of=("self",))
        .select_related("camera")
        .filter(department=department, state__in=LIVE)
        .order_by("id")
    )
    Grant.objects.filter(pk__in=[grant.pk for grant in grants]).update(department=into)
    before, after = {"department": department.name}, {"department": into.name}
    record_many(
        AuditAction.GrantTakenOver,
        actor=actor,
        entries=[Entry(grant, before=before, after=after, reason=reason) for grant in grants],
    )
    return len(grants)


def expire_grants() -> int:
    """End every running grant whose time is over; gives how many. Grants of one basis end together."""
    over = Grant.objects.filter(state__in=RUNNING, valid_until__lte=clock.now()).order_by("id")
    of_basis: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, department, basis_number in over.values_list("pk", "department_id", "basis_number"):
        of_basis[department, basis_number].append(pk)
    return sum(_expire_together(grant_ids) for grant_ids in of_basis.values())


@transaction.atomic
def _expire_together(grant_ids: list[int]) -> int:
    # Grants that somebody else is ending at this moment are looked at again a minute later.
    grants = list(
        Grant.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("camera", "department")
        .filter(pk__in=grant_ids, state__in=RUNNING)
        .order_by("id")
    )
    for grant in grants:
        _end(grant, GrantState.EXPIRED, AuditAction.GrantExpired, None, "使用期限届满")
        grant_ended.send(Grant, grant=grant)
    if grants:
        first = grants[0]
        which = first.camera.name if len(grants) == 1 else f"{first.camera.name}等 {len(grants)} 个点位"
        notify(
            _concerned(grants),
            f"{which}的授权已到期（依据 {first.basis_number or first.get_basis_display()}）。"
            "如需继续使用，请重新提交需求。",
            first.get_absolute_url(),
        )
    return len(grants)


@transaction.atomic
def end_with_cameras(*, actor: Person, cameras: Mapping[int, str]) -> int:
    """The grants on cameras that were withdrawn from the catalogue end; gives how many.

    `cameras` are their numbers with the reason of each. Running pictures stop; viewers and data specialists
    are told, once for each department.
    """
    grants = list(
        Grant.objects.select_for_update(of=("self",))
        .select_related("camera", "department")
        .filter(camera__in=list(cameras), state__in=LIVE)
        .order_by("id")
    )
    running: dict[int, list[Grant]] = defaultdict(list)
    for grant in grants:
        reason = f"点位已撤回：{cameras[grant.camera_id]}"[:REASON_LENGTH]
        if grant.state == GrantState.PREPARED:
            _end(grant, GrantState.DISCARDED, AuditAction.GrantDiscarded, actor, reason)
            continue
        _end(grant, GrantState.REVOKED, AuditAction.GrantRevoked, actor, reason)
        grant_ended.send(Grant, grant=grant)
        running[grant.department_id].append(grant)
    for ended in running.values():
        first = ended[0]
        which = first.camera.name if len(ended) == 1 else f"{first.camera.name}等 {len(ended)} 个点位"
        notify(
            _concerned(ended),
            f"{which}已从视频资源目录撤回，相应授权随之终止。理由：{first.end_reason}",
            first.get_absolute_url(),
        )
    return len(grants)


def _locked(grant: Grant) -> Grant:
    grants = Grant.objects.select_for_update(of=("self",)).select_related("camera", "department")
    return grants.get(pk=grant.pk)


def _end(grant: Grant, state: GrantState, action: AuditAction, actor: Person | None, reason: str) -> None:
    before = GrantState(grant.state)
    grant.state, grant.ended_at, grant.ended_by, grant.end_reason = state, clock.now(), actor, reason
    grant.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])
    _record_change(action, actor, grant, before, reason)


def _record_change(
    action: AuditAction, actor: Person | None, grant: Grant, before: GrantState, reason: str = ""
) -> None:
    after = {"state": str(grant.state)}
    record(action, actor=actor, thing=grant, before={"state": before.value}, after=after, reason=reason)


def _concerned(grants: Sequence[Grant]) -> set[Person]:
    """The named viewers and data specialists of the using department, which is one for all these grants."""
    viewers = people().filter(grant_viewers__grant__in=grants, is_active=True)
    return {*viewers, *holders(Role.DATA_SPECIALIST, grants[0].department)}


def _require(grant: Grant, states: Collection[str], sentence: str) -> None:
    if grant.state not in states:
        label = GrantState(grant.state).label
        raise Conflict(f"{sentence}，{grant.number} 当前为“{label}”。请刷新页面查看最新状态。")


def _reason(reason: str, sentence: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid(sentence, field="reason")
    if len(reason) > REASON_LENGTH:
        raise Invalid(f"理由不能超过 {REASON_LENGTH} 个字，请精简后再提交。", field="reason")
    return reason


def _check_period(valid_from: datetime, valid_until: datetime) -> None:
    if valid_from.tzinfo is None or valid_until.tzinfo is None:
        raise ValueError("the period of a grant has aware times")
    if valid_until <= valid_from:
        raise Invalid("授权的截止时间必须晚于起始时间，请核对使用期限。", field="valid_until")


def _check_camera(camera: Camera, path: AccessPath | None) -> None:
    if camera.publication != Publication.PUBLISHED:
        raise Invalid(f"点位“{camera.name}”已撤回，不能授权，请从清单中移除。", field="camera")
    if path is not None and path.camera_id != camera.pk:
        raise Invalid(f"接入路径不属于点位“{camera.name}”，请重新选择。", field="path")


def _check_structured(object_kinds: Sequence[str] | None) -> None:
    if not object_kinds:
        raise Invalid("结构化数据授权须至少选择一类数据对象。", field="object_kinds")


def _check_stream(
    live: bool,
    history: bool,
    viewers: Collection[Person],
    department: Department,
    object_kinds: Sequence[str] | None,
) -> None:
    if object_kinds is not None:
        raise Invalid("视频流授权不能包含结构化数据对象。", field="object_kinds")
    if not (live or history):
        raise Invalid("请选择实时或历史，至少一项。", field="live")
    if not viewers:
        raise Invalid("视频流授权须指定至少一名使用人员。", field="viewers")
    strangers = "、".join(person.name for person in viewers if person.department_id != department.pk)
    if strangers:
        raise Invalid(f"使用人员须为{department.name}的人员，请移除：{strangers}。", field="viewers")
