"""Web hooks: what a media node asks and tells the control plane (ZLMediaKit, server/WebHook.cpp).

A hook is a POST of a JSON object to `{HOOK_URL}/{path}` with Basic authentication. The control plane answers
200 with `{"code": 0, "msg": "success"}`; another code or status, or silence, is a refusal where there is
something to refuse. A node repeats a hook whose answer did not come, with the same `id`: answering must be
idempotent.

`boot` (on the wire `gongshi.boot`) is our own addition: a random word per start of the node. Connection ids
restart with the process, so a connection is (mediaServerId, boot, id). A plain ZLMediaKit does not send it.
"""

from enum import StrEnum
from typing import Any

from pydantic import StrictInt

from gongshi.wire.message import Message

DEFAULT_VHOST = "__defaultVhost__"
FMP4 = "fmp4"


class Hook(StrEnum):
    """The paths below HOOK_URL."""

    PLAY = "on_play"
    FLOW_REPORT = "on_flow_report"
    STREAM_CHANGED = "on_stream_changed"
    STREAM_NOT_FOUND = "on_stream_not_found"
    STREAM_NONE_READER = "on_stream_none_reader"
    SERVER_STARTED = "on_server_started"
    SERVER_KEEPALIVE = "on_server_keepalive"


class HookMessage(Message):
    """What every hook carries."""

    media_server_id: str = ""
    boot: str | None = None


class StreamHook(HookMessage):
    """A hook about one stream."""

    app: str
    stream: str
    vhost: str = DEFAULT_VHOST
    schema_name: str = FMP4


class ConnectionHook(StreamHook):
    """A hook about one viewer's connection. `params` is the raw query and holds the ticket: do not log it."""

    id: str
    ip: str
    port: int
    params: str = ""
    protocol: str | None = None


class OnPlay(ConnectionHook):
    """May this connection play? Answered before the first media byte."""


class OnStreamNotFound(ConnectionHook):
    """Somebody who may play waits for a stream that is not there. The answer `close: true` ends the wait."""


class OnFlowReport(ConnectionHook):
    """A connection has ended. `total_bytes` sent, `duration` in seconds."""

    total_bytes: int
    duration: int
    player: bool = True


class OnStreamChanged(StreamHook):
    """A stream came (`regist`) or went."""

    regist: bool


class OnStreamNoneReader(StreamHook):
    """Nobody has watched for the configured delay. `close: true` in the answer stops the pull."""


class OnServerStarted(HookMessage):
    """The node has started. ZLMediaKit posts its whole configuration, flat; we read what concerns us."""


class OnServerKeepalive(HookMessage):
    """The node lives; `data` are its counters (see `rest.Statistic`)."""

    data: dict[str, Any] = {}


class HookReply(Message):
    """The answer to a hook. `code` 0 agrees."""

    code: int = 0
    msg: str = "success"
    close: bool | None = None


class HookAnswer(Message):
    """The same answer as a node must read it: without a whole number as `code` nobody has agreed."""

    code: StrictInt
    msg: str = ""
    close: bool = False
