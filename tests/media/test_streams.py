"""Pulls: shared, lost, found again, left by everybody."""

import asyncio

import aiohttp
import pytest

from gongshi.media import source
from gongshi.media.node import MediaNode
from gongshi.media.settings import MediaSettings
from gongshi.media.streams import SourceSilent, StreamExists
from tests.media.camera import Camera
from tests.media.control_plane import ControlPlane
from tests.media.player import Player


async def pull(node: MediaNode, camera: Camera, clip: str = "h264") -> None:
    await node.streams.add("live", clip, camera.url(clip), rtp_type=0, timeout_s=5)


async def test_two_viewers_share_one_connection_to_the_camera(
    node: MediaNode, camera: Camera, http: aiohttp.ClientSession
) -> None:
    plays = camera.plays
    await pull(node, camera)
    players = [await Player.open(http, node, "live/h264.live.mp4") for _ in range(2)]
    for player in players:
        await player.wait_for_frames(5)
        await player.leave()
    assert camera.plays == plays + 1


async def test_a_later_viewer_gets_the_frames_since_the_last_key_frame_at_once(
    node: MediaNode, camera: Camera, http: aiohttp.ClientSession
) -> None:
    await pull(node, camera)
    first = await Player.open(http, node, "live/h264.live.mp4")
    await first.wait_for_frames(40)
    second = await Player.open(http, node, "live/h264.live.mp4")
    await second.wait_for_frames(1)
    assert second.decoded()[0].key_frame
    assert second.frames[0] in first.frames
    await first.leave()
    await second.leave()


async def test_h265_plays_too(node: MediaNode, camera: Camera, http: aiohttp.ClientSession) -> None:
    await pull(node, camera, "hevc")
    player = await Player.open(http, node, "live/hevc.live.mp4")
    await player.wait_for_frames(40)
    await player.leave()
    assert 'codecs="hvc1.' in player.texts[0]["value"]
    assert len(player.decoded()) >= 38


async def test_a_second_pull_of_the_same_stream_is_refused(node: MediaNode, camera: Camera) -> None:
    await pull(node, camera)
    with pytest.raises(StreamExists):
        await pull(node, camera)


async def test_a_source_that_does_not_exist_is_said_and_forgotten(
    node: MediaNode, camera: Camera, control_plane: ControlPlane
) -> None:
    for url in (camera.url("nothing"), "rtsp://me:hidden@127.0.0.1:1/x", "/etc/passwd", "file:///etc/passwd"):
        with pytest.raises(SourceSilent) as refusal:
            await node.streams.add("live", "x", url, rtp_type=0, timeout_s=5)
        assert "hidden" not in str(refusal.value)
        assert not node.streams.pulls
    assert not control_plane.of("on_stream_changed")


async def test_a_source_without_answer_is_given_up_in_time(node: MediaNode) -> None:
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(30), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    with pytest.raises(SourceSilent):
        await node.streams.add("live", "x", f"rtsp://127.0.0.1:{port}/x", rtp_type=0, timeout_s=0.5)
    assert not node.streams.pulls
    silent.close()


async def test_a_camera_that_comes_back_goes_on_where_its_viewers_wait(
    node: MediaNode, camera: Camera, control_plane: ControlPlane, http: aiohttp.ClientSession
) -> None:
    await pull(node, camera)
    player = await Player.open(http, node, "live/h264.live.mp4")
    await player.wait_for_frames(10)
    camera.switch_off()
    await control_plane.wait_for("on_stream_changed", 2)
    assert node.streams.online("live", "h264") is None
    camera.switch_on()
    await control_plane.wait_for("on_stream_changed", 3)
    seen = len(player.frames)
    await player.wait_for_frames(seen + 30)
    await player.leave()
    assert [call["regist"] for call in control_plane.of("on_stream_changed")] == [True, False, True]
    assert len(player.texts) == 1
    times = [picture.pts for picture in player.decoded()]
    assert times == sorted(set(times))


async def test_a_camera_that_falls_silent_is_lost(
    node_settings: MediaSettings, camera: Camera, control_plane: ControlPlane
) -> None:
    node_settings.source_timeout_s = 0.5
    async with MediaNode(node_settings) as node:
        await pull(node, camera)
        camera.freeze(1.5)
        await control_plane.wait_for("on_stream_changed", 2)
        await control_plane.wait_for("on_stream_changed", 3)
    assert [call["regist"] for call in control_plane.of("on_stream_changed")][:3] == [True, False, True]


async def test_a_viewer_who_comes_cuts_the_pause_before_the_next_try_short(
    node_settings: MediaSettings,
    camera: Camera,
    control_plane: ControlPlane,
    http: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source, "BACK_OFF_S", (3600.0,))
    node_settings.max_stream_wait_s = 10
    async with MediaNode(node_settings) as node:
        await pull(node, camera)
        camera.switch_off()
        await control_plane.wait_for("on_stream_changed", 2)
        camera.switch_on()
        player = await Player.open(http, node, "live/h264.live.mp4")
        await player.wait_for_frames(3)
        await player.leave()


async def test_a_camera_that_comes_back_with_another_picture_size_sends_a_new_init_segment(
    node: MediaNode, camera: Camera, control_plane: ControlPlane, http: aiohttp.ClientSession
) -> None:
    await pull(node, camera)
    player = await Player.open(http, node, "live/h264.live.mp4")
    await player.wait_for_frames(5)
    node.streams.pulls["live", "h264"].source.url = camera.url("other")
    camera.switch_off()
    await control_plane.wait_for("on_stream_changed", 2)
    camera.switch_on()
    await control_plane.wait_for("on_stream_changed", 3)
    seen = len(player.frames)
    await player.wait_for_frames(seen + 5)
    await player.leave()
    assert len(player.texts) == 2
    assert [part[4:8] for part in player.binaries].count(b"ftyp") == 2


class TestWithoutViewers:
    async def test_the_control_plane_is_asked_and_may_stop_the_pull(
        self,
        node_settings: MediaSettings,
        camera: Camera,
        control_plane: ControlPlane,
        http: aiohttp.ClientSession,
    ) -> None:
        node_settings.none_reader_delay_s = 0.3
        control_plane.answers["on_stream_none_reader"] = {"code": 0, "msg": "success", "close": True}
        async with MediaNode(node_settings) as node:
            await pull(node, camera)
            player = await Player.open(http, node, "live/h264.live.mp4")
            await player.wait_for_frames(20)
            assert not control_plane.of("on_stream_none_reader")
            await player.leave()
            await control_plane.wait_for("on_stream_none_reader")
            await control_plane.wait_for("on_stream_changed", 2)
            assert not node.streams.pulls

    async def test_a_stream_that_may_stay_is_asked_for_again(
        self, node_settings: MediaSettings, camera: Camera, control_plane: ControlPlane
    ) -> None:
        node_settings.none_reader_delay_s = 0.1
        async with MediaNode(node_settings) as node:
            await pull(node, camera)
            await control_plane.wait_for("on_stream_none_reader", 3)
            assert node.streams.online("live", "h264")

    async def test_a_lost_camera_is_given_up(
        self, node_settings: MediaSettings, camera: Camera, control_plane: ControlPlane
    ) -> None:
        node_settings.none_reader_delay_s = 0.5
        async with MediaNode(node_settings) as node:
            await pull(node, camera)
            camera.switch_off()
            await control_plane.wait_for("on_stream_changed", 2)
            async with asyncio.timeout(5):
                while node.streams.pulls:
                    await asyncio.sleep(0.05)


async def test_removing_a_stream_lets_its_viewers_go(
    node: MediaNode, camera: Camera, control_plane: ControlPlane, http: aiohttp.ClientSession
) -> None:
    await pull(node, camera)
    player = await Player.open(http, node, "live/h264.live.mp4")
    await player.wait_for_frames(3)
    assert node.streams.remove("live", "h264")
    assert not node.streams.remove("live", "h264")
    await player.wait_for_end()
    changed = await control_plane.wait_for("on_stream_changed", 2)
    assert changed["regist"] is False
