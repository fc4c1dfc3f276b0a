"""The whole way of a play: portal, jobs, a real media node, a real camera, a real socket."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongshi.audit.models import AccessOutcome, AccessRecord
from gongshi.catalogue.models import Camera
from gongshi.grants.actions import revoke_grant
from gongshi.grants.models import Grant
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.viewing.models import MediaNode, PlaySession
from gongshi.viewing.reconciliation import reconcile_node
from tests.factories import in_days, make_camera, make_person
from tests.media.camera import Camera as RtspCamera
from tests.viewing.conftest import NodeProcess, Worker
from tests.viewing.making import REASON, let_watch, make_viewer
from tests.viewing.pane import Pane
from tests.viewing.patience import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


class Desk:
    """A viewer before his browser."""

    def __init__(self, node: NodeProcess, worker: Worker, url: str) -> None:
        self.node = node
        self.worker = worker
        self.viewer = make_viewer()
        self.browser = Client(headers={"Host": "127.0.0.1"})
        self.browser.force_login(self.viewer)
        self.camera: Camera = make_camera()
        path = self.camera.paths.get()
        path.main_url = url
        path.save()
        self.grant: Grant = let_watch(self.viewer, self.camera)
        self.panes: list[Pane] = []

    def ask(self) -> Any:
        asked = {"camera_id": self.camera.pk, "kind": "live", "reason": REASON}
        return self.browser.post("/api/v1/viewing/sessions", asked, content_type="application/json")

    def open(self) -> tuple[Any, Pane]:
        """Ask for a picture, and open its socket."""
        answer = self.ask()
        assert answer.status_code == 201, answer.content
        return answer.json(), self.connect(answer.json()["socket_url"])

    def connect(self, url: str) -> Pane:
        pane = Pane(url)
        self.panes.append(pane)
        eventually(lambda: pane.is_open or pane.is_over)
        return pane

    def watch(self) -> tuple[Any, Pane]:
        """Open a picture and wait until it moves."""
        look, pane = self.open()
        eventually(lambda: pane.media_bytes > 0)
        return look, pane

    def session(self, look: Any) -> PlaySession:
        return PlaySession.objects.get(pk=look["id"])

    def progress(self, look: Any) -> Any:
        return self.browser.get(look["poll_url"]).json()

    def slots(self) -> int:
        return PlaySession.objects.filter(person=self.viewer).holding_slots(clock.now()).count()


@pytest.fixture
def desk(media_node: NodeProcess, worker: Worker, rtsp_camera: RtspCamera) -> Iterator[Desk]:
    desk = Desk(media_node, worker, rtsp_camera.url())
    yield desk
    for pane in desk.panes:
        pane.leave()


def test_a_grant_brings_moving_pictures_and_the_register_knew_before(desk: Desk) -> None:
    desk.worker.pause()
    look, pane = desk.open()
    assert AccessRecord.objects.count() == 1 and pane.media_bytes == 0
    eventually(lambda: desk.session(look).state == "playing")
    assert desk.progress(look)["state"] == "waiting"
    desk.worker.resume()
    eventually(lambda: pane.media_bytes > 10_000)
    eventually(lambda: desk.progress(look)["state"] == "playing")
    desk.browser.post(look["close_url"])
    eventually(lambda: pane.is_over)
    eventually(lambda: desk.session(look).state == "ended")
    outcome = AccessOutcome.objects.get()
    assert outcome.bytes >= pane.media_bytes > 0
    assert outcome.ending == "使用人关闭"
    assert desk.slots() == 0


def test_without_a_ticket_or_with_a_used_one_no_byte_comes(desk: Desk) -> None:
    look, _ = desk.watch()
    address = look["socket_url"].partition("?")[0]
    for url in (address, f"{address}?ticket=guess", look["socket_url"]):
        thief = desk.connect(url)
        eventually(lambda thief=thief: thief.is_over)
        assert thief.media_bytes == 0
    assert desk.session(look).state == "playing"


def test_the_fifth_picture_is_refused_and_leaving_frees_the_slot(desk: Desk) -> None:
    panes = [desk.watch()[1] for _ in range(4)]
    refused = desk.ask()
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "too_many_streams")
    panes[0].leave()
    eventually(lambda: desk.slots() == 3)
    desk.watch()


def test_a_revoked_grant_stops_the_picture(desk: Desk) -> None:
    look, pane = desk.watch()
    revoke_grant(actor=make_person(Role.BUREAU_ADMINISTRATOR), grant=desk.grant, reason="用途不符")
    assert desk.progress(look)["ended_reason"] == "right_ended"
    eventually(lambda: pane.is_over)
    eventually(lambda: desk.session(look).state == "ended")
    assert AccessOutcome.objects.get().ending == "授权已结束"
    assert desk.ask().status_code == 403


def test_signing_out_stops_the_picture(desk: Desk) -> None:
    look, pane = desk.watch()
    desk.browser.post(reverse("account_logout"))
    eventually(lambda: pane.is_over)
    eventually(lambda: desk.session(look).ending == "logged_out" and desk.session(look).state == "ended")


def test_locking_the_account_stops_the_picture(desk: Desk) -> None:
    look, pane = desk.watch()
    person = Person.objects.get(pk=desk.viewer.pk)
    person.is_active = False
    person.save()
    eventually(lambda: pane.is_over)
    eventually(lambda: desk.session(look).state == "ended")


def test_an_offline_camera_is_told_plainly_and_ends_the_wait(desk: Desk) -> None:
    path = desk.camera.paths.get()
    path.main_url = "rtsp://127.0.0.1:9/nothing"
    path.save()
    look, pane = desk.open()
    eventually(lambda: desk.progress(look)["message"] == "摄像机离线，暂时无法取流。")
    assert desk.progress(look)["state"] == "waiting"
    eventually(lambda: pane.is_over)
    eventually(lambda: desk.session(look).ending == "source_lost")
    assert "摄像机离线" in desk.progress(look)["message"]
    assert pane.media_bytes == 0 and desk.slots() == 0


def test_a_restarted_node_ends_the_sessions_of_its_old_life(desk: Desk) -> None:
    look, pane = desk.watch()
    desk.node.stop(signal.SIGKILL)
    eventually(lambda: pane.is_over)
    desk.node.start()
    eventually(lambda: desk.session(look).state == "ended")
    assert desk.session(look).ending == "node_restarted"
    desk.watch()


def test_a_killed_node_frees_its_slots_when_it_stays_silent(desk: Desk) -> None:
    look, _ = desk.watch()
    desk.node.stop(signal.SIGKILL)
    reconcile_node(desk.node.row)
    assert desk.session(look).state == "playing"
    MediaNode.objects.update(last_seen_at=in_days(-1))
    reconcile_node(desk.node.row)
    assert (desk.session(look).state, desk.session(look).ending) == ("ended", "connection_lost")
    assert desk.slots() == 0
    assert "暂无可用的媒体节点" in desk.ask().json()["error"]["message"]


def test_a_connection_whose_end_was_not_reported_is_found_out(desk: Desk) -> None:
    look, pane = desk.watch()
    PlaySession.objects.update(connection="77-77", started_at=in_days(-0.01))
    pane.leave()
    reconcile_node(desk.node.row)
    assert (desk.session(look).state, desk.session(look).ending) == ("ended", "connection_lost")


def test_a_connection_that_was_just_bound_is_not_taken_for_lost(desk: Desk) -> None:
    look, _ = desk.watch()
    PlaySession.objects.update(connection="77-77", started_at=clock.now())
    reconcile_node(desk.node.row)
    assert desk.session(look).state == "playing"


def test_a_connection_without_a_session_is_cut_when_it_is_found_twice(desk: Desk) -> None:
    look, pane = desk.watch()
    PlaySession.objects.filter(pk=look["id"]).update(state="ended", ended_at=clock.now())
    reconcile_node(desk.node.row)
    assert not pane.is_over
    reconcile_node(desk.node.row)
    eventually(lambda: pane.is_over)


def test_a_cut_that_was_lost_is_made_good(desk: Desk) -> None:
    look, pane = desk.watch()
    PlaySession.objects.update(state="ending", ending="right_ended")
    reconcile_node(desk.node.row)
    eventually(lambda: pane.is_over)
    eventually(lambda: desk.session(look).state == "ended")


def test_a_session_that_goes_on_is_left_in_peace(desk: Desk) -> None:
    look, pane = desk.watch()
    for _ in range(3):
        reconcile_node(desk.node.row)
    assert desk.session(look).state == "playing" and not pane.is_over
    assert desk.progress(look)["state"] == "playing"
