"""A real worker for imports, as the installation starts it, to be killed as a power cut would."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from gongshi.config import tasks
from tests.catalogue.importing import database_url

Worker = subprocess.Popen[bytes]
WITHIN_S = 280


@contextmanager
def workers() -> Iterator[Callable[[], Worker]]:
    """Gives what starts one; none survives the block."""
    started: list[Worker] = []

    def begin() -> Worker:
        command = [sys.executable, "-m", "django", "procrastinate", "worker", "--queues=imports"]
        given = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "gongshi.config.settings"}
        worker = subprocess.Popen(command, env=os.environ | given)
        started.append(worker)
        return worker

    try:
        yield begin
    finally:
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


def job_is(status: str, task: str) -> bool:
    return ProcrastinateJob.objects.filter(task_name__endswith=task, status=status).exists()
