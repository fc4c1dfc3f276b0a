"""What a viewer gets, and what nobody gets."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import pytest
import uvloop

from gongshi.media.node import MediaNode
from gongshi.media.settings import MediaSettings
from gongshi.media.viewer import CLOSED_KICKED, CLOSED_NOT_FOUND, CLOSED_REFUSED
from tests.media.camera import Camera
from tests.media.conftest import settings_for
from tests.media.control_plane import ControlPlane
from tests.media.player import Player

CLOSE_OPCODE = 8


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Opcode and payload of the next frame from the server (RFC 6455 §5.2)."""
    first, length = await reader.readexactly(2)
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2))
    elif length == 127:
        length = int.from_bytes(await reader.readexactly(8))
    return first & 0x0F, await reader.readexactly(length)


async def pull(node: MediaNode, camera: Camera, clip: str = "h264") -> None:
    await node.streams.add("live", clip, camera.url(clip), rtp_type=0, timeout_s=5)


class TestAdmission:
    async def test_a_good_ticket_gives_codec_init_segment_and_frames_from_a_key_frame(
        self, node: MediaNode, camera: Camera, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        await pull(node, camera)
        player = await Player.open(http, node, "live/h264.live.mp4?ticket=good&a=%20")
        await player.wait_for_frames(40)
        await player.leave()
        assert player.texts[0]["type"] == "mse"
        assert player.texts[0]["value"].startswith('video/mp4; codecs="avc1.')
        assert player.binaries[0][4:8] == b"ftyp"
        pictures = player.decoded()
        assert len(pictures) >= 40
        assert pictures[0].key_frame
        times = [picture.pts for picture in pictures]
        assert times == sorted(set(times))
        asked = control_plane.of("on_play")[0]
        assert asked["params"] == "ticket=good&a=%20"
        assert (asked["app"], asked["stream"], asked["schema"]) == ("live", "h264", "fmp4")
        assert (asked["mediaServerId"], asked["gongshi.boot"]) == ("node-1", node.boot)
        assert asked["ip"] == "127.0.0.1"

    @pytest.mark.parametrize(
        "answer",
        [{"code": -1, "msg": "ticket used"}, {}, {"msg": "success"}, {"code": "0"}, 202, 302, 500, None],
        ids=["refusal", "empty", "no code", "text", "accepted", "redirect", "error", "silence"],
    )
    async def test_without_the_control_planes_agreement_not_one_byte_leaves(
        self,
        answer: dict[str, object] | int | None,
        node_settings: MediaSettings,
        camera: Camera,
        control_plane: ControlPlane,
        http: aiohttp.ClientSession,
    ) -> None:
        control_plane.answers["on_play"] = answer
        node_settings.hook_timeout_s = 0.3
        async with MediaNode(node_settings) as node:
            await pull(node, camera)
            player = await Player.open(http, node, "live/h264.live.mp4?ticket=bad")
            assert await player.wait_for_end() == CLOSED_REFUSED
            assert (player.media_bytes, player.texts) == (0, [])
            report = await control_plane.wait_for("on_flow_report")
            assert report["totalBytes"] == 0

    async def test_a_control_plane_that_is_down_refuses(
        self,
        node_settings: MediaSettings,
        camera: Camera,
        control_plane: ControlPlane,
        http: aiohttp.ClientSession,
    ) -> None:
        await control_plane.__aexit__()
        async with MediaNode(node_settings) as node:
            await pull(node, camera)
            player = await Player.open(http, node, "live/h264.live.mp4?ticket=good")
            assert await player.wait_for_end() == CLOSED_REFUSED
            assert player.media_bytes == 0

    async def test_an_unanswered_question_is_repeated_with_the_same_id(
        self, node_settings: MediaSettings, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        control_plane.answers["on_play"] = None
        node_settings.hook_timeout_s = 0.2
        async with MediaNode(node_settings) as node:
            player = await Player.open(http, node, "live/h264.live.mp4?ticket=good")
            await player.wait_for_end()
        first, second = control_plane.of("on_play")
        assert first == second

    async def test_a_refusal_is_not_asked_again(
        self, node: MediaNode, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        control_plane.answers["on_play"] = {"code": -1, "msg": "no"}
        player = await Player.open(http, node, "live/h264.live.mp4")
        await player.wait_for_end()
        assert len(control_plane.of("on_play")) == 1

    async def test_an_origin_that_is_not_listed_gets_no_socket(
        self, node_settings: MediaSettings, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        node_settings.allowed_origins = "https://portal.example, https://second.example"
        async with MediaNode(node_settings) as node:
            for origin in ("https://evil.example", None):
                with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                    await Player.open(http, node, "live/h264.live.mp4?ticket=good", origin=origin)
                assert refusal.value.status == 403
            player = await Player.open(http, node, "live/h264.live.mp4", origin="https://second.example")
            await player.leave()
            await control_plane.wait_for("on_flow_report")
        assert len(control_plane.of("on_play")) == 1

    async def test_a_plain_request_gets_no_media(self, node: MediaNode, http: aiohttp.ClientSession) -> None:
        async with http.get(f"http://127.0.0.1:{node.port}/live/h264.live.mp4") as answer:
            assert answer.status == 426


class TestMissingStream:
    async def test_it_is_asked_for_once_and_the_waiting_viewers_get_it_when_it_comes(
        self, node: MediaNode, camera: Camera, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        players = [await Player.open(http, node, "live/h264.live.mp4?ticket=x") for _ in range(2)]
        missing = await control_plane.wait_for("on_stream_not_found")
        assert missing["id"] in {call["id"] for call in control_plane.of("on_play")}
        await pull(node, camera)
        for player in players:
            await player.wait_for_frames(3)
            await player.leave()
        assert len(control_plane.of("on_stream_not_found")) == 1

    async def test_a_viewer_waits_no_longer_than_allowed(
        self, node: MediaNode, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        player = await Player.open(http, node, "live/nowhere.live.mp4")
        assert await player.wait_for_end() == CLOSED_NOT_FOUND
        assert player.media_bytes == 0

    async def test_the_control_plane_can_end_the_wait(
        self, node_settings: MediaSettings, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        control_plane.answers["on_stream_not_found"] = {"code": 0, "msg": "no such camera", "close": True}
        node_settings.max_stream_wait_s = 60
        async with MediaNode(node_settings) as node:
            player = await Player.open(http, node, "live/nowhere.live.mp4")
            assert await player.wait_for_end(timeout_s=5) == CLOSED_NOT_FOUND

    async def test_a_viewer_that_waits_is_listed_and_can_be_kicked(
        self, node_settings: MediaSettings, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        node_settings.max_stream_wait_s = 60
        async with MediaNode(node_settings) as node:
            player = await Player.open(http, node, "live/nowhere.live.mp4")
            missing = await control_plane.wait_for("on_stream_not_found")
            assert list(node.playing.viewers) == [missing["id"]]
            assert node.playing.kick(missing["id"])
            assert await player.wait_for_end() == CLOSED_KICKED
            assert (await control_plane.wait_for("on_flow_report"))["id"] == missing["id"]
            assert not node.playing.viewers


class TestEnd:
    async def test_a_kick_closes_the_socket_and_reports_the_bytes(
        self, node: MediaNode, camera: Camera, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        await pull(node, camera)
        player = await Player.open(http, node, "live/h264.live.mp4?ticket=good")
        await player.wait_for_frames(10)
        (id,) = node.playing.viewers
        assert node.playing.kick(id)
        assert await player.wait_for_end(timeout_s=2) == CLOSED_KICKED
        report = await control_plane.wait_for("on_flow_report")
        assert (report["id"], report["player"], report["params"]) == (id, True, "ticket=good")
        # Frames have a head of two to four bytes each, and the text is counted, too.
        assert player.media_bytes < report["totalBytes"] < player.media_bytes * 1.2 + 200
        assert not node.playing.kick(id)

    async def test_nothing_follows_the_close_frame_not_even_when_the_browser_answers_it(
        self, node: MediaNode, camera: Camera, control_plane: ControlPlane
    ) -> None:
        await pull(node, camera)
        reader, writer = await asyncio.open_connection("127.0.0.1", node.port)
        writer.write(UPGRADE)
        await reader.readuntil(b"\r\n\r\n")
        await control_plane.wait_for("on_play")
        (id,) = node.playing.viewers
        node.playing.kick(id)
        while (await read_frame(reader))[0] != CLOSE_OPCODE:
            pass
        writer.write(b"\x88\x82\0\0\0\0\x03\xe8")
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await read_frame(reader)
        writer.close()

    async def test_a_viewer_that_does_not_read_is_cut_all_the_same(
        self, node: MediaNode, camera: Camera, control_plane: ControlPlane
    ) -> None:
        await pull(node, camera)
        deaf = socket.create_connection(("127.0.0.1", node.port))
        deaf.sendall(UPGRADE)
        await control_plane.wait_for("on_play")
        (id,) = node.playing.viewers
        node.playing.kick(id)
        await control_plane.wait_for("on_flow_report", timeout_s=3)
        deaf.close()

    async def test_an_end_is_told_after_the_beginning_even_if_the_viewer_did_not_wait(
        self, node_settings: MediaSettings, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        control_plane.answers["on_play"] = None
        node_settings.hook_timeout_s = 0.2
        async with MediaNode(node_settings) as node:
            player = await Player.open(http, node, "live/nowhere.live.mp4")
            await player.leave()
            await control_plane.wait_for("on_flow_report")
        told = [hook for hook, _ in control_plane.calls if hook in ("on_play", "on_flow_report")]
        # How often it asked depends on the machine; that the end comes once and last does not.
        assert set(told[:-1]) == {"on_play"}
        assert told[-1] == "on_flow_report"

    async def test_two_connections_never_have_the_same_id(
        self, node: MediaNode, control_plane: ControlPlane, http: aiohttp.ClientSession
    ) -> None:
        for number in range(1, 4):
            player = await Player.open(http, node, "live/nowhere.live.mp4")
            await control_plane.wait_for("on_play", number)
            await player.leave()
            await control_plane.wait_for("on_flow_report", number)
        assert len({call["id"] for call in control_plane.of("on_play")}) == 3

    async def test_a_node_that_stops_reports_its_viewers(
        self,
        node_settings: MediaSettings,
        camera: Camera,
        control_plane: ControlPlane,
        http: aiohttp.ClientSession,
    ) -> None:
        async with MediaNode(node_settings) as node:
            await pull(node, camera)
            player = await Player.open(http, node, "live/h264.live.mp4")
            await player.wait_for_frames(3)
        await player.wait_for_end()
        assert len(control_plane.of("on_flow_report")) == 1


UPGRADE = (
    b"GET /live/h264.live.mp4?ticket=x HTTP/1.1\r\nHost: node\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


# The node runs on uvloop, whose transports buffer differently.
@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_slow_viewer_skips_to_key_frames_and_does_not_delay_a_fast_one(
    run: Callable[[Coroutine[Any, Any, None]], None], camera: Camera
) -> None:
    run(slow_and_fast(camera))


async def slow_and_fast(camera: Camera) -> None:
    async with ControlPlane() as control_plane, aiohttp.ClientSession() as http:
        node_settings = settings_for(control_plane)
        node_settings.viewer_buffer = 20_000
        async with MediaNode(node_settings) as node:
            await pull(node, camera)
            slow = socket.create_connection(("127.0.0.1", node.port))
            slow.sendall(UPGRADE)
            fast = await Player.open(http, node, "live/h264.live.mp4")
            await fast.wait_for_frames(3)
            stream = node.streams.online("live", "h264")
            assert stream is not None
            # Fill the slow way at once instead of waiting for the camera to do it.
            (sluggish,) = [viewer for viewer in stream.viewers if viewer.asked.params == "ticket=x"]
            sluggish.transport.write(b"\x82\x7f" + (8_000_000).to_bytes(8, "big") + bytes(8_000_000))
            seen = len(fast.frames)
            await fast.wait_for_frames(seen + 60)
            assert sluggish.frames_skipped >= 50
            assert sluggish.transport.get_write_buffer_size() < 8_100_000
            (quick,) = stream.viewers - {sluggish}
            assert quick.frames_skipped == 0
            slow.close()
            await fast.leave()
