"""REST interface of a media node, `POST /index/api/{name}` (ZLMediaKit, server/WebApi.cpp).

Requests and answers are JSON objects. The status is always 200; `code` says how it went.
"""

from enum import IntEnum
from typing import Any

from gongshi.wire.hooks import DEFAULT_VHOST, FMP4
from gongshi.wire.message import Message, PlainMessage


class Code(IntEnum):
    """`code` of an answer."""

    SUCCESS = 0
    OTHER_FAILED = -1
    AUTH_FAILED = -100
    INVALID_ARGS = -300
    EXCEPTION = -400
    NOT_FOUND = -500


class RtpType(IntEnum):
    """How RTP comes from the camera."""

    TCP = 0
    UDP = 1
    MULTICAST = 2


# Requests


class AddStreamProxy(PlainMessage):
    """Pull `url` and offer it as `app/stream`. Answered when the source has answered: `data.key`."""

    app: str
    stream: str
    url: str
    vhost: str = DEFAULT_VHOST
    rtp_type: RtpType = RtpType.TCP
    timeout_sec: float = 10.0


class DelStreamProxy(PlainMessage):
    """Stop a pull: `data.flag` says whether there was one."""

    key: str


class StreamQuery(PlainMessage):
    """One stream: isMediaOnline, getMediaPlayerList."""

    app: str
    stream: str
    vhost: str = DEFAULT_VHOST
    schema_name: str = FMP4


class StreamFilter(PlainMessage):
    """Streams; what is None does not filter: getMediaList."""

    app: str | None = None
    stream: str | None = None
    vhost: str | None = None
    schema_name: str | None = None


class CloseStreams(StreamFilter):
    """Close streams; with viewers only when `force`."""

    force: bool = False


class SessionFilter(PlainMessage):
    """Connections: getAllSession."""

    local_port: int | None = None
    peer_ip: str | None = None


class KickSession(PlainMessage):
    """Cut one connection, named by the `id` of its hooks."""

    id: str


# Parts of answers


class TrackInfo(PlainMessage):
    """One track of a stream. `codec_type` 0 is video."""

    codec_id_name: str = ""
    codec_type: int = 0
    ready: bool = True
    width: int = 0
    height: int = 0
    fps: float = 0.0
    frames: int = 0
    key_frames: int = 0


class MediaInfo(Message):
    """One stream on the node. Speeds in bytes per second, times in seconds."""

    app: str
    stream: str
    vhost: str = DEFAULT_VHOST
    schema_name: str = FMP4
    create_stamp: int = 0
    alive_second: int = 0
    bytes_speed: int = 0
    total_bytes: int = 0
    reader_count: int = 0
    total_reader_count: int = 0
    origin_type: int = 4
    origin_type_str: str = "pull"
    origin_url: str = ""
    tracks: list[TrackInfo] = []


class SessionInfo(PlainMessage):
    """One connection; `id` is that of its hooks. A player that still waits for its stream is one, too."""

    id: str
    peer_ip: str = ""
    peer_port: int = 0
    local_ip: str = ""
    local_port: int = 0
    identifier: str = ""
    type: str = "tcp"
    typeid: str = ""


class PlayerInfo(PlainMessage):
    """One player of a stream; `identifier` is the `id` of the hooks."""

    identifier: str
    peer_ip: str = ""
    peer_port: int = 0
    local_ip: str = ""
    local_port: int = 0
    typeid: str = ""


class ProxyKey(Message):
    """`data` of addStreamProxy."""

    key: str


class Deleted(Message):
    """`data` of delStreamProxy."""

    flag: bool


# Answers


class Reply(Message):
    """Every answer."""

    code: int = Code.SUCCESS
    msg: str | None = None


class AddStreamProxyReply(Reply):
    """addStreamProxy."""

    data: ProxyKey | None = None


class DelStreamProxyReply(Reply):
    """delStreamProxy."""

    data: Deleted | None = None


class OnlineReply(Reply):
    """isMediaOnline."""

    online: bool = False


class MediaListReply(Reply):
    """getMediaList. ZLMediaKit leaves `data` out when there is none."""

    data: list[MediaInfo] = []


class PlayerListReply(Reply):
    """getMediaPlayerList."""

    data: list[PlayerInfo] = []


class SessionListReply(Reply):
    """getAllSession."""

    data: list[SessionInfo] = []


class CloseStreamsReply(PlainMessage):
    """close_streams."""

    code: int = Code.SUCCESS
    msg: str | None = None
    count_hit: int = 0
    count_closed: int = 0


class ServerConfigReply(Reply):
    """getServerConfig: one object of flat keys, e.g. `general.mediaServerId`, `gongshi.boot`."""

    data: list[dict[str, str]] = []


class StatisticReply(Reply):
    """getStatistic: counters of live objects."""

    data: dict[str, Any] = {}
