"""The end of a look. It is written once, and it frees the slot."""

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AccessOutcome
from gongshi.kernel import clock
from gongshi.viewing.models import Ending, PlaySession, PlayState
from gongshi.viewing.nodes import client_of
from gongshi.wire.client import NodeRefused
from gongshi.wire.rest import Code

# The viewer's own doing; everything else is the system's.
BY_THE_VIEWER = frozenset({Ending.CLOSED, Ending.WATERMARK})


@transaction.atomic
def end_session(*, session_id: int, ending: Ending, bytes_sent: int = 0) -> bool:
    """End a session with its outcome in the register; False when it had ended before.

    A reason that was noted when the session began to be cut goes before `ending`.
    """
    session = locked(session_id)
    if session.state == PlayState.ENDED:
        return False
    session.state = PlayState.ENDED
    session.ending = session.ending or ending
    session.ended_at = clock.now()
    session.bytes = bytes_sent
    session.save(update_fields=["state", "ending", "ended_at", "bytes"])
    why = Ending(session.ending)
    AccessOutcome.objects.create(
        record_id=session.record_id,
        started_at=session.started_at,
        ended_at=session.ended_at,
        bytes=bytes_sent,
        ending=why.label,
    )
    record(
        AuditAction.PlayEnded,
        actor=session.person if why in BY_THE_VIEWER else None,
        thing=session,
        reason=why.label,
        after={"camera": session.camera.code, "bytes": bytes_sent},
    )
    return True


def locked(session_id: int) -> PlaySession:
    """The session with its row locked. Lock order of this room: person, grant, session."""
    sessions = PlaySession.objects.select_for_update(of=("self",)).select_related(
        "person__department", "camera", "path", "node"
    )
    return sessions.get(pk=session_id)


def kick(session: PlaySession) -> None:
    """Cut the connection of a session that is ending. Raises NodeUnreachable, NodeRefused.

    The node's report of the cut ends the session; that the connection is not there is as good.
    """
    if session.state != PlayState.ENDING:
        return
    if session.node_boot != session.node.boot:
        end_session(session_id=session.pk, ending=Ending.NODE_RESTARTED)
        return
    try:
        with client_of(session.node) as node:
            node.kick_session(session.connection)
    except NodeRefused as refusal:
        if refusal.code != Code.OTHER_FAILED:
            raise
        end_session(session_id=session.pk, ending=Ending.CONNECTION_LOST)
