"""Keeps a list of processes running: order, readiness, restart with back-off, one log, one clean end.

Every process is on a leash (`leash.py`), so nothing survives the supervisor, not even its kill -9.
"""

import contextlib
import fcntl
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import TextIO

from gongshi.config import leash

TICK_S = 0.1
FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 30.0
SETTLED_AFTER_S = 60.0
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92)
OWN_NAME = "gongshi"


class AlreadyRunningError(RuntimeError):
    """Another supervisor keeps this installation; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Process:
    """One line of the list.

    `needs` names the processes that must be ready first. `prepare` runs before every start. `ready` is asked
    again and again; without it a process is ready once started. A process with `once` has to end with 0 and
    is ready then; if it fails, the supervisor gives up.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    needs: tuple[str, ...] = ()
    prepare: Callable[[], None] | None = None
    ready: Callable[[], bool] | None = None
    once: bool = False
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM


class Phase(Enum):
    WAITING = auto()
    STARTING = auto()
    READY = auto()
    DONE = auto()


class GivingUpError(RuntimeError):
    """A step without which nothing else makes sense has failed; the message is a Chinese sentence."""


class Log:
    """One stream for all: every line with the name of its process in front, coloured on a terminal."""

    def __init__(self, stream: TextIO, names: Sequence[str]) -> None:
        self.stream = stream
        self.width = max(len(name) for name in (*names, OWN_NAME))
        coloured = names if _is_coloured(stream) else ()
        self.colours = dict(zip(coloured, itertools.cycle(COLOURS), strict=False))
        self.lock = threading.Lock()

    def write(self, name: str, line: str) -> None:
        head = f"{name:<{self.width}} |"
        if name in self.colours:
            head = f"\x1b[{self.colours[name]}m{head}\x1b[0m"
        # Who listened may be gone (a closed pipe or terminal); the processes go on until told to stop.
        with self.lock, contextlib.suppress(OSError, ValueError):
            self.stream.write(f"{head} {line}\n")
            self.stream.flush()


class Keeper:
    """Keeps one process: starts it, asks whether it is ready, starts it again when it ended."""

    def __init__(self, process: Process, log: Log) -> None:
        self.process = process
        self.log = log
        self.phase = Phase.WAITING
        self.running: subprocess.Popen[bytes] | None = None
        self.reader: threading.Thread | None = None
        self.started = 0.0
        self.start_at = 0.0
        self.delay_s = FIRST_DELAY_S

    @property
    def is_ready(self) -> bool:
        return self.phase in {Phase.READY, Phase.DONE}

    def step(self, *, needs_met: bool) -> None:
        """One look at the process. Raises GivingUpError."""
        if self.running is not None and (code := self.running.poll()) is not None:
            self._ended(code)
        elif self.phase is Phase.WAITING and needs_met and time.monotonic() >= self.start_at:
            self._start()
        elif self.phase is Phase.STARTING and self._seems_ready():
            self.phase = Phase.READY

    def signal(self, number: signal.Signals) -> None:
        """SIGTERM asks the process to stop, SIGQUIT ends it at once."""
        if self.running is not None:
            self.running.send_signal(number)

    def has_ended(self) -> bool:
        if self.running is None or self.running.poll() is None:
            return self.running is None
        self._drain()
        return True

    def _seems_ready(self) -> bool:
        return not self.process.once and (self.process.ready is None or self.process.ready())

    def _start(self) -> None:
        if self.process.prepare is not None:
            self.process.prepare()
        self.started = time.monotonic()
        self.running = leash.start(
            self.process.argv,
            env=self.process.env,
            user=self.process.user,
            stop_signal=self.process.stop_signal,
            stdout=subprocess.PIPE,
        )
        self.reader = threading.Thread(target=self._read, args=(self.running,), daemon=True)
        self.reader.start()
        self.phase = Phase.STARTING

    def _read(self, running: "subprocess.Popen[bytes]") -> None:
        for line in running.stdout or ():
            self.log.write(self.process.name, line.decode(errors="replace").rstrip())

    def _drain(self) -> None:
        """Let the last lines out before anything is said about the end."""
        if self.reader is not None:
            self.reader.join(timeout=1)
        if self.running is not None:
            for pipe in (self.running.stdin, self.running.stdout):
                if pipe is not None:
                    pipe.close()
        self.running = None

    def _ended(self, code: int) -> None:
        self._drain()
        name = self.process.name
        if self.process.once:
            if code != 0:
                raise GivingUpError(f"{name} 失败（代码 {code}），原因见上面的日志。")
            self.phase = Phase.DONE
            return
        if time.monotonic() - self.started >= SETTLED_AFTER_S:
            self.delay_s = FIRST_DELAY_S
        self.log.write(OWN_NAME, f"{name} 已退出（代码 {code}），{self.delay_s:.0f} 秒后重新启动。")
        self.phase = Phase.WAITING
        self.start_at = time.monotonic() + self.delay_s
        self.delay_s = min(self.delay_s * 2, LONGEST_DELAY_S)


class Supervisor:
    """Runs a list of processes until a signal, or until one that everything needs has failed."""

    def __init__(self, processes: Sequence[Process], stream: TextIO | None = None) -> None:
        names = [process.name for process in processes]
        if missing := {need for process in processes for need in process.needs} - set(names):
            raise ValueError(f"needed, but not in the list: {sorted(missing)}")
        self.log = Log(stream or sys.stdout, names)
        self.keepers = {process.name: Keeper(process, self.log) for process in processes}
        self.stop_requests = 0

    def run(self, on_ready: Callable[[], None] | None = None) -> int:
        """Keep everything running; `on_ready` is called when all was ready for the first time.

        Stops on SIGINT, SIGTERM and SIGHUP (a second one kills). Returns the exit code: 0 when stopped by a
        signal, 1 when it gave up.
        """
        names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {name: signal.signal(name, self._on_signal) for name in names}
        try:
            self._keep(on_ready)
        except (GivingUpError, OSError, RuntimeError) as error:
            self.log.write(OWN_NAME, str(error))
            return 1
        finally:
            self._stop()
            for name, handler in before.items():
                signal.signal(name, handler)
        return 0

    def _keep(self, on_ready: Callable[[], None] | None) -> None:
        while not self.stop_requests:
            for keeper in self.keepers.values():
                needs_met = all(self.keepers[need].is_ready for need in keeper.process.needs)
                keeper.step(needs_met=needs_met)
            if on_ready is not None and all(keeper.is_ready for keeper in self.keepers.values()):
                on_ready()
                on_ready = None
            time.sleep(TICK_S)

    def _all_needs(self, process: Process) -> set[str]:
        """What `process` needs, and what that needs: a step that is done hides nothing behind it."""
        direct = set(process.needs)
        return direct.union(*(self._all_needs(self.keepers[need].process) for need in direct))

    def _on_signal(self, *_: object) -> None:
        self.stop_requests += 1

    def _stop(self) -> None:
        """Stop what nobody else still needs, until nothing is left; the leash kills what takes too long."""
        requests = self.stop_requests
        asked: set[str] = set()
        left = list(self.keepers.values())
        while left := [keeper for keeper in left if not keeper.has_ended()]:
            needed = {need for keeper in left for need in self._all_needs(keeper.process)}
            for keeper in left:
                if keeper.process.name not in needed | asked:
                    keeper.signal(signal.SIGTERM)
                    asked.add(keeper.process.name)
            if self.stop_requests > max(requests, 1):
                requests = self.stop_requests
                for keeper in left:
                    keeper.signal(signal.SIGQUIT)
            time.sleep(TICK_S / 2)


@contextlib.contextmanager
def single_instance(var: Path) -> Iterator[None]:
    """Hold `{var}/gongshi.lock`; the kernel lets go of it however we end. Raises AlreadyRunningError."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "gongshi.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip()
            raise AlreadyRunningError(
                f"共视已在 {var.resolve()} 中运行（进程 {owner}），无需再启动。"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _is_coloured(stream: TextIO) -> bool:
    return stream.isatty() and "NO_COLOR" not in os.environ
