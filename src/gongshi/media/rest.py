"""The REST interface `/index/api/{name}`, with ZLMediaKit's names, codes and shapes."""

import hmac
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import ValidationError

from gongshi.media.redaction import redact
from gongshi.media.streams import Pull, SourceSilent, StreamExists
from gongshi.media.viewer import Viewer
from gongshi.wire import rest
from gongshi.wire.hooks import DEFAULT_VHOST, FMP4
from gongshi.wire.message import Message, PlainMessage
from gongshi.wire.rest import Code

if TYPE_CHECKING:
    from gongshi.media.node import MediaNode

log = logging.getLogger(__name__)


class Refusal(Exception):  # noqa: N818
    """The request cannot be done: a code and a sentence for the caller."""

    def __init__(self, code: Code, msg: str) -> None:
        super().__init__(msg)
        self.code = code
        self.msg = msg


async def add_stream_proxy(node: "MediaNode", ask: rest.AddStreamProxy) -> rest.Reply:
    try:
        await node.streams.add(ask.app, ask.stream, ask.url, ask.rtp_type, ask.timeout_sec)
    except StreamExists:
        raise Refusal(Code.OTHER_FAILED, "This stream already exists") from None
    except SourceSilent as error:
        raise Refusal(Code.OTHER_FAILED, str(error)) from None
    return rest.AddStreamProxyReply(data=rest.ProxyKey(key=f"{ask.vhost}/{ask.app}/{ask.stream}"))


async def del_stream_proxy(node: "MediaNode", ask: rest.DelStreamProxy) -> rest.Reply:
    _, app, stream = [*ask.key.split("/", 2), "", ""][:3]
    return rest.DelStreamProxyReply(data=rest.Deleted(flag=node.streams.remove(app, stream)))


async def is_media_online(node: "MediaNode", ask: rest.StreamQuery) -> rest.Reply:
    return rest.OnlineReply(online=node.streams.online(ask.app, ask.stream) is not None)


async def get_media_list(node: "MediaNode", ask: rest.StreamFilter) -> rest.Reply:
    return rest.MediaListReply(data=[media_info(pull) for pull in _matching(node, ask)])


async def get_media_player_list(node: "MediaNode", ask: rest.StreamQuery) -> rest.Reply:
    stream = node.streams.online(ask.app, ask.stream)
    if stream is None:
        raise Refusal(Code.NOT_FOUND, "can not find the stream")
    return rest.PlayerListReply(data=[rest.PlayerInfo(**socket_info(viewer)) for viewer in stream.viewers])


async def get_all_session(node: "MediaNode", ask: rest.SessionFilter) -> rest.Reply:
    sessions = [
        rest.SessionInfo(id=viewer.id, **socket_info(viewer)) for viewer in node.playing.viewers.values()
    ]
    return rest.SessionListReply(
        data=[
            session
            for session in sessions
            if ask.local_port in (None, 0, session.local_port) and ask.peer_ip in (None, "", session.peer_ip)
        ]
    )


async def kick_session(node: "MediaNode", ask: rest.KickSession) -> rest.Reply:
    if not node.playing.kick(ask.id):
        raise Refusal(Code.OTHER_FAILED, "can not find the target")
    return rest.Reply()


async def close_streams(node: "MediaNode", ask: rest.CloseStreams) -> Message:
    hits = _matching(node, ask)
    closed = [pull for pull in hits if ask.force or not pull.stream.viewers]
    for pull in closed:
        node.streams.remove(*pull.key)
    return rest.CloseStreamsReply(count_hit=len(hits), count_closed=len(closed))


async def get_server_config(node: "MediaNode", _: PlainMessage) -> rest.Reply:
    return rest.ServerConfigReply(data=[node.config])


async def get_statistic(node: "MediaNode", _: PlainMessage) -> rest.Reply:
    return rest.StatisticReply(data=node.statistic())


@dataclass(frozen=True)
class Call:
    """What a name asks for, and who answers."""

    request: type[Message]
    answer: Callable[["MediaNode", Any], Awaitable[Message]]


CALLS = {
    "addStreamProxy": Call(rest.AddStreamProxy, add_stream_proxy),
    "delStreamProxy": Call(rest.DelStreamProxy, del_stream_proxy),
    "isMediaOnline": Call(rest.StreamQuery, is_media_online),
    "getMediaList": Call(rest.StreamFilter, get_media_list),
    "getMediaPlayerList": Call(rest.StreamQuery, get_media_player_list),
    "getAllSession": Call(rest.SessionFilter, get_all_session),
    "kick_session": Call(rest.KickSession, kick_session),
    "close_streams": Call(rest.CloseStreams, close_streams),
    "getServerConfig": Call(PlainMessage, get_server_config),
    "getStatistic": Call(PlainMessage, get_statistic),
}


def is_secret(node: "MediaNode", given: object) -> bool:
    """Compare in constant time."""
    expected = node.settings.secret.get_secret_value()
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())


def handler(node: "MediaNode") -> Callable[[web.Request], Awaitable[web.Response]]:
    """The one handler of all calls; arguments and secret come by query, form or JSON body."""

    async def handle(request: web.Request) -> web.Response:
        try:
            arguments = await _arguments(request)
            if not is_secret(node, arguments.get("secret")):
                raise Refusal(Code.AUTH_FAILED, "Incorrect secret")
            call = CALLS.get(request.match_info["name"])
            if call is None:
                raise web.HTTPNotFound(text="no such call")
            reply = await call.answer(node, call.request.model_validate(arguments))
        except ValidationError as error:
            fields = ", ".join(str(part["loc"][-1]) for part in error.errors() if part["loc"])
            reply = rest.Reply(code=Code.INVALID_ARGS, msg=f"Required parameter missed: {fields}")
        except Refusal as refusal:
            reply = rest.Reply(code=refusal.code, msg=refusal.msg)
        return web.json_response(reply.to_wire())

    return handle


async def _arguments(request: web.Request) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        try:
            body = await request.json()
        except ValueError:
            raise Refusal(Code.INVALID_ARGS, "the body is no JSON") from None
        if not isinstance(body, dict):
            raise Refusal(Code.INVALID_ARGS, "the body is no JSON object")
        return arguments | body
    return arguments | dict(await request.post())


def _matching(node: "MediaNode", ask: rest.StreamFilter) -> list[Pull]:
    """The streams online that a filter means; an empty word does not filter, as in ZLMediaKit."""
    if ask.vhost not in (None, "", DEFAULT_VHOST) or ask.schema_name not in (None, "", FMP4):
        return []
    return [
        pull
        for (app, name), pull in node.streams.pulls.items()
        if pull.stream.is_online and ask.app in (None, "", app) and ask.stream in (None, "", name)
    ]


def media_info(pull: Pull) -> rest.MediaInfo:
    stream, source = pull.stream, pull.source
    init = stream.opening.init if stream.opening else None
    alive = time.time() - stream.created
    track = rest.TrackInfo(
        codec_id_name=source.codec_name.upper(),
        width=init.width if init else 0,
        height=init.height if init else 0,
        fps=stream.frame_rate,
        frames=stream.frames,
        key_frames=stream.key_frames,
    )
    return rest.MediaInfo(
        app=stream.app,
        stream=stream.name,
        create_stamp=int(stream.created),
        alive_second=int(alive),
        bytes_speed=int(source.bytes / max(alive, 1.0)),
        total_bytes=source.bytes,
        reader_count=len(stream.viewers),
        total_reader_count=len(stream.viewers),
        origin_url=redact(source.url),
        tracks=[track],
    )


def socket_info(viewer: Viewer) -> dict[str, Any]:
    local_ip, local_port = viewer.transport.get_extra_info("sockname")[:2]
    return {
        "identifier": viewer.id,
        "peer_ip": viewer.asked.ip,
        "peer_port": viewer.asked.port,
        "local_ip": local_ip,
        "local_port": local_port,
        "typeid": "gongshi.media.viewer.Viewer",
    }
