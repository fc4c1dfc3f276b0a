"""What supervisors and balancers ask."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from procrastinate.contrib.django import app

from gongshi.config import health
from gongshi.kernel import clock
from gongshi.viewing.models import MediaNode
from tests.viewing.making import make_node

WELL = {"database": "ok", "worker": "ok", "media": "ok"}


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def everything_works(db: None) -> None:
    make_node()
    execute("DELETE FROM procrastinate_jobs")
    execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


def ready(client: Client) -> tuple[int, Any]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_a_process_that_serves_is_healthy_without_asking_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.usefixtures("everything_works")
def test_it_is_ready_when_all_parts_work(client: Client) -> None:
    assert ready(client) == (200, WELL)


@pytest.mark.usefixtures("everything_works")
def test_it_is_not_ready_when_no_worker_beats(client: Client) -> None:
    execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '40 seconds'")
    assert ready(client) == (503, WELL | {"worker": "failing"})


@pytest.mark.usefixtures("everything_works")
def test_it_is_not_ready_when_timers_wait(client: Client) -> None:
    app.configure_task("gongshi.viewing.tasks.reconcile", queue="timers").defer(timestamp=0)
    assert ready(client) == (200, WELL)
    execute("UPDATE procrastinate_events SET at = now() - interval '2 minutes'")
    assert ready(client) == (503, WELL | {"worker": "failing"})


@pytest.mark.usefixtures("everything_works")
def test_it_is_not_ready_without_a_living_media_node(client: Client) -> None:
    MediaNode.objects.update(last_seen_at=clock.now() - timedelta(minutes=1))
    assert ready(client) == (503, WELL | {"media": "failing"})
    MediaNode.objects.update(last_seen_at=None)
    assert ready(client) == (503, WELL | {"media": "failing"})


@pytest.mark.usefixtures("everything_works")
def test_a_broken_database_is_an_answer_and_no_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise DatabaseError("the server closed the connection")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    assert ready(client) == (503, WELL | {"database": "failing"})
