"""A real worker is killed in the middle of an import, and another goes on: nothing lost, nothing twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from gongshi.catalogue.import_actions import confirm_import
from gongshi.catalogue.import_models import Import
from gongshi.catalogue.models import Change, Submission
from gongshi.config import tasks
from gongshi.identity.models import Department, Person
from tests.catalogue.books import csv_file, row
from tests.catalogue.importing import database_url, fresh, upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
# So many that a second process keeps them.
ROWS = 6_001
WITHIN_S = 280

Worker = subprocess.Popen[bytes]


@pytest.fixture
def start() -> Iterator[Callable[[], Worker]]:
    """Starts a worker for imports, as the installation does; none survives the test."""
    started: list[Worker] = []

    def begin() -> Worker:
        command = [sys.executable, "-m", "django", "procrastinate", "worker", "--queues=imports"]
        given = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "gongshi.config.settings"}
        worker = subprocess.Popen(command, env=os.environ | given)
        started.append(worker)
        return worker

    yield begin
    for worker in started:
        worker.kill()
        worker.wait()


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kill(worker: Worker) -> None:
    """As a power cut would; then the time passes after which it is known to be gone."""
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'")
    async_to_sync(tasks.retry_stalled_jobs.func)(timestamp=0)


def test_an_import_survives_the_worker_that_is_killed_in_it(
    start: Callable[[], Worker], specialist: Person, police: Department
) -> None:
    rows = [row(police) for _ in range(ROWS)]
    whole = upload(specialist, police, csv_file(rows), "点位.csv")

    first = start()
    until(lambda: fresh(whole).rows_done > 0)
    kill(first)
    half = fresh(whole)
    assert (half.state, half.rows.count()) == ("checking", half.rows_done)
    assert 0 < half.rows_done < ROWS

    second = start()
    until(lambda: fresh(whole).state != "checking")
    done = fresh(whole)
    assert (done.state, done.new, done.faulty, done.rows_done) == ("checked", ROWS, 0, ROWS)
    assert list(done.rows.values_list("number", flat=True)) == [*range(2, ROWS + 2)]
    assert len(set(done.rows.values_list("code", flat=True))) == ROWS

    confirm_import(actor=specialist, whole=done, good_rows_only=False)
    until(lambda: job_is("doing", "hand_in_import") or fresh(whole).state == "done")
    kill(second)
    start()
    until(lambda: fresh(whole).state == "done")
    assert Submission.objects.count() == 1
    codes = list(Change.objects.values_list("code", flat=True))
    assert len(codes) == len(set(codes)) == ROWS
    assert Import.objects.count() == 1


def job_is(status: str, task: str) -> bool:
    return ProcrastinateJob.objects.filter(task_name__endswith=task, status=status).exists()
