"""One viewer's connection: who it is, and the writing side of its socket."""

import asyncio
import struct
import time

from gongshi.media.frame import CLOSE, Frame, Opening, websocket_frame
from gongshi.wire.hooks import OnPlay

# RFC 6455 §7.4.2: 4000-4999 are for private use. ZLMediaKit closes with HTTP codes; a browser shows neither.
CLOSED_GOING = 1001
CLOSED_REFUSED = 4401
CLOSED_KICKED = 4403
CLOSED_NOT_FOUND = 4404

# Between the close frame and the cut: a kick never waits for a peer that does not read.
LINGER_S = 0.05


class Viewer:
    """A connection, from its upgrade to its end.

    Frames are written straight to the transport, the same bytes object for every viewer: no queue, task or
    copy for each, and nobody waits for anybody. The transport's buffer is the viewer's queue; when more than
    `buffer` bytes lie in it, frames are skipped up to the next key frame.
    """

    def __init__(self, asked: OnPlay, transport: asyncio.Transport, buffer: int) -> None:
        """`asked`: who wants to play what; its `id` names the connection everywhere."""
        self.asked = asked
        self.transport = transport
        self.frames_skipped = 0
        self._buffer = buffer
        self._started = time.monotonic()
        self._written = 0
        self._unsent = 0
        self._waits_for_key = True
        self.is_closed = False

    @property
    def id(self) -> str:
        return self.asked.id

    @property
    def key(self) -> tuple[str, str]:
        """App and name of the stream."""
        return self.asked.app, self.asked.stream

    @property
    def sent_bytes(self) -> int:
        """What has left the process, as far as is known."""
        return self._written - self._unsent

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self._started)

    def open(self, opening: Opening) -> None:
        """Send codec and init segment; what follows begins with a key frame."""
        self._waits_for_key = True
        self._write(opening.wire)

    def show(self, frame: Frame) -> bool:
        """Send a frame, or skip it because the viewer is slow; gives whether it was sent."""
        if self.is_closed or self.transport.is_closing():
            return False
        self._unsent = self.transport.get_write_buffer_size()
        if self._unsent > self._buffer:
            self._waits_for_key = True
        if self._waits_for_key and (not frame.is_key or self._unsent > self._buffer // 2):
            self.frames_skipped += 1
            return False
        self._waits_for_key = False
        self._write(frame.wire)
        return True

    def close(self, code: int) -> None:
        """Send a close frame, nothing after it, and cut the connection a moment later, read or not."""
        if self.is_closed or self.transport.is_closing():
            return
        self.is_closed = True
        self._unsent = self.transport.get_write_buffer_size()
        self.transport.write(websocket_frame(CLOSE, struct.pack(">H", code)))
        asyncio.get_running_loop().call_later(LINGER_S, self.transport.abort)

    def _write(self, data: bytes) -> None:
        if not self.is_closed and not self.transport.is_closing():
            self.transport.write(data)
            self._written += len(data)
