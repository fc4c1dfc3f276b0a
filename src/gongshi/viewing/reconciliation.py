"""Every 10 s: what the nodes really have, against what we believe. Mends whatever a lost hook left behind."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from gongshi.catalogue.clearance import cleared
from gongshi.grants.queries import rights_to_watch
from gongshi.identity.roles import BUSINESS_ROLES
from gongshi.kernel import clock
from gongshi.login.models import LoginSession
from gongshi.viewing import streams
from gongshi.viewing.cutting import cut
from gongshi.viewing.endings import end_session, kick
from gongshi.viewing.models import Ending, MediaNode, PlaySession, PlaySessionQuerySet, PlayState
from gongshi.viewing.nodes import client_of, is_alive
from gongshi.wire.client import NodeClient, NodeRefused, NodeUnreachable
from gongshi.wire.rest import SessionInfo

log = logging.getLogger(__name__)

# A connection that was bound while the node was answering may be missing from its answer.
FRESH: Final = timedelta(seconds=2)
# getAllSession of a ZLMediaKit also lists cameras that push; only these kinds are viewers.
VIEWER_KINDS: Final = ("Viewer", "HttpSession")


def end_unused_tickets() -> int:
    """End the sessions whose ticket nobody used in time; gives how many."""
    unused = PlaySession.objects.filter(state=PlayState.ISSUED, ticket_expires_at__lte=clock.now())
    keys = unused.order_by("pk").values_list("pk", flat=True)
    return sum(end_session(session_id=key, ending=Ending.UNUSED) for key in keys)


def cut_without_right() -> int:
    """Cut whoever may no longer watch, should the news of it have been lost; gives how many."""
    open_ones = PlaySession.objects.filter(state__in=[PlayState.ISSUED, PlayState.PLAYING])
    rights = rights_to_watch().filter(
        grant=OuterRef("grant"),
        person=OuterRef("person"),
        person__role_assignments__role__in=BUSINESS_ROLES,
    )
    without: list[tuple[PlaySessionQuerySet, Ending]] = [
        (open_ones.filter(person__is_active=False), Ending.ACCOUNT_LOCKED),
        (open_ones.exclude(cleared("person", "camera")), Ending.CLEARANCE),
        (open_ones.exclude(Exists(rights)), Ending.RIGHT_ENDED),
        (open_ones.exclude(Q(login_key="") | Exists(_log_ins())), Ending.LOGIN_ENDED),
    ]
    return sum(cut(sessions, ending) for sessions, ending in without)


def _log_ins() -> QuerySet[LoginSession]:
    """The logins that still live, by the text under which a play session knows its own."""
    live = LoginSession.objects.live().annotate(login_key=Cast("pk", CharField()))
    return live.filter(login_key=OuterRef("login_key"))


def reconcile_node(node: MediaNode) -> None:
    """Compare one node's connections and streams with the sessions on it.

    A node that answers nothing and has been silent too long has lost its connections: they end.
    """
    asked_at = clock.now()
    try:
        with client_of(node) as client:
            connections = client.all_sessions()
            online = {media.stream for media in client.media_list() if media.app == streams.APP}
            _compare(node, connections, asked_at, client)
    except (NodeUnreachable, NodeRefused) as error:
        log.warning("media node %s does not answer: %s", node.code, error)
        if not is_alive(node, asked_at):
            _end_connected(_connected_to(node))
        return
    streams.note_online(node, online)


def _compare(node: MediaNode, connections: list[SessionInfo], asked_at: datetime, client: NodeClient) -> None:
    present = {connection.id for connection in connections}
    sessions = _connected_to(node)
    _end_connected(sessions.exclude(connection__in=present, node_boot=node.boot), before=asked_at - FRESH)
    for session in sessions.filter(state=PlayState.ENDING).select_related("node"):
        kick(session)
    _kick_strangers(node, connections, client)


def _connected_to(node: MediaNode) -> PlaySessionQuerySet:
    return PlaySession.objects.filter(node=node, state__in=[PlayState.PLAYING, PlayState.ENDING])


def _end_connected(sessions: PlaySessionQuerySet, before: datetime | None = None) -> None:
    if before is not None:
        sessions = sessions.filter(started_at__lt=before)
    for key in sessions.order_by("pk").values_list("pk", flat=True):
        end_session(session_id=key, ending=Ending.CONNECTION_LOST)


def _kick_strangers(node: MediaNode, connections: list[SessionInfo], client: NodeClient) -> None:
    """Cut connections without a session, the second time they are found: at first they may be asking."""
    known = set(_connected_to(node).filter(node_boot=node.boot).values_list("connection", flat=True))
    viewers = {one.id for one in connections if one.typeid.rpartition(".")[2].endswith(VIEWER_KINDS)}
    strangers = viewers - known
    for connection in strangers & set(node.strangers):
        try:
            client.kick_session(connection)
        except NodeRefused:
            # It left by itself.
            continue
    MediaNode.objects.filter(pk=node.pk).update(strangers=sorted(strangers))
