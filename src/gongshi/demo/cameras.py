"""RTSP cameras that play clips for ever: `rtsp://127.0.0.1:8554/{name}.mp4`."""

import asyncio
import contextlib
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any

import aio_rtsp_toolkit.server as rtsp
from aio_rtsp_toolkit.server_session import RtspServerSession

from gongshi.demo.clips import render_missing_clips
from gongshi.demo.streamed_cameras import filmed_codes

log = logging.getLogger(__name__)

STOP_CHECK_S = 0.05


class CameraSession(RtspServerSession):  # type: ignore[misc]
    """One client. Mends the toolkit's hand-over of frames from its reading thread."""

    def _threadsafe_queue_put(
        self,
        loop: asyncio.AbstractEventLoop,
        queue: "asyncio.Queue[Any]",
        item: object,
        stop: threading.Event,
    ) -> bool:
        """Put each frame once: the toolkit puts it again after 50 ms, even when the first was only slow."""
        handed_over = asyncio.run_coroutine_threadsafe(queue.put(item), loop)
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                handed_over.result(timeout=STOP_CHECK_S)
                return True
        handed_over.cancel()
        return False


class CameraServer(rtsp.RtspServer):  # type: ignore[misc]
    """The toolkit plays a file once unless the URL says `play_count=0`; a camera never stops.

    Timestamps go on growing over the seam, and the clips' last frame leads over to the first.
    """

    def __init__(self, directory: Path, host: str, port: int) -> None:
        super().__init__(str(directory), host=host, port=port)
        # The toolkit's own logger prints several lines per request.
        self.logger = log

    async def _handle_client(self, sock: Any) -> None:
        with contextlib.suppress(ConnectionError):
            await CameraSession(self, sock).run()

    def parse_play_count(self, uri: str) -> int:
        """For ever, whatever the URL says."""
        return 0


async def serve(directory: Path, host: str = "127.0.0.1", port: int = 8554) -> None:
    """Serve the clips of a directory until cancelled."""
    server = CameraServer(directory, host, port)
    try:
        await server.serve_forever()
    finally:
        await server.close()


def main() -> None:
    """`python -m gongshi.demo.cameras DIRECTORY`: render what is missing there, then serve it."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    directory = Path(sys.argv[1])
    render_missing_clips(directory, filmed_codes())
    port = int(os.environ.get("GONGSHI_DEMO_CAMERAS_PORT", "8554"))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(directory, port=port))


if __name__ == "__main__":
    main()
