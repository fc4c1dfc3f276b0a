"""What media nodes ask and tell (hooks), and what we answer."""

import secrets
from typing import Final

from django.db import transaction

from gongshi.kernel import clock
from gongshi.viewing import streams
from gongshi.viewing.connections import bind_ticket
from gongshi.viewing.endings import end_session
from gongshi.viewing.jobs import ask_to_pull
from gongshi.viewing.models import Ending, MediaNode, NodeStream, PlaySession, PlayState
from gongshi.wire import hooks
from gongshi.wire.hooks import HookReply

AGREED: Final = HookReply()
REFUSED: Final = HookReply(code=1, msg="refused")


def play_asked(node: MediaNode, play: hooks.OnPlay) -> HookReply:
    """on_play: may this ticket play? A refusal gives no detail."""
    node = _heard_from(node, play.boot)
    return AGREED if bind_ticket(node=node, play=play) else REFUSED


def flow_reported(node: MediaNode, report: hooks.OnFlowReport) -> HookReply:
    """on_flow_report: a connection has ended; its session ends with the bytes that were sent."""
    boot = report.boot or node.boot
    session = PlaySession.objects.not_ended().filter(node=node, node_boot=boot, connection=report.id).first()
    if session is not None:
        end_session(session_id=session.pk, ending=_why_lost(session, report), bytes_sent=report.total_bytes)
    return AGREED


def _why_lost(session: PlaySession, report: hooks.OnFlowReport) -> Ending:
    stream = NodeStream.objects.filter(node=session.node_id, path=session.path_id).first()
    never_came = report.total_bytes == 0 and stream is not None and bool(stream.trouble)
    return Ending.SOURCE_LOST if never_came else Ending.CONNECTION_LOST


def stream_changed(node: MediaNode, change: hooks.OnStreamChanged) -> HookReply:
    """on_stream_changed: pictures come, or no longer."""
    stream = streams.stream_named(node, change.app, change.stream)
    if stream is not None:
        (streams.came if change.regist else streams.went)(stream)
    return AGREED


def stream_not_found(node: MediaNode, missing: hooks.OnStreamNotFound) -> HookReply:
    """on_stream_not_found: the pull was asked for with the ticket; make sure of it, or end the wait."""
    stream = streams.stream_named(node, missing.app, missing.stream)
    if stream is None or not streams.waiting_for(stream).exists():
        return HookReply(close=True)
    ask_to_pull(stream)
    return HookReply(close=False)


def stream_unwatched(node: MediaNode, _: hooks.OnStreamNoneReader) -> HookReply:
    """on_stream_none_reader: what nobody watches is not pulled."""
    return HookReply(close=True)


def server_started(node: MediaNode, started: hooks.OnServerStarted) -> HookReply:
    """on_server_started: a plain ZLMediaKit names no boot, so it gets one."""
    _heard_from(node, started.boot or secrets.token_hex(8))
    return AGREED


def server_lives(node: MediaNode, alive: hooks.OnServerKeepalive) -> HookReply:
    """on_server_keepalive."""
    _heard_from(node, alive.boot)
    return AGREED


@transaction.atomic
def _heard_from(node: MediaNode, boot: str | None) -> MediaNode:
    """Note that the node lives; a new boot ends the sessions of the old one. Gives the node as it is now."""
    node = MediaNode.objects.select_for_update(no_key=True).get(pk=node.pk)
    if boot and boot != node.boot:
        node.boot = boot
        _forget_connections(node)
    node.last_seen_at = clock.now()
    node.save(update_fields=["boot", "last_seen_at"])
    return node


def _forget_connections(node: MediaNode) -> None:
    NodeStream.objects.filter(node=node, is_online=True).update(is_online=False, last_online_at=clock.now())
    connected = PlaySession.objects.filter(node=node, state__in=[PlayState.PLAYING, PlayState.ENDING])
    for key in connected.exclude(node_boot=node.boot).order_by("pk").values_list("pk", flat=True):
        end_session(session_id=key, ending=Ending.NODE_RESTARTED)
