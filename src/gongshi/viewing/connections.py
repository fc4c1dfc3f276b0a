"""A ticket becomes a connection: the one question that a media node asks."""

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.clearance import SHORT, is_cleared
from gongshi.grants.models import Grant
from gongshi.grants.queries import grants_to_watch
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.authority import may
from gongshi.kernel.errors import Forbidden
from gongshi.viewing.endings import locked
from gongshi.viewing.models import MediaNode, PlaySession, PlayState
from gongshi.viewing.rules import Permission
from gongshi.viewing.streams import APP, name_of
from gongshi.viewing.tickets import digest, ticket_in
from gongshi.wire.hooks import OnPlay


def bind_ticket(*, node: MediaNode, play: OnPlay) -> bool:
    """Whether this connection may play. Binds the ticket to it; a ticket is good for one connection only.

    The same connection may ask again and gets the same answer, since a node repeats a hook that timed out.
    `node` is as the database has it now: its `boot` tells connections of two lives of a node apart.
    """
    found = PlaySession.objects.filter(ticket_hash=digest(ticket_in(play.params)))
    session = found.select_related("person__department", "camera").first()
    try:
        if session is None:
            raise Forbidden("没有这张票据。")
        with transaction.atomic():
            _bind(session, node, play)
    except Forbidden as refusal:
        _record_refusal(session, node, refusal.message)
        return False
    return True


def _bind(found: PlaySession, node: MediaNode, play: OnPlay) -> None:
    # What may end the right is locked before the session: whoever ends it waits for us, or we for him.
    person = Person.objects.select_for_update(no_key=True).get(pk=found.person_id)
    grant = Grant.objects.select_for_update(no_key=True).get(pk=found.grant_id)
    session = locked(found.pk)
    if _is_bound_to(session, node, play):
        return
    now = clock.now()
    if session.state != PlayState.ISSUED:
        raise Forbidden("票据已经用过。")
    if session.ticket_expires_at <= now:
        raise Forbidden("票据已过期。")
    if session.node_id != node.pk or (play.app, play.stream) != (APP, name_of(session.path)):
        raise Forbidden("票据不是这路视频的。")
    if PlaySession.objects.filter(node=node, node_boot=node.boot, connection=play.id).exists():
        raise Forbidden("这个连接已经用过另一张票据。")
    if not may(person, Permission.Watch):
        raise Forbidden("账号已无查看权限。")
    # Also whether he is still named, and the camera still published: all that opening asked for.
    if not grants_to_watch(person).filter(pk=grant.pk).exists():
        raise Forbidden("授权已结束。")
    if not is_cleared(person, session.camera):
        raise Forbidden(f"{SHORT}。")
    session.state = PlayState.PLAYING
    session.connection = play.id
    session.node_boot = node.boot
    session.started_at = now
    session.save(update_fields=["state", "connection", "node_boot", "started_at"])


def _is_bound_to(session: PlaySession, node: MediaNode, play: OnPlay) -> bool:
    bound = (session.node_id, session.node_boot, session.connection)
    return session.state == PlayState.PLAYING and bound == (node.pk, node.boot, play.id)


@transaction.atomic
def _record_refusal(session: PlaySession | None, node: MediaNode, why: str) -> None:
    record(
        AuditAction.PlayRefused,
        actor=session.person if session else None,
        thing=session or node,
        reason=why,
        after={"node": node.code},
        succeeded=False,
    )
