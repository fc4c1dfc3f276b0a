"""A real media node and a real worker as their own processes, a live portal, a real RTSP camera."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateWorker
from pytest_django.live_server_helper import LiveServer

from gongshi.kernel import clock
from gongshi.viewing.models import MediaNode
from tests.media.camera import Camera, write_clip
from tests.viewing.making import make_node
from tests.viewing.patience import eventually

NODE_SECRET = secrets.token_hex(16)


class NodeProcess:
    """A media node that can be killed and started again. Its port stays."""

    def __init__(self, portal: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        hook_secret = settings.ENVIRONMENT.hook_secret
        self._chosen = {
            "PORT": self.port,
            "SECRET": NODE_SECRET,
            "NODE_ID": "node-1",
            "HOOK_URL": f"{portal}/media-hooks".replace("://", f"://node-1:{hook_secret}@"),
            "KEEPALIVE_S": 0.5,
            "MAX_STREAM_WAIT_S": 5,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def row(self) -> MediaNode:
        return MediaNode.objects.get(code="node-1")

    def start(self) -> None:
        """Start, and wait until the portal has heard from it."""
        before = self.row.boot
        environment = {f"GONGSHI_MEDIA_{name}": str(value) for name, value in self._chosen.items()}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gongshi.media"], env=os.environ | environment
        )
        eventually(lambda: self.row.boot not in {"", before})

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(10)
            self._process = None


class Worker:
    """The process that does the jobs of playing."""

    def __init__(self) -> None:
        # The portal's own settings, but the database of the tests.
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        chosen = {"DATABASE_URL": urlunsplit(url), "DJANGO_SETTINGS_MODULE": "gongshi.config.settings"}
        command = [sys.executable, "-m", "django", "procrastinate", "worker", "--queues=play"]
        self.started_at = clock.now()
        self._process = subprocess.Popen([*command, "--concurrency=4"], env=os.environ | chosen)

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)


@pytest.fixture(scope="session")
def rtsp_camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Camera]:
    directory: Path = tmp_path_factory.mktemp("clips")
    write_clip(directory / "h264.mp4", "h264")
    camera = Camera(directory)
    camera.switch_on()
    yield camera
    camera.scrap()


@pytest.fixture(scope="session")
def worker_process(django_db_setup: None) -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.kill()


@pytest.fixture
def media_node(transactional_db: None, live_server: LiveServer) -> Iterator[NodeProcess]:
    """The node of the government network, alive and known to the portal."""
    node = NodeProcess(live_server.url.replace("localhost", "127.0.0.1"))
    make_node(
        api_url=f"http://127.0.0.1:{node.port}",
        api_secret=NODE_SECRET,
        socket_url=f"ws://{{host}}:{node.port}",
        boot="",
        last_seen_at=None,
    )
    node.start()
    yield node
    # It waits for the answers to its hooks, so the portal is idle when the tables are emptied.
    node.stop()


def forget_jobs() -> None:
    """Django empties its own tables after a test; these are not its own."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def worker(transactional_db: None, worker_process: Worker) -> Iterator[Worker]:
    """The worker, at work."""
    # What tests without a worker left would be done first.
    forget_jobs()
    # Workers that other tests killed have left their rows.
    ours = ProcrastinateWorker.objects.filter(last_heartbeat__gte=worker_process.started_at)
    eventually(ours.exists)
    yield worker_process
    worker_process.resume()
    forget_jobs()
