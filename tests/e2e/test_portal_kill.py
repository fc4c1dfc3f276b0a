"""kill -9 of the portal while sixteen write: what it confirmed is there, each with its event (§10)."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import psycopg
import pytest

from benchmarks.instance import Instance
from benchmarks.smoke import Account, StepFailed
from gongshi.config.postgres import PostgresServer, Role

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

WRITERS = 16
WITHIN_S = 60
# A data specialist whom no other test takes.
ACCOUNT = "zhifa"
# Every list that is there, with what the record says of it.
LISTS_AND_EVENTS = """
    SELECT list.id, count(event.id) FROM atlas_pointlist list
    LEFT JOIN audit_auditevent event
        ON event.action = 'atlas:point_list:created' AND event.object_id = list.id::text
    GROUP BY list.id
"""
# Of lists that nobody deleted, as other tests do.
EVENTS = """
    SELECT count(*) FROM audit_auditevent made WHERE action = 'atlas:point_list:created' AND NOT EXISTS (
        SELECT FROM audit_auditevent gone
        WHERE gone.action = 'atlas:point_list:deleted' AND gone.object_id = made.object_id
    )
"""
POINTS = "SELECT count(DISTINCT pointlist_id) FROM atlas_pointlist_cameras"


@dataclass
class Writing:
    """Sixteen who make point lists until they are told to stop; `confirmed` are those they were told of."""

    specialist: Account
    camera: int
    confirmed: list[int] = field(default_factory=list)
    failures: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        return threads

    def _write(self, writer: int) -> None:
        for number in count():
            if self.over.is_set():
                return
            wanted = {"name": f"{writer}号第{number}张清单", "camera_ids": [self.camera]}
            try:
                self.confirmed.append(self.specialist.post("/atlas/lists", wanted)["id"])
            except (httpx.TransportError, StepFailed):
                self.failures += 1
                self.over.wait(0.2)


def portal_processes(var: Path) -> list[int]:
    """The numbers of the web processes of the installation in `var`."""
    of_it = f"GONGSHI_VAR={var}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it has ended, or is somebody else's
        if of_it in environment.split(b"\0") and b"granian" in command:
            found.append(int(folder.name))
    return found


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_was_confirmed_is_there_with_its_event_after_kill_minus_nine(portal: Instance) -> None:
    specialist = Account(portal.url, ACCOUNT)
    camera = specialist.get("/catalogue/cameras")["items"][0]["id"]
    writing = Writing(specialist, camera)
    threads = writing.start()
    until(lambda: len(writing.confirmed) >= 100)
    killed = portal_processes(portal.var)
    for process in killed:
        os.kill(process, signal.SIGKILL)
    before = len(writing.confirmed)
    until(lambda: writing.failures > 0 and len(writing.confirmed) >= before + 100)
    writing.over.set()
    for thread in threads:
        thread.join()

    assert killed and not {*killed} & {*portal_processes(portal.var)}
    with psycopg.connect(PostgresServer(portal.var).dsn(Role.ADMIN)) as database:
        events_of = dict(database.execute(LISTS_AND_EVENTS).fetchall())
        assert {*writing.confirmed} <= {*events_of}
        assert {*events_of.values()} == {1}, "no list without its event"
        assert database.execute(EVENTS).fetchone() == (len(events_of),), "no event without its list"
        assert database.execute(POINTS).fetchone() == (len(events_of),), "no list without its points"
    assert "记录完好" in verified(portal.var)


def verified(var: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    command = [sys.executable, "-m", "gongshi.cli", "audit", "verify"]
    return subprocess.run(
        command, env=environment | {"GONGSHI_VAR": str(var)}, capture_output=True, text=True, check=True
    ).stdout
