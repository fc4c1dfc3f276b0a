"""How the control plane talks to one media node."""

from typing import TypeVar

import httpx
from pydantic import ValidationError

from gongshi.wire import rest
from gongshi.wire.message import Message, PlainMessage

R = TypeVar("R", bound=Message)


class NodeUnreachable(Exception):  # noqa: N818
    """The node did not answer, or what answered is no media node."""


class NodeRefused(Exception):  # noqa: N818
    """The node answered no. `code` as in `rest.Code`, `msg` in the node's words."""

    def __init__(self, code: int, msg: str) -> None:
        super().__init__(f"{code}: {msg}")
        self.code = code
        self.msg = msg


class NodeClient:
    """One media node, synchronous. Every method raises `NodeUnreachable` or `NodeRefused`.

    The secret travels in the body, never in a URL that somebody could log. Close it, or use it in a `with`.
    """

    def __init__(self, api_url: str, secret: str, timeout_s: float = 5.0) -> None:
        """`api_url`: where the node listens, e.g. `http://127.0.0.1:8081`."""
        self._secret = secret
        self._timeout_s = timeout_s
        # The node is a neighbour: a proxy of the environment must not stand between.
        self._http = httpx.Client(
            base_url=api_url.rstrip("/") + "/index/api/", timeout=timeout_s, trust_env=False
        )

    def __enter__(self) -> "NodeClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def add_stream_proxy(
        self,
        app: str,
        stream: str,
        url: str,
        rtp_type: int = rest.RtpType.TCP,
        source_timeout_s: float = 10.0,
    ) -> str:
        """Have the node pull `url` as `app/stream`; gives the key to stop it.

        Blocks until the source has answered, at most `source_timeout_s`. Refused (-1) when the stream exists.
        """
        request = rest.AddStreamProxy(
            app=app, stream=stream, url=url, rtp_type=rest.RtpType(rtp_type), timeout_sec=source_timeout_s
        )
        reply = self._call(
            "addStreamProxy", request, rest.AddStreamProxyReply, self._timeout_s + source_timeout_s
        )
        return reply.data.key if reply.data else ""

    def del_stream_proxy(self, key: str) -> bool:
        """Stop a pull; False when there was none."""
        reply = self._call("delStreamProxy", rest.DelStreamProxy(key=key), rest.DelStreamProxyReply)
        return bool(reply.data and reply.data.flag)

    def is_media_online(self, app: str, stream: str) -> bool:
        """Whether frames of the stream are there now."""
        return self._call("isMediaOnline", rest.StreamQuery(app=app, stream=stream), rest.OnlineReply).online

    def media_list(self) -> list[rest.MediaInfo]:
        """All streams of the node. A ZLMediaKit lists one per schema."""
        return self._call("getMediaList", rest.StreamFilter(), rest.MediaListReply).data

    def player_list(self, app: str, stream: str) -> list[rest.PlayerInfo]:
        """Who watches a stream; refused (-500) when it is not there."""
        return self._call(
            "getMediaPlayerList", rest.StreamQuery(app=app, stream=stream), rest.PlayerListReply
        ).data

    def all_sessions(self) -> list[rest.SessionInfo]:
        """All connections, those that wait for a stream included."""
        return self._call("getAllSession", rest.SessionFilter(), rest.SessionListReply).data

    def kick_session(self, id: str) -> None:
        """Cut a connection; refused (-1) when it is not there."""
        self._call("kick_session", rest.KickSession(id=id), rest.Reply)

    def close_streams(self, app: str, stream: str, force: bool = False) -> int:
        """Close a stream; gives how many were closed. Without `force` one with viewers stays."""
        request = rest.CloseStreams(app=app, stream=stream, force=force)
        return self._call("close_streams", request, rest.CloseStreamsReply).count_closed

    def server_config(self) -> dict[str, str]:
        """The node's configuration; `gongshi.boot` changes with every start of our node."""
        data = self._call("getServerConfig", PlainMessage(), rest.ServerConfigReply).data
        return data[0] if data else {}

    def _call(self, name: str, request: Message, reply_type: type[R], timeout_s: float | None = None) -> R:
        body = request.to_wire() | {"secret": self._secret}
        try:
            answer = self._http.post(name, json=body, timeout=timeout_s or self._timeout_s)
            answer.raise_for_status()
            refusal = rest.Reply.model_validate_json(answer.content)
            if refusal.code != rest.Code.SUCCESS:
                raise NodeRefused(refusal.code, refusal.msg or "")
            return reply_type.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            # Validation errors quote what they read: keep the type only.
            raise NodeUnreachable(f"{name}: {type(error).__name__}") from error
