"""A real media node as its own process, calling the hooks of a live portal, and a real RTSP camera."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app
from pytest_django.live_server_helper import LiveServer
from tests.media.camera import Camera, write_clip
from tests.viewing.making import make_node
from tests.viewing.patience import eventually

from gongshi.viewing.models import MediaNode

NODE_SECRET = secrets.token_hex(16)


@dataclass
class NodeProcess:
    """A media node that can be killed and started again. Its port stays."""

    port: int
    portal: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def row(self) -> MediaNode:
        return MediaNode.objects.get(code="node-1")

    def start(self) -> None:
        """Start, and wait until the portal has heard from it."""
        before = self.row.boot
        hook_secret = settings.ENVIRONMENT.hook_secret
        chosen = {
            "PORT": self.port,
            "SECRET": NODE_SECRET,
            "NODE_ID": "node-1",
            "HOOK_URL": f"{self.portal}/media-hooks".replace("://", f"://node-1:{hook_secret}@"),
            "KEEPALIVE_S": 0.5,
            "MAX_STREAM_WAIT_S": 8,
        }
        environment = os.environ | {f"GONGSHI_MEDIA_{name}": str(value) for name, value in chosen.items()}
        self.process = subprocess.Popen([sys.executable, "-m", "gongshi.media"], env=environment)
        eventually(lambda: self.row.boot not in {"", before}, within_s=20)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(10)
            self.process = None


@pytest.fixture(scope="session")
def rtsp_camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Camera]:
    directory: Path = tmp_path_factory.mktemp("clips")
    write_clip(directory / "h264.mp4", "h264")
    camera = Camera(directory)
    camera.switch_on()
    yield camera
    camera.scrap()


@pytest.fixture
def media_node(transactional_db: None, live_server: LiveServer) -> Iterator[NodeProcess]:
    """The node of the government network, alive and known to the portal."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    make_node(
        api_url=f"http://127.0.0.1:{port}",
        api_secret=NODE_SECRET,
        socket_url=f"ws://{{host}}:{port}",
        boot="",
        last_seen_at=None,
    )
    node = NodeProcess(port, live_server.url.replace("localhost", "127.0.0.1"))
    node.start()
    yield node
    node.stop()


@pytest.fixture
def work(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """`work()` runs all jobs that are due, by procrastinate's own worker."""
    # The worker's threads must give their connections back, or the test database cannot be dropped.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    connector: Any = app.connector

    def run() -> None:
        with app.replace_connector(connector.get_worker_connector()) as working:
            working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    return run
