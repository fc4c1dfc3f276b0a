"""The smoke run names the step that failed, whatever fails; the media benchmark counts whom it served."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks import instance, smoke
from benchmarks.instance import DidNotStart, DidNotStop, Instance
from benchmarks.media import Load

CHAIN = ("import_cameras", "demand_chain", "watch")
STUBBORN = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


class Fake(Instance):
    """An instance without processes; `trouble` is raised when it is stopped."""

    trouble: Exception | None = None
    stops = 0

    def __init__(self, var: Path) -> None:
        super().__init__("http://localhost:1", 2.5, var, None)  # type: ignore[arg-type]

    def stop(self) -> None:
        type(self).stops += 1
        if self.trouble:
            raise self.trouble


Fail = Callable[[str, Exception], None]


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Replaces all that needs an instance by what succeeds at once; a call makes one part fail."""

    async def watched(portal: str) -> dict[str, float]:
        return {"cut_ms": 1.0}

    request = httpx.Request("GET", "http://localhost:1/readyz")
    monkeypatch.setattr(Fake, "stops", 0)
    monkeypatch.setattr(smoke, "start", Fake)
    monkeypatch.setattr(httpx, "get", lambda *_, **__: httpx.Response(200, request=request))
    monkeypatch.setattr(smoke, "import_cameras", lambda portal: {"import_rows": 500})
    monkeypatch.setattr(smoke, "demand_chain", lambda portal: {"demand_chain_s": 1.5})
    monkeypatch.setattr(smoke, "watch", watched)

    def break_part(name: str, error: Exception) -> None:
        def broken(*_: Any, **__: Any) -> None:
            raise error

        monkeypatch.setattr(httpx if name == "get" else smoke, name, broken)

    return break_part


def test_a_smoke_run_prints_one_line_with_both_starts(fail: Fail, capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main() == 0
    [line] = capsys.readouterr().out.splitlines()
    figures = json.loads(line)
    assert (figures["start_s"], figures["second_start_s"], figures["cut_ms"]) == (2.5, 2.5, 1.0)
    assert Fake.stops == 2


@pytest.mark.parametrize(
    ("part", "error", "named", "stops"),
    [
        ("start", DidNotStart("no port"), "smoke: start: no port", 0),
        ("start", OSError("no memory"), "smoke: start: OSError", 0),
        ("get", httpx.ConnectError("refused"), "smoke: readiness: ConnectError", 1),
        ("import_cameras", smoke.StepFailed("import: 500"), "smoke: import: 500", 1),
    ],
)
def test_a_smoke_run_that_fails_names_the_step_and_stops_what_it_started(
    part: str, error: Exception, named: str, stops: int, fail: Fail, capsys: pytest.CaptureFixture[str]
) -> None:
    fail(part, error)
    assert smoke.main() == 1
    said = capsys.readouterr()
    assert said.err.startswith(named) and said.out == ""
    assert Fake.stops == stops


@pytest.mark.parametrize(
    ("chain", "named"), [("import_cameras", "import"), ("demand_chain", "point list"), ("watch", "cameras")]
)
def test_a_log_in_that_fails_is_told_with_its_step_and_not_as_the_start(
    chain: str,
    named: str,
    fail: Fail,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(smoke, chain, REAL[chain])
    fail("signed_in", httpx.ReadTimeout("timed out"))
    assert smoke.main() == 1
    assert capsys.readouterr().err.startswith(f"smoke: {named}")


REAL = {name: getattr(smoke, name) for name in CHAIN}


def test_an_instance_that_does_not_stop_is_told_as_stop(
    fail: Fail, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Fake, "trouble", DidNotStop("still there"))
    assert smoke.main() == 1
    assert capsys.readouterr().err.startswith("smoke: stop: still there")


def test_of_two_failures_the_first_is_told(
    fail: Fail, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Fake, "trouble", DidNotStop("still there"))
    fail("demand_chain", smoke.StepFailed("bureau review: 500"))
    assert smoke.main() == 1
    assert capsys.readouterr().err == "smoke: bureau review: 500\n"


def test_a_process_that_does_not_stop_is_killed_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "STOP_WITHIN_S", 0.2)
    (tmp_path / "log").write_text("the last words")
    command = [sys.executable, "-c", STUBBORN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"deaf\n"
        with pytest.raises(DidNotStop, match="the last words"):
            Instance("http://localhost:1", 1.0, tmp_path, process).stop()
        assert process.returncode == -signal.SIGKILL


def test_clips_are_taken_over_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, var = tmp_path / "known", tmp_path / "var"
    (known / "clips").mkdir(parents=True)
    (known / "clips" / "road.mp4").write_bytes(b"a film")
    var.mkdir()
    monkeypatch.setenv("GONGSHI_VAR", str(known))
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: None)
    monkeypatch.setattr(instance, "_wait_ready", lambda process, var: None)
    instance.start(var)
    (var / "clips" / "road.mp4").write_bytes(b"own film")
    instance.start(var)
    assert (var / "clips" / "road.mp4").read_bytes() == b"own film"


def test_only_viewers_who_got_all_their_frames_are_counted() -> None:
    frames = [(number, number) for number in range(1, 2001)]
    got_all, lost_two, lost_three, nothing = frames, frames[2:], frames[3:], []
    load = Load(1.0, 0, 3000, [got_all, lost_two, lost_three, nothing])
    assert load.served == 2
    assert Load(1.0, 0, 3000, [nothing, nothing]).served == 0
