"""Clearance (密级权限) against security levels, wherever a picture can be opened."""

import pytest
from django.test import Client

from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.codes import SecurityLevel
from gongshi.catalogue.models import Camera
from gongshi.grants.models import Grant
from gongshi.identity.accounts import set_rights
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Forbidden
from gongshi.viewing.cutting import cut_above_level
from gongshi.viewing.models import PlaySession
from gongshi.viewing.reconciliation import cut_without_right
from tests.catalogue.books import row, xlsx
from tests.factories import browser_of, make_camera, make_person
from tests.viewing.making import (
    let_watch,
    make_node,
    make_viewer,
    open_look,
    opened,
    play_message,
    playing,
    state_of,
    tell,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def barred() -> Grant:
    """A grant of somebody with L2 on a camera of L3."""
    make_node()
    return let_watch(make_viewer("L2"), make_camera(security_level="L3"))


def viewer_of(grant: Grant) -> Person:
    return grant.viewers.get()


class TestOpening:
    def test_nobody_opens_what_is_above_his_clearance(self, barred: Grant) -> None:
        with pytest.raises(Forbidden, match="L3，高于您的密级权限 L2"):
            open_look(viewer_of(barred), barred.camera)
        assert not PlaySession.objects.exists()
        assert not AccessRecord.objects.exists()
        assert AuditEvent.objects.filter(action="viewing:session:refused").count() == 1

    def test_the_same_level_is_enough(self) -> None:
        make_node()
        viewer = make_viewer("L3")
        assert open_look(viewer, let_watch(viewer, make_camera(security_level="L3")).camera).ticket

    def test_a_ticket_opens_nothing_once_the_level_is_above(self) -> None:
        look = opened()
        Person.objects.filter(pk=look.session.person_id).update(clearance="L1")
        Camera.objects.filter(pk=look.session.camera_id).update(security_level="L2")
        assert tell("on_play", play_message(look))["code"] != 0
        assert PlaySession.objects.get().started_at is None
        assert AuditEvent.objects.filter(reason="密级不足。").exists()


class TestCutting:
    def test_a_picture_stops_when_the_clearance_is_lowered(self) -> None:
        look, security = playing(), make_person(Role.SECURITY_ADMINISTRATOR)
        Camera.objects.update(security_level="L3")
        viewer = look.session.person
        set_rights(actor=security, person=viewer, roles=[Role.VIEWER], clearance="L3", reason="复核")
        assert state_of(look)[1] != "clearance"

        other = playing("1-11")
        Camera.objects.update(security_level="L3")
        person = other.session.person
        set_rights(actor=security, person=person, roles=[Role.VIEWER], clearance="L2", reason="复核")
        assert state_of(other) == ("ending", "clearance")

    def test_an_unused_ticket_dies_with_the_clearance(self) -> None:
        look = opened()
        Camera.objects.update(security_level="L2")
        person = look.session.person
        person.clearance = "L1"
        person.save(update_fields=["clearance"])
        assert state_of(look) == ("ended", "clearance")

    def test_a_picture_stops_when_the_level_of_its_camera_is_published_higher(self) -> None:
        bureau = make_person(Role.BUREAU_ADMINISTRATOR)
        specialist = make_person(Role.DATA_SPECIALIST)
        make_node()
        camera = self.published(specialist, bureau, "2")
        viewer = make_viewer("L2")
        look = open_look(viewer, let_watch(viewer, camera, path=camera.paths.get()).camera)
        other = opened()
        self.published(specialist, bureau, "3")
        assert Camera.objects.get(pk=camera.pk).security_level == "L3"
        assert state_of(look) == ("ended", "clearance")
        assert state_of(other) == ("issued", "")

    def published(self, specialist: Person, bureau: Person, level: str) -> Camera:
        """A camera as its workbook says, through compiling and review."""
        label = SecurityLevel(f"L{level}").label
        cells = row(
            specialist.department, 设备名称="水库一号", 安全级别=label, 视频编号="33110200001320999999"
        )
        submission = submit_import(
            actor=specialist,
            department=specialist.department,
            title="",
            file=xlsx([cells]),
            file_name="点位.xlsx",
        )
        decide_submission(actor=bureau, submission=submission, verdict="approve")
        return Camera.objects.get(name="水库一号")

    def test_a_lower_level_stops_nothing(self) -> None:
        look = playing()
        cut_above_level(cameras=[look.session.camera_id])
        assert state_of(look) == ("playing", "")

    def test_the_reconciliation_finds_what_no_news_told(self) -> None:
        look, unharmed = playing(), playing("1-12")
        Camera.objects.filter(pk=look.session.camera_id).update(security_level="L4")
        Person.objects.filter(pk=look.session.person_id).update(clearance="L3")
        assert cut_without_right() == 1
        assert state_of(look) == ("ending", "clearance")
        assert state_of(unharmed) == ("playing", "")


class TestPages:
    def test_the_tree_of_cameras_says_so(self, barred: Grant) -> None:
        [group] = browser_of(viewer_of(barred)).get("/api/v1/viewing/cameras").json()["groups"]
        assert group["cameras"][0]["barred"] == "密级不足"

    def test_the_interface_opens_nothing(self, barred: Grant) -> None:
        body = {"camera_id": barred.camera_id, "kind": "live", "reason": "值守查看"}
        answer = browser_of(viewer_of(barred)).post("/api/v1/viewing/sessions", body, "application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "clearance")

    def test_the_card_on_the_map_offers_no_picture(self, barred: Grant) -> None:
        card = browser_of(viewer_of(barred)).get(f"/api/v1/atlas/cameras/{barred.camera_id}").json()
        assert (card["may_watch"], card["watch_url"], card["barred"]) == (False, None, "密级不足")

    def test_the_catalogue_says_so_in_its_list_and_on_its_page(self, barred: Grant) -> None:
        browser = browser_of(viewer_of(barred))
        assert "密级不足" in browser.get("/catalogue/").content.decode()
        assert "密级不足" in browser.get(f"/catalogue/cameras/{barred.camera.code}/").content.decode()

    def test_who_is_cleared_reads_nothing_of_it(self) -> None:
        make_node()
        viewer = make_viewer("L3")
        grant = let_watch(viewer, make_camera(security_level="L3"))
        browser: Client = browser_of(viewer)
        for url in (
            "/catalogue/",
            f"/catalogue/cameras/{grant.camera.code}/",
            f"/api/v1/atlas/cameras/{grant.camera_id}",
            "/api/v1/viewing/cameras",
        ):
            answer = browser.get(url)
            assert answer.status_code == 200
            assert "密级不足" not in answer.content.decode()
