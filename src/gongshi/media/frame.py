"""A frame as it travels through the node, and as it lies on every viewer's socket."""

import json
import struct
from dataclasses import dataclass

from gongshi.media.fmp4 import InitSegment

TEXT, BINARY, CLOSE = 0x1, 0x2, 0x8
FINAL = 0x80


def websocket_frame(opcode: int, payload: bytes) -> bytes:
    """An unmasked, final WebSocket frame (RFC 6455 §5.2): the same bytes for every viewer."""
    size = len(payload)
    if size < 126:
        head = struct.pack(">BB", FINAL | opcode, size)
    elif size < 65_536:
        head = struct.pack(">BBH", FINAL | opcode, 126, size)
    else:
        head = struct.pack(">BBQ", FINAL | opcode, 127, size)
    return head + payload


@dataclass(frozen=True)
class Frame:
    """One video frame, ready to be written to any number of sockets."""

    wire: bytes
    is_key: bool


@dataclass(frozen=True)
class Opening:
    """What a viewer gets before the first frame: the codec's name as text (as go2rtc does), the init segment.

    A plain ZLMediaKit sends no text: a player must cope without, and read the codec from avcC/hvcC in the
    init segment. Times count from the start of the stream, not of the viewer, since the bytes are the same
    for all: a player starts at `buffered.start(0)`.
    """

    init: InitSegment

    @property
    def wire(self) -> bytes:
        greeting = json.dumps({"type": "mse", "value": self.init.mime})
        return websocket_frame(TEXT, greeting.encode()) + websocket_frame(BINARY, self.init.data)
