"""The viewer's socket: `GET /{app}/{stream}.live.mp4?ticket=…`, a WebSocket.

The order is ZLMediaKit's: upgrade, hook on_play, then (when the stream is not there) hook on_stream_not_found
and a wait, then media. Not one media byte leaves before the control plane has agreed; silence is a refusal.
"""

import asyncio
import contextlib
import logging
import socket
from itertools import count
from typing import cast

from aiohttp import WSMsgType, web

from gongshi.media.hooks import Hooks, HookUnanswered
from gongshi.media.settings import MediaSettings
from gongshi.media.streams import Streams
from gongshi.media.viewer import CLOSED_GOING, CLOSED_KICKED, CLOSED_NOT_FOUND, CLOSED_REFUSED, Viewer
from gongshi.wire.hooks import Hook, OnFlowReport, OnPlay, OnStreamNotFound

log = logging.getLogger(__name__)

SOCKET_PATH = "/{app}/{stream:.+}.live.mp4"
# Long, since a slow viewer's answer waits behind what it has not read; a dead one is noticed by its silence
# towards TCP.
HEARTBEAT_S = 60.0
TCP_SILENCE_MS = 20_000
LARGEST_MESSAGE = 4096


class Playing:
    """All viewers, those that wait for leave or for their stream included."""

    def __init__(self, settings: MediaSettings, hooks: Hooks, streams: Streams) -> None:
        self.viewers: dict[str, Viewer] = {}
        self._settings = settings
        self._hooks = hooks
        self._streams = streams
        self._numbers = count(1)

    def kick(self, id: str) -> bool:
        """Cut a connection; False when there is none."""
        viewer = self.viewers.get(id)
        if viewer is not None:
            viewer.close(CLOSED_KICKED)
        return viewer is not None

    def close(self) -> None:
        """Cut all connections."""
        for viewer in self.viewers.values():
            viewer.close(CLOSED_GOING)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one viewer until it leaves or is cut."""
        # No close of its own: after ours a second one would be an error to the browser (RFC 6455 §5.5.1).
        ws = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S, compress=False, max_msg_size=LARGEST_MESSAGE, autoclose=False
        )
        if not ws.can_prepare(request):
            raise web.HTTPUpgradeRequired(text="this address is a WebSocket")
        if self._settings.origins and request.headers.get("Origin", "") not in self._settings.origins:
            raise web.HTTPForbidden(text="this origin may not open a socket")
        await ws.prepare(request)
        viewer = self._viewer(request)
        self.viewers[viewer.id] = viewer
        leave = asyncio.create_task(self._may_play(viewer))
        showing = asyncio.create_task(self._show(viewer, leave))
        try:
            # Reading answers pings and notices the end; a viewer has nothing to say.
            async for message in ws:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            if viewer.is_closed:
                viewer.transport.abort()
            showing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await showing
            del self.viewers[viewer.id]
            self._report(viewer, after=leave)
        return ws

    async def _show(self, viewer: Viewer, leave: asyncio.Task[bool]) -> None:
        """Wait for leave and for the stream, then keep the viewer among its viewers until cancelled."""
        if not await asyncio.shield(leave):
            viewer.close(CLOSED_REFUSED)
            return
        stream = self._streams.online(*viewer.key)
        if stream is None:
            missing = OnStreamNotFound.model_validate(viewer.asked.model_dump())
            stream = await self._streams.wait_for(viewer, missing)
        if stream is None:
            viewer.close(CLOSED_NOT_FOUND)
            return
        self._streams.admit(viewer, stream)
        try:
            await asyncio.Future()
        finally:
            self._streams.dismiss(viewer, stream)

    async def _may_play(self, viewer: Viewer) -> bool:
        try:
            reply = await self._hooks.ask(Hook.PLAY, viewer.asked)
        except HookUnanswered:
            return False
        if reply.code != 0:
            log.info("%s: %s/%s refused: %s", viewer.id, *viewer.key, reply.msg)
        return reply.code == 0

    def _viewer(self, request: web.Request) -> Viewer:
        transport = cast(asyncio.Transport, request.transport)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TCP_SILENCE_MS)
        ip, port = transport.get_extra_info("peername")[:2]
        asked = OnPlay(
            app=request.match_info["app"],
            stream=request.match_info["stream"],
            # As ZLMediaKit forms it: counter and file descriptor.
            id=f"{next(self._numbers)}-{connection.fileno()}",
            ip=request.headers.get(self._settings.forwarded_ip_header, ip),
            port=port,
            params=request.rel_url.raw_query_string,
            protocol="ws",
        )
        return Viewer(asked, transport, self._settings.viewer_buffer)

    def _report(self, viewer: Viewer, after: asyncio.Task[bool]) -> None:
        """Tell how much a connection got, however little it was and however it ended.

        Never before on_play has its answer, even if the viewer did not stay for it: the control plane would
        take a connection for alive that has ended.
        """
        asked = viewer.asked.model_dump()
        flow = OnFlowReport(**asked, total_bytes=viewer.sent_bytes, duration=viewer.seconds)
        self._hooks.tell(Hook.FLOW_REPORT, flow, after=after)
