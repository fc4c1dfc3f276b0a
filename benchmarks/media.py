"""What one media node carries: `python benchmarks/media.py` prints one JSON object a line.

Everything is real and local: an RTSP camera (720p25, 2 Mb/s), the node as its own process, 300 viewers of one
stream in another. The baseline sends the same payloads to as many viewers as one would write it at first: a
loop that awaits `send_bytes` for each. Latency is from the camera's last packet of a frame to the moment a
viewer has it whole.
"""

import asyncio
import contextlib
import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web

VIEWERS = 300
DELIVERED = 0.999  # of the frames, to each viewer and to all
SECONDS = 10
LINGER_S = 2
FRAME_RATE = 25
WARM_STARTS, COLD_STARTS = 20, 3
SECRET = "benchmark"
CLIP = "road"
SPAWN = get_context("spawn")

# Of a fragment: the sequence number in mfhd, after the sizes and names of moof and mfhd and the flags.
SEQUENCE = struct.Struct(">20xI")


@dataclass
class Seen:
    """What one viewer saw: (sequence number, CLOCK_MONOTONIC in ns) of each fragment."""

    frames: list[tuple[int, int]] = field(default_factory=list)


class Viewer(asyncio.Protocol):
    """A WebSocket client that only looks at the head of each message, so that 300 of them cost little."""

    def __init__(self, path: str, seen: Seen, first_frame: asyncio.Future[int] | None = None) -> None:
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: node\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self._seen = seen
        self._first_frame = first_frame
        self._buffer = bytearray()
        self._is_open = False

    def connection_made(self, transport: Any) -> None:
        transport.write(self._request.encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            del self._buffer[: end + 4]
            self._is_open = True
        while (message := self._message()) is not None:
            if message[4:8] == b"moof":
                now = time.monotonic_ns()
                self._seen.frames.append((SEQUENCE.unpack_from(message)[0], now))
                if self._first_frame and not self._first_frame.done():
                    self._first_frame.set_result(now)

    def _message(self) -> bytes | None:
        """The next whole message (its first 32 bytes)."""
        buffer = self._buffer
        if len(buffer) < 10:
            return None
        size, start = buffer[1], 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + size:
            return None
        head = bytes(buffer[start : start + 32])
        del buffer[: start + size]
        return head


# Processes


def camera_process(folder: str, port: int, control: Connection) -> None:
    """A camera that notes when it has sent the last packet of each frame; sends the times when asked."""
    import aio_rtsp_toolkit.server_rtp as rtp

    from gongshi.demo.cameras import serve

    sent: list[int] = []
    send_packet = rtp.RtspRtpMixin._send_rtp_packet

    async def send_and_note(self: Any, state: Any, payload: bytes, timestamp: int, marker: int) -> None:
        await send_packet(self, state, payload, timestamp, marker)
        if state.packet_count == 1:
            sent.clear()
        if marker:
            sent.append(time.monotonic_ns())

    rtp.RtspRtpMixin._send_rtp_packet = send_and_note

    async def run() -> None:
        serving = asyncio.create_task(serve(Path(folder), port=port))
        await asyncio.to_thread(control.recv)
        control.send(sent)
        serving.cancel()

    asyncio.run(run())


def viewers_process(port: int, path: str, control: Connection) -> None:
    """Hold many viewers; sends what they saw after `SECONDS`."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        seen = [Seen() for _ in range(VIEWERS)]
        for each in seen:
            await loop.create_connection(partial(Viewer, path, each), "127.0.0.1", port)
        await asyncio.sleep(1)
        control.send("watching")
        begin = time.monotonic_ns()
        await asyncio.sleep(SECONDS)
        end = time.monotonic_ns()
        # For frames that are late; how late they are is told by the latency.
        await asyncio.sleep(LINGER_S)
        control.send((begin, end, [each.frames for each in seen]))

    uvloop.run(run())


def baseline_process(payloads: list[bytes], port: int) -> None:
    """The relay as one would first write it."""

    async def run() -> None:
        sockets: set[web.WebSocketResponse] = set()

        async def join(request: web.Request) -> web.WebSocketResponse:
            ws = web.WebSocketResponse(compress=False)
            await ws.prepare(request)
            sockets.add(ws)
            async for _ in ws:
                pass
            sockets.discard(ws)
            return ws

        app = web.Application()
        app.router.add_get("/", join)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        due = time.monotonic()
        while True:
            for payload in payloads:
                due += 1 / FRAME_RATE
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                for ws in list(sockets):
                    with contextlib.suppress(ConnectionError):
                        await ws.send_bytes(payload)

    uvloop.run(run())


# Measuring


def cpu_s(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """What viewers got from a server in `SECONDS`, and what it cost: processor time in s."""

    cpu_s: float
    begin: int
    end: int
    seen: list[list[tuple[int, int]]]

    @property
    def frames(self) -> int:
        """Frames that came to all viewers together."""
        return sum(self.begin <= at < self.end for frames in self.seen for _, at in frames)

    @cached_property
    def wanted(self) -> set[int]:
        """The frames that one viewer at least got in time."""
        first: dict[int, int] = {}
        for number, at in (frame for frames in self.seen for frame in frames):
            first[number] = min(at, first.get(number, at))
        return {number for number, at in first.items() if self.begin <= at < self.end}

    @property
    def delivered(self) -> float:
        """Of the frames that one viewer got in time, how many all others got, too, then or soon after."""
        got = sum(number in self.wanted for frames in self.seen for number, _ in frames)
        return got / (len(self.wanted) * len(self.seen))

    @property
    def served(self) -> int:
        """Viewers who got all frames, but one in a thousand."""
        enough = max(1, DELIVERED * len(self.wanted))
        got = [len(self.wanted.intersection(number for number, _ in frames)) for frames in self.seen]
        return sum(each >= enough for each in got)


def watch(port: int, path: str, pid: int) -> Load:
    """Let the viewers watch the server `pid`."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=viewers_process, args=(port, path, theirs))
    process.start()
    ours.recv()
    before = cpu_s(pid)
    time.sleep(SECONDS)
    used = cpu_s(pid) - before
    begin, end, seen = ours.recv()
    process.join()
    return Load(used, begin, end, seen)


def latencies_ms(load: Load, sent: list[int]) -> list[float]:
    """From the camera's last packet of a frame to each viewer; the node numbers frames from the first."""
    return [
        (at - sent[number - 1]) / 1e6
        for frames in load.seen
        for number, at in frames
        if at >= load.begin and number <= len(sent)
    ]


async def first_frame_ms(port: int, path: str) -> float:
    """From opening a connection to the first whole frame."""
    loop = asyncio.get_running_loop()
    first_frame: asyncio.Future[int] = loop.create_future()
    began = time.monotonic_ns()
    transport, _ = await loop.create_connection(lambda: Viewer(path, Seen(), first_frame), "127.0.0.1", port)
    async with asyncio.timeout(10):
        came = await first_frame
    transport.close()
    return (came - began) / 1e6


async def payloads_of(http: aiohttp.ClientSession, port: int, path: str, number: int) -> list[bytes]:
    """Some fragments as the node sends them."""
    found: list[bytes] = []
    async with http.ws_connect(f"ws://127.0.0.1:{port}{path}", max_msg_size=0) as ws:
        async for message in ws:
            if message.type is aiohttp.WSMsgType.BINARY and message.data[4:8] == b"moof":
                found.append(message.data)
                if len(found) == number:
                    break
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def wait_for_port(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


@asynccontextmanager
async def control_plane(source: str, node_port: int, http: aiohttp.ClientSession) -> AsyncIterator[str]:
    """Agrees to everything, and brings a missing stream as the portal does; gives the URL of the hooks."""
    pulls: set[asyncio.Task[Any]] = set()

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        if request.match_info["hook"] == "on_stream_not_found":
            task = asyncio.create_task(call(http, node_port, "addStreamProxy", url=source))
            pulls.add(task)
            task.add_done_callback(pulls.discard)
        return web.json_response({"code": 0, "msg": "success"})

    app = web.Application()
    app.router.add_post("/{hook}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def call(http: aiohttp.ClientSession, port: int, name: str, **arguments: Any) -> None:
    arguments |= {"secret": SECRET, "app": "live", "stream": CLIP, "key": f"__defaultVhost__/live/{CLIP}"}
    async with http.post(f"http://127.0.0.1:{port}/index/api/{name}", json=arguments) as answer:
        reply = await answer.json()
    if reply["code"] != 0:
        raise RuntimeError(f"{name}: {reply}")


def report(name: str, value: float, unit: str, aim: float | None, better: str) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit, "aim": aim, "better": better}
    print(json.dumps(line), flush=True)


async def measure(folder: Path) -> None:
    from gongshi.demo.clips import render_clip
    from gongshi.demo.scenes import SCENES

    (scene,) = [scene for scene in SCENES if scene.name == CLIP]
    render_clip(folder / f"{CLIP}.mp4", "BENCH", scene, seconds=4)
    camera_port, node_port, path = free_port(), free_port(), f"/live/{CLIP}.live.mp4"
    camera_control, theirs = SPAWN.Pipe()
    camera = SPAWN.Process(target=camera_process, args=(str(folder), camera_port, theirs), daemon=True)
    camera.start()
    source = f"rtsp://127.0.0.1:{camera_port}/{CLIP}.mp4"
    async with aiohttp.ClientSession() as http, control_plane(source, node_port, http) as hook_url:
        settings = {"PORT": str(node_port), "SECRET": SECRET, "HOOK_URL": hook_url}
        environment = os.environ | {f"GONGSHI_MEDIA_{name}": value for name, value in settings.items()}
        node = subprocess.Popen(
            [sys.executable, "-m", "gongshi.media"], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            await wait_for_port(camera_port)
            await wait_for_port(node_port)
            cold = []
            for _ in range(COLD_STARTS):
                cold.append(await first_frame_ms(node_port, path))
                await call(http, node_port, "delStreamProxy")
            await call(http, node_port, "addStreamProxy", url=source)
            warm = [await first_frame_ms(node_port, path) for _ in range(WARM_STARTS)]
            load = await asyncio.to_thread(watch, node_port, path, node.pid)
            payloads = await payloads_of(http, node_port, path, 2 * FRAME_RATE)
        finally:
            node.terminate()
            node.wait(10)
    camera_control.send("stop")
    latencies = latencies_ms(load, camera_control.recv())
    camera.join()
    report("media_viewers", load.served, "viewers", VIEWERS, "higher")
    report("media_cpu_s_per_10s", load.cpu_s * 10 / SECONDS, "s", 5.0, "lower")
    report("media_frames_delivered_ratio", load.delivered, "ratio", DELIVERED, "higher")
    report("media_first_frame_ms_warm", statistics.median(warm), "ms", 100, "lower")
    report("media_first_frame_ms_cold", statistics.median(cold), "ms", 1500, "lower")
    report("media_latency_p95_ms", statistics.quantiles(latencies, n=20)[-1], "ms", 100, "lower")
    baseline = await measure_baseline(payloads)
    report("media_cpu_us_per_frame", load.cpu_s * 1e6 / load.frames, "us", 50, "lower")
    # By frame, since a server that is late sends fewer.
    report("media_baseline_cpu_us_per_frame", baseline.cpu_s * 1e6 / baseline.frames, "us", None, "lower")
    ratio = (load.cpu_s / load.frames) / (baseline.cpu_s / baseline.frames)
    report("media_cpu_of_baseline_ratio", ratio, "ratio", 1.0, "lower")


async def measure_baseline(payloads: list[bytes]) -> Load:
    port = free_port()
    server = SPAWN.Process(target=baseline_process, args=(payloads, port), daemon=True)
    server.start()
    try:
        await wait_for_port(port)
        return await asyncio.to_thread(watch, port, "/", server.pid or 0)
    finally:
        server.terminate()
        server.join()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="gongshi-bench-") as folder:
        work: Coroutine[Any, Any, None] = measure(Path(folder))
        uvloop.run(work)


if __name__ == "__main__":
    main()
