"""The REST interface as a control plane uses it."""

import asyncio
from typing import Any

import aiohttp
import pytest

from gongshi.media.node import MediaNode
from gongshi.media.settings import MediaSettings
from tests.media.camera import Camera
from tests.media.conftest import SECRET
from tests.media.control_plane import ControlPlane
from tests.media.player import Player


async def call(
    http: aiohttp.ClientSession, node: MediaNode, name: str, secret: str = SECRET, **arguments: Any
) -> Any:
    url = f"http://127.0.0.1:{node.port}/index/api/{name}"
    async with http.post(url, json={"secret": secret, **arguments}) as answer:
        assert answer.status == 200
        return await answer.json()


@pytest.mark.parametrize(
    "name", ["getMediaList", "kick_session", "addStreamProxy", "getServerConfig", "no_such"]
)
@pytest.mark.parametrize("secret", ["wrong", "", SECRET + "x", None, 5])
async def test_without_the_secret_nothing_is_answered(
    name: str, secret: Any, node: MediaNode, http: aiohttp.ClientSession
) -> None:
    assert await call(http, node, name, secret) == {"code": -100, "msg": "Incorrect secret"}


async def test_the_secret_may_come_by_query_form_or_json(
    node: MediaNode, http: aiohttp.ClientSession
) -> None:
    url = f"http://127.0.0.1:{node.port}/index/api/getMediaList"
    for sent in ({"params": {"secret": SECRET}}, {"data": {"secret": SECRET}}, {"json": {"secret": SECRET}}):
        async with http.post(url, **sent) as answer:
            assert await answer.json() == {"code": 0, "data": []}


async def test_a_missing_argument_is_named(node: MediaNode, http: aiohttp.ClientSession) -> None:
    reply = await call(http, node, "addStreamProxy", app="live")
    assert reply["code"] == -300
    assert "stream" in reply["msg"]
    assert "url" in reply["msg"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b"\xff"])
async def test_a_broken_body_is_no_server_error(
    body: bytes, node: MediaNode, http: aiohttp.ClientSession
) -> None:
    url = f"http://127.0.0.1:{node.port}/index/api/getMediaList"
    async with http.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 200
        assert (await answer.json())["code"] == -300


async def test_a_stream_is_pulled_listed_watched_and_closed(
    node: MediaNode, camera: Camera, http: aiohttp.ClientSession
) -> None:
    where = {"vhost": "__defaultVhost__", "app": "live", "stream": "gate"}
    url = camera.url().replace("rtsp://", "rtsp://user:hidden@")
    assert await call(http, node, "addStreamProxy", **where, url=url) == {
        "code": 0,
        "data": {"key": "__defaultVhost__/live/gate"},
    }
    again = await call(http, node, "addStreamProxy", **where, url=camera.url())
    assert again == {"code": -1, "msg": "This stream already exists"}
    assert (await call(http, node, "isMediaOnline", **where, schema="fmp4"))["online"] is True

    player = await Player.open(http, node, "live/gate.live.mp4")
    await player.wait_for_frames(5)
    (media,) = (await call(http, node, "getMediaList", app="live"))["data"]
    assert (media["stream"], media["readerCount"], media["originTypeStr"]) == ("gate", 1, "pull")
    assert "hidden" not in media["originUrl"]
    assert (media["tracks"][0]["width"], media["tracks"][0]["codec_id_name"]) == (320, "H264")
    (session,) = (await call(http, node, "getAllSession"))["data"]
    (watcher,) = (await call(http, node, "getMediaPlayerList", **where, schema="fmp4"))["data"]
    assert session["id"] == session["identifier"] == watcher["identifier"]
    assert session["local_port"] == node.port

    assert await call(http, node, "kick_session", id="999-9") == {
        "code": -1,
        "msg": "can not find the target",
    }
    assert (await call(http, node, "close_streams", **where))["count_closed"] == 0
    assert await call(http, node, "kick_session", id=session["id"]) == {"code": 0}
    await player.wait_for_end()
    assert (await call(http, node, "delStreamProxy", key="__defaultVhost__/live/gate"))["data"] == {
        "flag": True
    }
    assert (await call(http, node, "delStreamProxy", key="nonsense"))["data"] == {"flag": False}
    assert (await call(http, node, "isMediaOnline", **where, schema="fmp4"))["online"] is False
    assert (await call(http, node, "getMediaPlayerList", **where))["code"] == -500


async def test_force_closes_a_stream_with_viewers(
    node: MediaNode, camera: Camera, http: aiohttp.ClientSession
) -> None:
    await call(http, node, "addStreamProxy", app="live", stream="gate", url=camera.url())
    player = await Player.open(http, node, "live/gate.live.mp4")
    await player.wait_for_frames(3)
    reply = await call(http, node, "close_streams", app="live", stream="gate", force=1)
    assert (reply["count_hit"], reply["count_closed"]) == (1, 1)
    await player.wait_for_end()


async def test_a_source_that_refuses_is_answered_with_the_reason_and_without_password(
    node: MediaNode, http: aiohttp.ClientSession
) -> None:
    reply = await call(
        http, node, "addStreamProxy", app="live", stream="x", url="rtsp://admin:hidden@127.0.0.1:1/x"
    )
    assert reply["code"] == -1
    assert "refused" in reply["msg"]
    assert "hidden" not in reply["msg"]


async def test_start_and_life_are_told_with_the_same_boot_as_the_configuration(
    node: MediaNode, control_plane: ControlPlane, http: aiohttp.ClientSession
) -> None:
    (config,) = (await call(http, node, "getServerConfig"))["data"]
    started = await control_plane.wait_for("on_server_started")
    assert config["gongshi.boot"] == started["gongshi.boot"] == node.boot
    assert started["mediaServerId"] == config["general.mediaServerId"] == "node-1"
    assert SECRET not in str(started) + str(config)


async def test_keepalives_follow(control_plane: ControlPlane, node_settings: MediaSettings) -> None:
    node_settings.keepalive_s = 0.05
    async with MediaNode(node_settings) as node:
        alive = await control_plane.wait_for("on_server_keepalive", 3)
        assert (alive["mediaServerId"], alive["gongshi.boot"]) == ("node-1", node.boot)
        assert alive["data"]["TcpSession"] == 0


async def test_metrics_need_the_secret_and_count_viewers(
    node: MediaNode, camera: Camera, http: aiohttp.ClientSession
) -> None:
    url = f"http://127.0.0.1:{node.port}/metrics"
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {SECRET}"}):
        async with http.get(url, headers=headers) as answer:
            assert answer.status == 401
    await node.streams.add("live", "h264", camera.url(), rtp_type=0, timeout_s=5)
    player = await Player.open(http, node, "live/h264.live.mp4")
    await player.wait_for_frames(3)
    async with http.get(url, headers={"Authorization": f"Bearer {SECRET}"}) as answer:
        text = await answer.text()
    assert "gongshi_media_viewers 1.0" in text
    assert 'gongshi_media_hooks_total{hook="on_play",result="agreed"} 1.0' in text
    assert 'gongshi_media_frames_sent_total{app="live",stream="h264"}' in text
    await player.leave()
    await asyncio.sleep(0)
