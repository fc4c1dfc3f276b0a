"""A demonstration of its own on free ports, for the smoke run and the browser tests."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_WITHIN_S = 300
STOP_WITHIN_S = 40
READY = "共视演示已就绪"


class DidNotStart(Exception):  # noqa: N818 - reads as what it is
    """The instance ended or was not ready in time; the message is the end of its log."""


@dataclass(frozen=True)
class Instance:
    url: str
    started_in_s: float
    var: Path


@contextmanager
def demonstration(var: Path) -> Iterator[Instance]:
    """Start `gongshi demo` in `var`, and stop it with all its processes. Raises DidNotStart.

    Clips that an earlier demonstration rendered are taken over, since they take longest.
    """
    var.chmod(0o711)
    known_clips = Path(os.environ.get("GONGSHI_VAR", "var")) / "clips"
    if known_clips.exists():
        shutil.copytree(known_clips, var / "clips")
    port, media_port, cameras_port = _free_ports(3)
    settings = {
        "GONGSHI_VAR": str(var),
        "GONGSHI_PORT": str(port),
        "GONGSHI_MEDIA_PORT": str(media_port),
        "GONGSHI_DEMO_CAMERAS_PORT": str(cameras_port),
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    log = var / "log"
    begun = time.monotonic()
    with log.open("wb") as out:
        command = [sys.executable, "-m", "gongshi.cli", "demo"]
        process = subprocess.Popen(command, env=inherited | settings, stdout=out, stderr=out)
        try:
            _wait_ready(process, log)
            yield Instance(f"http://localhost:{port}", round(time.monotonic() - begun, 1), var)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_WITHIN_S)


def _wait_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_WITHIN_S
    while READY not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > until:
            raise DidNotStart(log.read_text(errors="replace")[-3000:])
        time.sleep(0.2)


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
