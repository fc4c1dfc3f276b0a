"""A player as a browser would be: reads the socket, and can decode what came."""

import asyncio
import io
import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import av

from gongshi.media.node import MediaNode


@dataclass
class Player:
    """Everything that came, in order. `close_code` is set when the node has closed."""

    texts: list[dict[str, Any]] = field(default_factory=list)
    binaries: list[bytes] = field(default_factory=list)
    close_code: int | None = None
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _reading: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, http: aiohttp.ClientSession, node: MediaNode, path: str, origin: str | None = None
    ) -> "Player":
        player = cls()
        url = f"ws://127.0.0.1:{node.port}/{path}"
        player._socket = await http.ws_connect(url, max_msg_size=0, origin=origin)
        player._reading = asyncio.create_task(player._read())
        return player

    @property
    def media_bytes(self) -> int:
        return sum(map(len, self.binaries))

    @property
    def frames(self) -> list[bytes]:
        return [part for part in self.binaries if part[4:8] == b"moof"]

    async def wait_for_frames(self, number: int, timeout_s: float = 10.0) -> None:
        async with asyncio.timeout(timeout_s):
            while len(self.frames) < number:
                if self._reading is None or self._reading.done():
                    raise AssertionError(f"closed with {self.close_code} after {len(self.frames)} frames")
                await asyncio.sleep(0.01)

    async def wait_for_end(self, timeout_s: float = 10.0) -> int | None:
        assert self._reading is not None
        async with asyncio.timeout(timeout_s):
            await self._reading
        return self.close_code

    async def leave(self) -> None:
        assert self._socket is not None
        await self._socket.close()

    def decoded(self) -> list[av.VideoFrame]:
        with av.open(io.BytesIO(b"".join(self.binaries)), format="mp4") as container:
            return list(container.decode(video=0))

    async def _read(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self.texts.append(json.loads(message.data))
            elif message.type is aiohttp.WSMsgType.BINARY:
                self.binaries.append(message.data)
        self.close_code = self._socket.close_code
