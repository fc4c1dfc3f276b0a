"""The job queue keeps itself in order."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from gongshi.config import tasks
from gongshi.viewing.tasks import cut_connection

pytestmark = pytest.mark.django_db


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def job_of_a_worker(silent_for: str) -> int:
    """A job that a worker began, which was last heard of so long ago."""
    job_id = cut_connection.defer(session_id=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
            [silent_for],
        )
        (worker_id,) = cursor.fetchone()
    execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", worker_id, job_id)
    return job_id


def status(job_id: int) -> str:
    return str(ProcrastinateJob.objects.get(pk=job_id).status)


def finished(days_ago: int, end: str, queue: str) -> int:
    job_id = app.configure_task("gongshi.viewing.tasks.cut_connection", queue=queue).defer(session_id=1)
    execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", job_id)
    execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", end, job_id)
    execute(
        "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s",
        days_ago,
        job_id,
    )
    return job_id


def test_the_job_of_a_killed_worker_is_given_to_another() -> None:
    stalled, running = job_of_a_worker("5 minutes"), job_of_a_worker("1 second")
    async_to_sync(tasks.retry_stalled_jobs.func)(timestamp=0)
    assert (status(stalled), status(running)) == ("todo", "doing")


def test_old_jobs_are_forgotten_and_young_ones_kept() -> None:
    old = [
        finished(8, "succeeded", "play"),
        finished(8, "failed", "play"),
        finished(1, "succeeded", "timers"),
    ]
    young = [finished(1, "succeeded", "play"), finished(1, "failed", "timers")]
    waiting = cut_connection.defer(session_id=1)
    async_to_sync(tasks.delete_old_jobs.func)(timestamp=0)
    left = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    assert not left & set(old)
    assert left >= {*young, waiting}
