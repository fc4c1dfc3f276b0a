"""The pytest plugin itself, seen from outside: sessions that end in every way."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "SECRET_KEY = 'x'\nDATABASES = {}\nINSTALLED_APPS = []\n"
WAITING_TEST = """
import pathlib, signal
import psycopg

def test_waits(postgres_server):
    psycopg.connect(postgres_server.dsn("gongshi_owner")).close()
    pathlib.Path(__file__).with_name("ready").write_text(str(postgres_server.home.parent))
    signal.pause()
"""


def _until(condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(condition())


@pytest.fixture
def session(tmp_path: Path) -> "subprocess.Popen[bytes]":
    """A pytest session of its own in the middle of a test that uses the server."""
    (tmp_path / "plain_settings.py").write_text(SETTINGS)
    test = tmp_path / "test_waits.py"
    test.write_text(WAITING_TEST)
    options = ["-c", str(ROOT / "pyproject.toml"), "--ds=plain_settings", "-p", "no:cacheprovider"]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, str(test)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "GONGSHI_TEST_DATABASE_URL": ""},
        stdout=subprocess.DEVNULL,
        # Where we run in the background, Ctrl-C is ignored and children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def _processes_of(folder: str) -> list[str]:
    lines = [path for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return [str(line) for line in lines if os.fsencode(folder) in _read(line)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_ctrl_c_stops_the_server_and_deletes_its_folder(
    session: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    assert _until((tmp_path / "ready").exists)
    folder = (tmp_path / "ready").read_text()
    assert _processes_of(folder)
    session.send_signal(signal.SIGINT)
    assert session.wait(timeout=30) == pytest.ExitCode.INTERRUPTED
    assert _processes_of(folder) == []
    assert not Path(folder).exists()


def test_killed_session_leaves_no_server(session: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    assert _until((tmp_path / "ready").exists)
    folder = (tmp_path / "ready").read_text()
    session.kill()
    session.wait()
    assert _until(lambda: not _processes_of(folder))
    shutil.rmtree(folder)
