"""Ties a process, and everything it starts, to the life of the process that asked for it.

`start` puts a small watcher between the two. The watcher holds the reading end of a pipe whose writing end
only the parent has: when the parent dies, however it dies, the pipe ends and the watcher stops the child. It
is the subreaper of its descendants, so it also finds those that made a session of their own (PostgreSQL's
backends, granian's workers). Signals to the watcher: SIGTERM stops politely, SIGQUIT at once. It ends with
the child's exit code, or 128 + the signal that killed the child.

The watcher runs as a script in an isolated interpreter: only the standard library may be imported here.
"""

import contextlib
import ctypes
import os
import pwd
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE_S = 10.0
ORPHAN_GRACE_S = 3.0
KILL_WAIT_S = 5.0


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    grace_s: float = GRACE_S,
    stdout: int | IO[bytes] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start `argv` on a leash; stderr goes where stdout goes. `user` needs root. Returns the watcher."""
    watcher = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    return subprocess.Popen(
        [*watcher, str(int(stop_signal)), str(grace_s), user or "", *argv],
        env=None if env is None else dict(env),
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=None if stdout is None else subprocess.STDOUT,
        # Ctrl-C on the terminal reaches the parent only; the parent decides who stops when.
        start_new_session=True,
    )


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _die_with_the_watcher() -> None:
    # Runs after the change of user, which would clear it. Covers a kill -9 of the watcher itself.
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _children() -> Iterator[int]:
    own = os.getpid()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # The command's name in parentheses may hold anything: fields count from the last one.
                parent = int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
                if parent == own:
                    yield int(entry.name)


def _kill_descendants() -> None:
    """Kill children until none is left; the grandchildren of a killed child become ours."""
    deadline = time.monotonic() + KILL_WAIT_S
    while time.monotonic() < deadline:
        for pid in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return
        time.sleep(0.01)


class _Watch:
    """The watcher's loop: one child, one pipe to the parent, and the signals."""

    def __init__(self, child: int, stop_signal: int, grace_s: float) -> None:
        self.child = child
        self.stop_signal = stop_signal
        self.grace_s = grace_s
        self.deadline: float | None = None

    def stop(self, grace_s: float) -> None:
        if self.deadline is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child, self.stop_signal)
        self.deadline = min(self.deadline or float("inf"), time.monotonic() + grace_s)

    def exit_code(self) -> int | None:
        """The child's exit code when it has ended; also collects adopted orphans."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
                if ended[0] == self.child:
                    code = os.waitstatus_to_exitcode(ended[1])
                    return code if code >= 0 else 128 - code
        return None

    def run(self, signals: int) -> int:
        poll = select.poll()
        poll.register(sys.stdin.fileno(), select.POLLIN | select.POLLHUP)
        poll.register(signals, select.POLLIN)
        while True:
            if (code := self.exit_code()) is not None:
                return code
            wait_ms = None if self.deadline is None else max(0.0, self.deadline - time.monotonic()) * 1000
            if wait_ms == 0.0:
                return 128 + signal.SIGKILL
            for descriptor, _ in poll.poll(wait_ms):
                if descriptor == signals:
                    received = os.read(signals, 64)
                    if signal.SIGTERM in received:
                        self.stop(self.grace_s)
                    if signal.SIGQUIT in received:
                        self.stop(0)
                elif not os.read(descriptor, 64):
                    poll.unregister(descriptor)
                    self.stop(ORPHAN_GRACE_S)


def main(stop_signal: str, grace_s: str, user: str, *argv: str) -> int:
    """The watcher: run `argv` (as `user` when given), end when it ends, end it when the parent ends."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    signals, wakeup = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wakeup)
    for name in (signal.SIGTERM, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(name, lambda *_: None)
    account = pwd.getpwnam(user) if user else None
    try:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # Another user may not even be let into the folder that we are in.
            cwd="/" if account else None,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_die_with_the_watcher,
        )
    except OSError as error:
        print(f"{argv[0]}: {error.strerror}", file=sys.stderr)  # noqa: T201 - no logging in an isolated script
        return 127
    try:
        return _Watch(child.pid, int(stop_signal), float(grace_s)).run(signals)
    finally:
        _kill_descendants()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
