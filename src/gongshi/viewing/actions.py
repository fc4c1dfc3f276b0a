"""Opening and closing a look, and registering media nodes."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AccessKind, AccessRecord
from gongshi.catalogue.clearance import is_cleared, why_not_cleared
from gongshi.catalogue.codes import NetworkZone, Protocol
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.grants.models import Grant
from gongshi.grants.queries import grant_to_watch
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Forbidden, GongshiError, Invalid, Unavailable
from gongshi.login.networks import is_allowed
from gongshi.viewing.cutting import cut
from gongshi.viewing.jobs import ask_to_pull
from gongshi.viewing.models import Ending, MediaNode, NodeStream, PlaySession
from gongshi.viewing.nodes import node_for
from gongshi.viewing.rules import Permission
from gongshi.viewing.tickets import TICKET_LIFE, digest, new_ticket

MOST_AT_ONCE: Final = 4  # App. B.2
REASON_LENGTHS: Final = range(2, 301)


@dataclass(frozen=True)
class OpenedSession:
    """A session and its ticket, which exists nowhere else in plain."""

    session: PlaySession
    ticket: str


def open_session(
    *, actor: Person, camera_id: int, kind: str, reason: str, address: str | None, login_key: str
) -> OpenedSession:
    """Let a person look at a camera (App. B.2), on the strength of a grant only.

    The access register has its row before a ticket exists. `login_key`: `login.watching.login_key`.
    Raises Invalid (nothing is recorded), or Forbidden, Conflict, Unavailable, and such a refusal is recorded.
    """
    reason = reason.strip()
    if len(reason) not in REASON_LENGTHS:
        raise Invalid("请填写查看事由（2 至 300 字），事由将记入信息调用登记。", field="reason")
    if kind != AccessKind.LIVE:
        raise Invalid("历史查看尚未开通，请选择实时查看。", field="kind")
    try:
        with transaction.atomic():
            return _open(actor, camera_id, reason, address, login_key)
    except (Forbidden, Conflict, Unavailable) as refusal:
        _record_refusal(actor, camera_id, refusal)
        raise


@transaction.atomic
def close_session(*, actor: Person, session: PlaySession, ending: Ending = Ending.CLOSED) -> None:
    """Close one's own look; one that has ended stays as it is. The slot is free when the node confirms."""
    authorise(actor, Permission.CloseSession, session)
    cut(PlaySession.objects.filter(pk=session.pk), ending)


@transaction.atomic
def ensure_local_node() -> MediaNode:
    """Register the media node of this machine as it is configured now, for an installation that starts."""
    environment = settings.ENVIRONMENT
    wanted = {
        "name": "本机媒体节点",
        "network_zone": NetworkZone.GOVERNMENT,
        "api_url": f"http://{environment.media_host}:{environment.media_port}",
        "api_secret": environment.media_secret,
        "socket_url": environment.socket_url,
        "is_active": True,
    }
    node = MediaNode.objects.select_for_update().filter(code=environment.media_node).first()
    node = node or MediaNode(code=environment.media_node)
    changed = [name for name, value in wanted.items() if getattr(node, name) != value]
    if node.pk and not changed:
        return node
    for name, value in wanted.items():
        setattr(node, name, value)
    node.save()
    shown = {name: wanted[name] for name in changed if name != "api_secret"}
    record(AuditAction.NodeRegistered, actor=None, thing=node, after=shown)
    return node


def _open(actor: Person, camera_id: int, reason: str, address: str | None, login_key: str) -> OpenedSession:
    authorise(actor, Permission.Watch)
    person = (
        Person.objects.select_for_update(no_key=True, of=("self",))
        .select_related("department")
        .get(pk=actor.pk)
    )
    authorise(person, Permission.Watch)
    if not is_allowed(person, address):
        raise Forbidden(
            "您所在的网络不在允许的网络范围内，不能查看视频。请在允许的网络中查看，或联系安全管理员。"
        )
    grant = _grant_for(person, camera_id)
    _check_slots(person)
    path = _path_of(grant)
    node = node_for(path.network_zone)
    if node is None:
        zone = path.get_network_zone_display()
        raise Unavailable(f"{zone}暂无可用的媒体节点，请稍后再试；如持续出现，请联系系统管理员。")
    session, ticket = _issue(person, grant, path, node, reason, address, login_key)
    stream, _ = NodeStream.objects.get_or_create(node=node, path=path)
    ask_to_pull(stream)
    return OpenedSession(session, ticket)


def _grant_for(person: Person, camera_id: int) -> Grant:
    """The grant in force, locked: whoever ends it now waits for this session, and then cuts it."""
    grant = grant_to_watch(person, camera_id)
    if grant is not None:
        grants = Grant.objects.select_for_update(no_key=True, of=("self",)).in_force(clock.now())
        grant = grants.select_related("camera__source_department", "path").filter(pk=grant.pk).first()
    if grant is None:
        raise Forbidden("您没有该点位的有效授权。如因工作需要，请由本部门数据专员提交业务事项需求。")
    if not grant.live:
        raise Forbidden("您的授权不包括实时查看。如因工作需要，请由本部门数据专员提交业务事项需求。")
    if not is_cleared(person, grant.camera):
        raise Forbidden(why_not_cleared(person, grant.camera), code="clearance")
    return grant


def _check_slots(person: Person) -> None:
    if PlaySession.objects.filter(person=person).holding_slots(clock.now()).count() >= MOST_AT_ONCE:
        raise Conflict(
            f"您已同时打开 {MOST_AT_ONCE} 路视频（附录 B.2 上限），请先关闭一路再打开。",
            code="too_many_streams",
        )


def _path_of(grant: Grant) -> AccessPath:
    if grant.path is None:
        raise Unavailable("该点位的接入路径已变更，请联系大数据局数据管理员重新实施。")
    if grant.path.protocol != Protocol.RTSP or not grant.path.main_url:
        way = grant.path.get_protocol_display()
        raise Unavailable(f"该点位以“{way}”方式接入，本平台暂不能直接播放，请联系运维人员。")
    return grant.path


def _issue(
    person: Person,
    grant: Grant,
    path: AccessPath,
    node: MediaNode,
    reason: str,
    address: str | None,
    login_key: str,
) -> tuple[PlaySession, str]:
    """Register the look, then make its ticket."""
    camera, now, ticket = grant.camera, clock.now(), new_ticket()
    entry = AccessRecord.objects.create(
        opened_at=now,
        kind=AccessKind.LIVE,
        reason=reason,
        camera_code=camera.code,
        camera_name=camera.name,
        source_department=camera.source_department.name,
        source_department_id=camera.source_department_id,
        person_id=person.pk,
        person_account=person.account,
        person_name=person.name,
        department_id=person.department_id,
        department_name=person.department_name,
        grant_number=grant.number,
        basis=f"{grant.get_basis_display()} {grant.basis_number}".strip(),
        address=address,
    )
    session = PlaySession.objects.create(
        person=person,
        camera=camera,
        path=path,
        grant=grant,
        node=node,
        record=entry,
        kind=AccessKind.LIVE,
        reason=reason,
        address=address,
        login_key=login_key,
        ticket_hash=digest(ticket),
        ticket_expires_at=now + TICKET_LIFE,
        issued_at=now,
    )
    record(
        AuditAction.PlayOpened,
        actor=person,
        thing=session,
        reason=reason,
        after={"camera": camera.code, "grant": grant.number, "node": node.code},
    )
    return session, ticket


@transaction.atomic
def _record_refusal(actor: Person, camera_id: int, refusal: GongshiError) -> None:
    camera = Camera.objects.filter(pk=camera_id).first()
    record(
        AuditAction.PlayRefused,
        actor=actor,
        thing=camera or Camera(pk=camera_id),
        label=str(camera) if camera else f"点位 {camera_id}",
        reason=refusal.message,
        after={"code": refusal.code},
        succeeded=False,
    )
