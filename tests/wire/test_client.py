"""The client of the control plane, against a real node."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gongshi.media.node import MediaNode
from gongshi.media.settings import MediaSettings
from gongshi.wire.client import NodeClient, NodeRefused, NodeUnreachable

SECRET = "a-shared-secret"


@pytest.fixture
def node() -> Iterator[MediaNode]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    node = MediaNode(MediaSettings(port=0, secret=SECRET, node_id="node-1", hook_url="http://127.0.0.1:9/x"))
    asyncio.run_coroutine_threadsafe(node.__aenter__(), loop).result(5)
    yield node
    asyncio.run_coroutine_threadsafe(node.__aexit__(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


@pytest.fixture
def client(node: MediaNode) -> Iterator[NodeClient]:
    with NodeClient(f"http://127.0.0.1:{node.port}", SECRET) as client:
        yield client


def test_an_idle_node_has_nothing(client: NodeClient) -> None:
    assert client.media_list() == []
    assert client.all_sessions() == []
    assert client.is_media_online("live", "x") is False
    assert client.del_stream_proxy("__defaultVhost__/live/x") is False
    assert client.close_streams("live", "x", force=True) == 0


def test_the_configuration_names_node_and_boot(client: NodeClient, node: MediaNode) -> None:
    config = client.server_config()
    assert (config["general.mediaServerId"], config["gongshi.boot"]) == ("node-1", node.boot)


def test_what_the_node_refuses_is_raised_with_its_code(client: NodeClient, node: MediaNode) -> None:
    with pytest.raises(NodeRefused) as refusal:
        client.kick_session("1-1")
    assert refusal.value.code == -1
    with (
        NodeClient(f"http://127.0.0.1:{node.port}", "wrong") as stranger,
        pytest.raises(NodeRefused) as refusal,
    ):
        stranger.media_list()
    assert refusal.value.code == -100


def test_a_source_that_refuses_is_a_refusal_without_password(client: NodeClient) -> None:
    with pytest.raises(NodeRefused) as refusal:
        client.add_stream_proxy("live", "x", "rtsp://admin:hidden@127.0.0.1:1/x")
    assert "hidden" not in str(refusal.value)


def test_nobody_there_is_unreachable() -> None:
    with NodeClient("http://127.0.0.1:9", SECRET) as client, pytest.raises(NodeUnreachable):
        client.media_list()


def test_something_else_there_is_unreachable() -> None:
    class Stranger(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with (
        NodeClient(f"http://127.0.0.1:{server.server_port}", SECRET) as client,
        pytest.raises(NodeUnreachable) as problem,
    ):
        client.media_list()
    assert SECRET not in str(problem.value)
    server.shutdown()
    server.server_close()
