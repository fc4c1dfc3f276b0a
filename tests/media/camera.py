"""A real RTSP camera for tests: the demonstration's camera server, in a thread, with short clips."""

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import av
import numpy as np

from gongshi.demo.cameras import CameraServer

ENCODERS = {
    "h264": ("libx264", {"preset": "ultrafast", "g": "25", "sc_threshold": "0", "bf": "0"}),
    "hevc": (
        "libx265",
        {"preset": "ultrafast", "x265-params": "keyint=25:scenecut=0:bframes=0:log-level=none"},
    ),
    "reordered": ("libx264", {"preset": "fast", "g": "25", "sc_threshold": "0", "bf": "2"}),
}


def write_clip(path: Path, kind: str, width: int = 320, height: int = 180, seconds: int = 3) -> None:
    """A light that moves over a grey field, 25 frames a second, one key frame a second."""
    encoder, options = ENCODERS[kind]
    with av.open(str(path), "w") as clip:
        video = clip.add_stream(encoder, rate=25, options=options)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        for number in range(seconds * 25):
            picture = np.full((height, width, 3), 60, np.uint8)
            left = number * 4 % (width - 40)
            picture[40:80, left : left + 40] = 220
            clip.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        clip.mux(video.encode())


class CountingServer(CameraServer):
    """Counts who has come."""

    plays = 0

    def parse_play_count(self, uri: str) -> int:
        self.plays += 1
        return super().parse_play_count(uri)


class Camera:
    """A camera server that can be switched off and on, on one port."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = 0
        self.plays_before = 0
        self.server: CountingServer | None = None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    @property
    def plays(self) -> int:
        """How often a client has asked for a clip."""
        return self.plays_before + (self.server.plays if self.server else 0)

    def url(self, clip: str = "h264") -> str:
        return f"rtsp://127.0.0.1:{self.port}/{clip}.mp4"

    def switch_on(self) -> None:
        self._do(self._switch_on()).result(5)

    def switch_off(self) -> None:
        self._do(self._switch_off()).result(5)

    def freeze(self, seconds: float) -> None:
        """Keep the connections and say nothing."""
        self.loop.call_soon_threadsafe(time.sleep, seconds)

    def scrap(self) -> None:
        self.switch_off()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    def _do(self, job: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(job, self.loop)

    async def _switch_on(self) -> None:
        self.server = CountingServer(self.directory, "127.0.0.1", self.port)
        await self.server.start()
        self.port = self.server._server.sockets[0].getsockname()[1]

    async def _switch_off(self) -> None:
        if self.server is None:
            return
        self.plays_before += self.server.plays
        self.server._server.close()
        self.server = None
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
