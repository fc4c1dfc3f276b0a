"""Events reach a syslog server or a file, each at least once, also when the other side was away."""

import json
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from gongshi.audit import forwarding
from gongshi.audit.forwarding import forward
from gongshi.audit.models import AuditEvent, Forwarding
from gongshi.audit.outlets import outlets
from tests.audit.sealed import write_events

pytestmark = pytest.mark.django_db

HEAD = re.compile(rb"<(\d+)>1 (\S+) \S+ gongshi \d+ (\S+) - \xef\xbb\xbf(.*)", re.DOTALL)


@pytest.fixture(scope="module")
def ids(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[int]]:
    with django_db_blocker.unblock():
        write_events(9)
        yield list(AuditEvent.objects.order_by("position", "id").values_list("id", flat=True))
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "BATCH", 4)


class SyslogServer:
    """A syslog server by TCP that dies after so many messages, without a word."""

    def __init__(self, port: int, dies_after: int | None) -> None:
        self.lines: list[bytes] = []
        self.dies_after = dies_after
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                while size := self._size(stream.read(1), stream):
                    self.lines.append(stream.read(size))
                    if len(self.lines) == self.dies_after:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        self.listener.shutdown(socket.SHUT_RDWR)
                        return

    @staticmethod
    def _size(first: bytes, stream: object) -> int:
        digits = first
        while digits and not digits.endswith(b" "):
            digits += stream.read(1)  # type: ignore[attr-defined]
        return int(digits or 0)

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)

    @property
    def events(self) -> list[int]:
        return [event_of(line)["id"] for line in self.lines]


@contextmanager
def syslog_server(port: int = 0, dies_after: int | None = None) -> Iterator[SyslogServer]:
    server = SyslogServer(port, dies_after)
    try:
        yield server
    finally:
        server.close()


def event_of(line: bytes) -> dict[str, object]:
    found = HEAD.fullmatch(line)
    assert found is not None, line
    told: dict[str, object] = json.loads(found[4])
    return told


def test_all_events_arrive_in_order_and_in_the_form_of_rfc_5424(ids: list[int]) -> None:
    with syslog_server() as server:
        (outlet,) = outlets(f"syslog+tcp://127.0.0.1:{server.port}")
        assert forward(outlet) == 9
        assert forward(outlet) == 0
    assert server.events == ids
    found = HEAD.fullmatch(server.lines[0])
    assert found is not None
    assert (found[1], found[3]) == (b"109", b"identity.session.begun")
    assert event_of(server.lines[0])["object_label"] == AuditEvent.objects.get(pk=ids[0]).object_label


def test_a_server_that_was_away_gets_everything_when_it_is_back(ids: list[int]) -> None:
    with syslog_server(dies_after=6) as first:
        (outlet,) = outlets(f"syslog+tcp://127.0.0.1:{first.port}")
        assert forward(outlet) == 4
    mark = Forwarding.objects.get()
    assert mark.failure and mark.failing_since
    assert forward(outlet) == 0
    with syslog_server(port=first.port) as second:
        assert forward(outlet) == 5
    # The batch that it had begun to read comes again: twice is better than never.
    assert second.events == ids[4:]
    assert Forwarding.objects.get().failing_since is None


def test_a_file_grows_by_one_line_for_each_event(ids: list[int], tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    (outlet,) = outlets(f"file://{path}")
    assert forward(outlet) == 9
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ids


def test_a_file_that_cannot_be_written_is_noted(ids: list[int], tmp_path: Path) -> None:
    (outlet,) = outlets(f"file://{tmp_path}/nowhere/events.jsonl")
    assert forward(outlet) == 0
    assert "nowhere" in Forwarding.objects.get().failure


def test_datagrams_arrive_where_somebody_listens(ids: list[int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        (outlet,) = outlets(f"syslog+udp://127.0.0.1:{server.getsockname()[1]}")
        assert forward(outlet) == 9
        assert [event_of(server.recv(65_535))["id"] for _ in ids] == ids


def test_each_place_has_its_own_position(ids: list[int], tmp_path: Path) -> None:
    for outlet in outlets(f"file://{tmp_path}/a, file://{tmp_path}/b"):
        assert forward(outlet) == 9
    assert Forwarding.objects.count() == 2


@pytest.mark.parametrize("address", ["http://x", "syslog+tcp://", "file://", "x"])
def test_an_address_that_nobody_understands_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="不是可用的去处"):
        outlets(address)
