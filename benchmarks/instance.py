"""A demonstration of its own on free ports, for the smoke run and the browser tests."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_WITHIN_S = 300
STOP_WITHIN_S = 40
READY = "共视演示已就绪"


class DidNotStart(Exception):  # noqa: N818 - reads as what it is
    """The instance ended or was not ready in time; the message is the end of its log."""


class DidNotStop(Exception):  # noqa: N818 - reads as what it is
    """The instance had to be killed; the message is the end of its log."""


@dataclass(frozen=True)
class Instance:
    url: str
    started_in_s: float
    var: Path
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """End it with all its processes. Raises DidNotStop after having killed them."""
        _stop(self.process, self.var)


@contextmanager
def demonstration(var: Path) -> Iterator[Instance]:
    """Start `gongshi demo` in `var`, and stop it with all its processes. Raises DidNotStart, DidNotStop."""
    instance = start(var)
    try:
        yield instance
    finally:
        instance.stop()


def start(var: Path) -> Instance:
    """Start `gongshi demo` in `var`, again on its data if it was there before. Raises DidNotStart.

    Clips that an earlier demonstration rendered are taken over, since they take longest.
    """
    var.chmod(0o711)
    _take_over_clips(var)
    port, media_port, cameras_port = _free_ports(3)
    settings = {
        "GONGSHI_VAR": str(var),
        "GONGSHI_PORT": str(port),
        "GONGSHI_MEDIA_PORT": str(media_port),
        "GONGSHI_DEMO_CAMERAS_PORT": str(cameras_port),
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    begun = time.monotonic()
    with _log(var).open("wb") as out:
        command = [sys.executable, "-m", "gongshi.cli", "demo"]
        # In a group of its own, so that it can be killed as a whole.
        process = subprocess.Popen(
            command, env=inherited | settings, stdout=out, stderr=out, start_new_session=True
        )
    try:
        _wait_ready(process, var)
    except BaseException:
        # Why it did not start is what matters.
        with suppress(DidNotStop):
            _stop(process, var)
        raise
    return Instance(f"http://localhost:{port}", round(time.monotonic() - begun, 1), var, process)


def _stop(process: "subprocess.Popen[bytes]", var: Path) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        # What it keeps is on a leash and ends with it.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise DidNotStop(f"still there after {STOP_WITHIN_S} s\n{_end_of_log(var)}") from None


def _take_over_clips(var: Path) -> None:
    known, own = Path(os.environ.get("GONGSHI_VAR", "var")) / "clips", var / "clips"
    if known.exists() and not own.exists():
        shutil.copytree(known, own)


def _log(var: Path) -> Path:
    return var / "log"


def _end_of_log(var: Path) -> str:
    return _log(var).read_text(errors="replace")[-3000:]


def _wait_ready(process: "subprocess.Popen[bytes]", var: Path) -> None:
    until = time.monotonic() + START_WITHIN_S
    while READY not in _log(var).read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > until:
            raise DidNotStart(_end_of_log(var))
        time.sleep(0.2)


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
