"""Sixteen who write, one who seals, and kill -9 in the middle: nothing is lost, nothing is unproved (§10)."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from multiprocessing.context import ForkProcess

import pytest
from django.db import connection, transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent, Seal
from gongshi.audit.sealing import seal, seal_all, unsealed
from gongshi.audit.verifying import verify
from gongshi.kernel.models import NumberSeries

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN_S = 40


def write_by_eight(name: str) -> None:
    """Eight threads, each of which makes changes with their events as fast as it can."""
    for thread in range(8):
        threading.Thread(target=_write, args=(f"{name}{thread}",)).start()


def _write(prefix: str) -> None:
    for number in count():
        with transaction.atomic():
            thing = NumberSeries.objects.create(prefix=prefix, year=number, last=0)
            record(AuditAction.LoggedIn, actor=None, thing=thing)


def seal_always(_: str) -> None:
    while True:
        seal()


@pytest.fixture
def start() -> Iterator[Callable[[Callable[[str], None], str], int]]:
    """`start(target, name)` runs it in a process of its own and gives its number; none survives the test."""
    started: list[ForkProcess] = []

    def begin(target: Callable[[str], None], name: str) -> int:
        connection.close()  # a process of its own has connections of its own
        process = multiprocessing.get_context("fork").Process(target=target, args=(name,))
        process.start()
        started.append(process)
        assert process.pid is not None
        return process.pid

    yield begin
    for process in started:
        process.kill()
        process.join()


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_is_committed_has_its_event_and_what_is_sealed_is_whole_after_kill_minus_nine(
    start: Callable[[Callable[[str], None], str], int],
) -> None:
    first, second = start(write_by_eight, "甲"), start(write_by_eight, "乙")
    sealer, other_sealer = start(seal_always, ""), start(seal_always, "")
    until(lambda: Seal.objects.count() >= 5 and AuditEvent.objects.count() >= 300)
    os.kill(sealer, signal.SIGKILL)
    os.kill(first, signal.SIGKILL)
    sealed = Seal.objects.count()
    assert verify().is_whole  # while the others go on
    until(lambda: Seal.objects.count() >= sealed + 5)
    os.kill(other_sealer, signal.SIGKILL)
    os.kill(second, signal.SIGKILL)
    # The server ends what it was doing for them, and then nothing holds the last rows back.
    until(lambda: seal_all() >= 0 and unsealed() == 0)
    changes = {str(pk) for pk in NumberSeries.objects.values_list("pk", flat=True)}
    events = [*AuditEvent.objects.values_list("object_id", flat=True)]
    assert len(events) == len(changes) >= 300 and set(events) == changes
    verdict = verify()
    assert verdict.is_whole and verdict.rows == len(events)
    numbers = [*Seal.objects.order_by("number").values_list("number", flat=True)]
    assert numbers == [*range(1, len(numbers) + 1)]
