"""The messages speak ZLMediaKit's words."""

import pytest
from pydantic import ValidationError

from gongshi.wire import rest
from gongshi.wire.hooks import HookReply, OnFlowReport, OnPlay, OnServerStarted, OnStreamNoneReader

# As a ZLMediaKit of 2026 sends it.
ON_PLAY = """{"app": "live", "hook_index": 12, "id": "140-3", "ip": "10.1.2.3", "mediaServerId": "zlm-1",
"params": "ticket=abc", "port": 50613, "protocol": "ws", "schema": "fmp4", "stream": "331102",
"vhost": "__defaultVhost__"}"""


def test_a_hook_of_a_real_zlmediakit_is_understood() -> None:
    hook = OnPlay.model_validate_json(ON_PLAY)
    assert (hook.media_server_id, hook.app, hook.stream, hook.id) == ("zlm-1", "live", "331102", "140-3")
    assert (hook.ip, hook.port, hook.params, hook.schema_name) == ("10.1.2.3", 50613, "ticket=abc", "fmp4")
    assert hook.boot is None


def test_a_hook_of_ours_has_the_same_names() -> None:
    report = OnFlowReport(
        media_server_id="n",
        boot="b",
        app="a",
        stream="s",
        id="1-2",
        ip="i",
        port=1,
        total_bytes=7,
        duration=3,
    )
    assert report.to_wire() == {
        "mediaServerId": "n",
        "gongshi.boot": "b",
        "app": "a",
        "stream": "s",
        "vhost": "__defaultVhost__",
        "schema": "fmp4",
        "id": "1-2",
        "ip": "i",
        "port": 1,
        "params": "",
        "totalBytes": 7,
        "duration": 3,
        "player": True,
    }
    assert OnFlowReport.model_validate(report.to_wire()) == report


def test_the_configuration_of_a_started_server_may_hold_anything() -> None:
    started = OnServerStarted.model_validate(
        {"api.secret": "x", "hook.enable": "1", "mediaServerId": "zlm-1", "gongshi.boot": "abc"}
    )
    assert (started.media_server_id, started.boot) == ("zlm-1", "abc")


def test_a_hook_without_a_stream_is_refused() -> None:
    with pytest.raises(ValidationError):
        OnStreamNoneReader.model_validate({"app": "live"})


def test_an_answer_says_only_what_it_means() -> None:
    assert HookReply().to_wire() == {"code": 0, "msg": "success"}
    assert HookReply(close=True).to_wire()["close"] is True


def test_rest_requests_keep_snake_case() -> None:
    request = rest.AddStreamProxy(app="a", stream="s", url="rtsp://x/")
    assert request.to_wire() == {
        "app": "a",
        "stream": "s",
        "url": "rtsp://x/",
        "vhost": "__defaultVhost__",
        "rtp_type": 0,
        "timeout_sec": 10.0,
    }
