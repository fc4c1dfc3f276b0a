"""The whole way of an inspection: a real RTSP camera, real jobs, and workers that are killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from gongshi.catalogue.models import Camera
from gongshi.identity.roles import Role
from gongshi.media.probe import MICROSECONDS, clock_error
from gongshi.quality.actions import inspect_camera
from gongshi.quality.carrying_out import DOUBTED_FROM
from gongshi.quality.codes import Trouble
from gongshi.quality.models import Inspection, RunPoint
from gongshi.quality.receiving import decoded, receive
from tests.factories import make_camera, make_person
from tests.media.camera import Camera as RtspCamera
from tests.quality.making import begun, finished, inspected, make_plan, reach
from tests.viewing.patience import eventually


def test_key_frames_of_a_camera_are_received_and_decoded(rtsp_camera: RtspCamera) -> None:
    received = receive(rtsp_camera.url("clean"), 2)
    assert received.trouble == "" and received.watched is not None
    measures = received.watched.result
    assert (measures.codec, measures.width, measures.height) == ("h264", 1280, 720)
    assert measures.fps == pytest.approx(8, abs=1) and measures.gop_s == pytest.approx(1, abs=0.2)
    assert measures.bitrate > 1000 and measures.first_frame_s > 0
    frames = decoded(received.watched)
    assert len(frames) == len(received.watched.key_frames) >= 2


@pytest.mark.parametrize("ahead_s", [0, 3_600, -86_400])
def test_a_cameras_clock_is_compared_with_ours(
    rtsp_camera: RtspCamera, ahead_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its sender report: the clock of the camera server is set wrong, ours is not."""
    wrong = SimpleNamespace(**vars(time) | {"time": lambda: time.time() + ahead_s})
    monkeypatch.setattr("aio_rtsp_toolkit.server_rtp.time", wrong)
    measures = receive(rtsp_camera.url("clean"), 2).measures
    assert measures is not None
    # What it said while it was being opened is told no nearer than that took.
    assert measures.clock_error_s == pytest.approx(ahead_s, abs=60)


def test_a_camera_without_a_clock_is_not_said_to_be_wrong() -> None:
    counted_from_its_start = -2_208_988_800 * MICROSECONDS + 5
    assert clock_error(None, 1000, 1001) is None
    assert clock_error(counted_from_its_start, 1000, 1001) is None
    assert clock_error(1000 * MICROSECONDS, 1000, 1001) == 0


def test_why_there_is_nothing_to_see_is_told_without_an_address(rtsp_camera: RtspCamera) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        closed = nobody.getsockname()[1]
    answers = [
        receive(rtsp_camera.url("nothing"), 1),
        receive(f"rtsp://admin:secret@127.0.0.1:{closed}/", 1),
        receive("/etc/passwd", 1),
    ]
    assert [each.trouble for each in answers] == [
        Trouble.REFUSED,
        Trouble.UNREACHABLE,
        Trouble.OTHER_CODEC,
    ]
    assert "127.0.0.1" not in repr(answers)


@pytest.mark.django_db
def test_a_clean_a_black_a_frozen_and_a_dead_camera_are_told_apart(rtsp_camera: RtspCamera) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        dead = f"rtsp://127.0.0.1:{nobody.getsockname()[1]}/"
    urls = {name: rtsp_camera.url(name) for name in ("clean", "black", "frozen")} | {"dead": dead}
    cameras = {name: reach(make_camera(status="unknown"), url) for name, url in urls.items()}
    run = finished(begun(make_plan(window_s=3)))
    assert (run.state, run.done, run.total) == ("done", 4, 4)
    found = {name: Inspection.objects.get(camera=camera) for name, camera in cameras.items()}
    assert {name: each.faults for name, each in found.items()} == {
        "clean": [],
        "black": ["black"],
        "frozen": ["frozen"],
        "dead": ["offline"],
    }
    assert {name: each.result_code for name, each in found.items()} == {
        "clean": 0,
        "black": 1,
        "frozen": 2,
        "dead": 3,
    }
    assert found["clean"].resolution == "1280×720" and found["clean"].codec == "h264"
    assert found["clean"].clock_error_s == 0 and found["dead"].clock_error_s is None
    assert found["dead"].trouble == "unreachable" and found["dead"].width is None
    online = dict(Camera.objects.values_list("pk", "status"))
    assert {name: online[camera.pk] for name, camera in cameras.items()} == {
        "clean": "online",
        "black": "online",
        "frozen": "online",
        "dead": "offline",
    }
    assert {each.pk for each in found.values() if hasattr(each, "thumbnail")} == {
        found[name].pk for name in ("clean", "black", "frozen")
    }


class TestWhenNothingAtAllCanBeReached:
    """It is rather the network of the one who looks than every camera of the city at once."""

    @pytest.fixture
    def unreachable(self) -> Iterator[list[Camera]]:
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            dead = f"rtsp://127.0.0.1:{nobody.getsockname()[1]}/"
        yield [reach(make_camera(status="online"), dead) for _ in range(DOUBTED_FROM)]

    @pytest.mark.django_db
    def test_no_camera_is_said_to_be_offline(self, unreachable: list[Camera]) -> None:
        finished(begun(make_plan(window_s=2)))
        found = set(Inspection.objects.values_list("outcome", "trouble"))
        assert found == {("untested", Trouble.OWN_NETWORK)}
        assert Inspection.objects.count() == len(unreachable)
        assert set(Camera.objects.values_list("status", flat=True)) == {"online"}

    @pytest.mark.django_db
    def test_a_camera_that_answers_is_proof_against_the_others(
        self, unreachable: list[Camera], rtsp_camera: RtspCamera
    ) -> None:
        answers = reach(make_camera(), rtsp_camera.url("clean"))
        finished(begun(make_plan(window_s=2)))
        assert Inspection.objects.get(camera=answers).outcome == "intact"
        others = Inspection.objects.exclude(camera=answers)
        assert set(others.values_list("outcome", "trouble")) == {("offline", Trouble.UNREACHABLE)}

    @pytest.mark.django_db
    def test_so_is_one_that_answered_just_before(self, unreachable: list[Camera]) -> None:
        inspected(make_camera())
        finished(begun(make_plan(window_s=2)))
        assert set(Camera.objects.filter(pk__in=[each.pk for each in unreachable]).values_list("status")) == {
            ("offline",)
        }


class Worker:
    """A process that does the jobs of inspections."""

    def __init__(self) -> None:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        chosen = {"DATABASE_URL": urlunsplit(url), "DJANGO_SETTINGS_MODULE": "gongshi.config.settings"}
        command = [sys.executable, "-m", "django", "procrastinate", "worker", "--queues=inspection"]
        self._process = subprocess.Popen(command, env=os.environ | chosen)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)


@pytest.fixture
def workers(transactional_db: None) -> Iterator[list[Worker]]:
    started: list[Worker] = []
    yield started
    for worker in started:
        worker.kill()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@async_to_sync
async def give_jobs_of_the_dead_to_others() -> None:
    """What `config.tasks.retry_stalled_jobs` does, without its patience."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=1):
        await app.job_manager.retry_job(job)


@pytest.mark.timeout(300)
def test_a_camera_is_inspected_by_the_worker_when_an_operator_asks(
    workers: list[Worker], rtsp_camera: RtspCamera
) -> None:
    camera = reach(make_camera(), rtsp_camera.url("black"))
    run = inspect_camera(actor=make_person(Role.OPERATOR), camera=camera)
    workers.append(Worker())
    eventually(lambda: Inspection.objects.filter(run=run).exists(), within_s=150)
    assert Inspection.objects.get(run=run).faults == ["black"]


@pytest.mark.timeout(420)
def test_after_a_worker_was_killed_the_run_goes_on_and_nothing_is_twice(
    workers: list[Worker], rtsp_camera: RtspCamera
) -> None:
    cameras = [reach(make_camera(), rtsp_camera.url("clean")) for _ in range(8)]
    run = begun(make_plan(at_once=2, window_s=2))
    workers.append(Worker())
    eventually(lambda: Inspection.objects.filter(run=run).count() >= 2, within_s=150)
    workers.pop().kill()
    kept = set(Inspection.objects.filter(run=run).values_list("pk", flat=True))
    left = RunPoint.objects.filter(run=run).count()
    assert len(kept) + left == len(cameras) and left > 0
    assert ProcrastinateJob.objects.filter(status="doing").exists()
    workers.append(Worker())

    def is_done() -> bool:
        give_jobs_of_the_dead_to_others()
        run.refresh_from_db()
        return run.state == "done"

    eventually(is_done, within_s=150)
    found = Inspection.objects.filter(run=run)
    assert sorted(found.values_list("camera_id", flat=True)) == sorted(camera.pk for camera in cameras)
    assert kept <= set(found.values_list("pk", flat=True))
    assert run.done == run.total == len(cameras)
    assert not RunPoint.objects.exists()
