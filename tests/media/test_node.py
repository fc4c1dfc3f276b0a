"""The node as its own process, as the supervisor runs it."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.media.camera import Camera
from tests.media.conftest import SECRET
from tests.media.control_plane import PASSWORD, ControlPlane


@asynccontextmanager
async def node_process(control_plane: ControlPlane) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A started node and its port."""
    settings = {
        "GONGSHI_MEDIA_PORT": "0",
        "GONGSHI_MEDIA_SECRET": SECRET,
        "GONGSHI_MEDIA_NODE_ID": "node-1",
        "GONGSHI_MEDIA_HOOK_URL": control_plane.url,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gongshi.media"), env=os.environ | settings, stderr=asyncio.subprocess.PIPE
    )
    try:
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
        listens = re.search(r"listens on 127\.0\.0\.1:(\d+)", line)
        assert listens, line
        yield process, int(listens[1])
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_it_plays_and_ends_cleanly_with_its_viewers_reported_and_no_secret_in_its_log(
    control_plane: ControlPlane, camera: Camera, http: aiohttp.ClientSession
) -> None:
    async with node_process(control_plane) as (process, port):
        source = camera.url().replace("rtsp://", "rtsp://admin:hidden@")
        request = {"secret": SECRET, "app": "live", "stream": "gate", "url": source}
        async with http.post(f"http://127.0.0.1:{port}/index/api/addStreamProxy", json=request) as answer:
            assert (await answer.json())["code"] == 0
        async with http.ws_connect(f"ws://127.0.0.1:{port}/live/gate.live.mp4?ticket=t1ck3t") as viewer:
            assert (await viewer.receive()).type is aiohttp.WSMsgType.TEXT
            process.send_signal(signal.SIGTERM)
            await control_plane.wait_for("on_flow_report")
        assert await asyncio.wait_for(process.wait(), 10) == 0
        assert process.stderr is not None
        log = (await process.stderr.read()).decode()
    assert "live/gate: online" in log
    for word in ("hidden", "t1ck3t", SECRET, PASSWORD, "Traceback"):
        assert word not in log
