"""The supervisor with small processes, seen from outside: it runs in a process of its own."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gongshi.config.supervisor import Process, Supervisor

# A parent and a grandchild in a session of its own; both write their numbers down and then wait for ever.
FAMILY = """
import os, pathlib, subprocess, sys, time
folder = pathlib.Path(sys.argv[1])
if len(sys.argv) == 2:
    subprocess.Popen([sys.executable, __file__, sys.argv[1], "grandchild"], start_new_session=True)
(folder / f"pid-{os.getpid()}").touch()
print("alive", flush=True)
time.sleep(600)
"""
SUPERVISE = """
import sys
from gongshi.config.supervisor import Process, Supervisor
processes = {processes}
sys.exit(Supervisor(processes).run(lambda: print("all ready", flush=True)))
"""


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _until(condition: Callable[[], object], *, within_s: float = 15) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Stage:
    """A folder, a supervisor running there, and the processes that it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.family = self.script("family", FAMILY)
        self.supervisor: subprocess.Popen[str] | None = None

    def script(self, name: str, text: str) -> str:
        path = self.folder / f"{name}.py"
        path.write_text(textwrap.dedent(text))
        return str(path)

    def run(self, *processes: str) -> "subprocess.Popen[str]":
        """Start a supervisor of the given `Process(…)` expressions; its output goes to `log`."""
        script = self.script("supervise", SUPERVISE.format(processes=f"[{', '.join(processes)}]"))
        with (self.folder / "log").open("w") as log:
            self.supervisor = subprocess.Popen([sys.executable, script], stdout=log, stderr=log, text=True)
        return self.supervisor

    def family_process(self, name: str = "family", more: str = "") -> str:
        return f"Process({name!r}, ({sys.executable!r}, {self.family!r}, {str(self.folder)!r}){more})"

    def pids(self) -> list[int]:
        return [int(path.name.removeprefix("pid-")) for path in self.folder.glob("pid-*")]

    def survivors(self) -> list[int]:
        return [pid for pid in self.pids() if _is_alive(pid)]

    def log(self) -> str:
        return (self.folder / "log").read_text()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    if stage.supervisor is not None and stage.supervisor.poll() is None:
        stage.supervisor.kill()
        stage.supervisor.wait()
    _until(lambda: not stage.survivors())


def test_killed_process_is_started_again(stage: Stage) -> None:
    stage.run(stage.family_process())
    assert _until(lambda: len(stage.pids()) == 2)
    first = set(stage.pids())
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    assert _until(lambda: len(set(stage.pids()) - first) == 2)
    assert "family 已退出（代码 137），1 秒后重新启动。" in stage.log()


def test_grandchildren_of_a_killed_process_do_not_survive_it(stage: Stage) -> None:
    stage.run(stage.family_process())
    assert _until(lambda: len(stage.pids()) == 2)
    parent, grandchild = sorted(stage.pids())
    os.kill(parent, signal.SIGKILL)
    assert _until(lambda: not _is_alive(grandchild))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_leaves_no_orphan(stage: Stage, number: signal.Signals) -> None:
    supervisor = stage.run(stage.family_process("one"), stage.family_process("two"))
    assert _until(lambda: len(stage.pids()) == 4)
    supervisor.send_signal(number)
    assert supervisor.wait(timeout=15) == 0
    assert stage.survivors() == []


def test_kill_minus_nine_of_the_supervisor_leaves_no_survivor(stage: Stage) -> None:
    supervisor = stage.run(stage.family_process("one"), stage.family_process("two"))
    assert _until(lambda: len(stage.pids()) == 4)
    supervisor.kill()
    supervisor.wait()
    assert _until(lambda: not stage.survivors(), within_s=10)


def test_kill_minus_nine_also_ends_a_process_that_ignores_sigterm(stage: Stage) -> None:
    stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY
    stage.family = stage.script("stubborn", stubborn)
    supervisor = stage.run(stage.family_process())
    assert _until(lambda: len(stage.pids()) == 2)
    supervisor.kill()
    supervisor.wait()
    assert _until(lambda: not stage.survivors(), within_s=10)


def test_second_ctrl_c_ends_a_process_that_ignores_the_first(stage: Stage) -> None:
    stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY
    stage.family = stage.script("stubborn", stubborn)
    supervisor = stage.run(stage.family_process())
    assert _until(lambda: len(stage.pids()) == 2)
    supervisor.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        supervisor.wait(timeout=1)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(timeout=5) == 0
    assert stage.survivors() == []


def test_processes_start_when_what_they_need_is_ready(stage: Stage) -> None:
    flag = stage.folder / "flag"
    first = f"Process('first', ('touch', {str(flag)!r}), once=True)"
    second = f"Process('second', ('sh', '-c', 'test -e {flag} && echo found it; sleep 60'), needs=('first',))"
    stage.run(second, first)
    assert _until(lambda: "all ready" in stage.log())
    assert _until(lambda: "second  | found it" in stage.log())


def test_what_others_need_stops_after_them_even_when_a_finished_step_is_in_between(stage: Stage) -> None:
    on_stop = "trap 'sleep 1; echo gone; exit' TERM; echo armed; while :; do sleep 0.1; done"
    base = f"Process('base', ('sh', '-c', {on_stop!r}))"
    step = "Process('step', ('true',), needs=('base',), once=True)"
    user = f"Process('user', ('sh', '-c', {on_stop!r}), needs=('step',))"
    supervisor = stage.run(base, step, user)
    assert _until(lambda: stage.log().count("armed") == 2)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(timeout=15) == 0
    assert [line.split()[0] for line in stage.log().splitlines() if "gone" in line] == ["user", "base"]


def test_supervisor_gives_up_when_a_step_fails(stage: Stage) -> None:
    step = "Process('step', ('sh', '-c', 'echo broken; exit 7'), once=True)"
    supervisor = stage.run(step, stage.family_process(more=", needs=('step',)"))
    assert supervisor.wait(timeout=15) == 1
    assert "step    | broken" in stage.log()
    assert "step 失败（代码 7）" in stage.log()
    assert stage.pids() == []


def test_need_that_nobody_fills_is_refused() -> None:
    with pytest.raises(ValueError, match="db"):
        Supervisor([Process("web", ("true",), needs=("db",))])
