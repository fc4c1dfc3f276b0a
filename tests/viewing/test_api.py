"""The JSON interface of live viewing."""

from typing import Any

import pytest
from django.test import Client

from gongshi.identity.roles import Role
from gongshi.kernel.clock import local_text
from gongshi.viewing.models import NodeStream, PlaySession, PlayState, Trouble
from gongshi.viewing.streams import name_of
from tests.factories import browser_of, in_days, make_camera, make_department, make_person
from tests.viewing.making import REASON, let_watch, make_node, make_viewer, playing, state_of

pytestmark = pytest.mark.django_db
SESSIONS = "/api/v1/viewing/sessions"


def open_by(browser: Client, camera_id: int, **changes: Any) -> Any:
    asked = {"camera_id": camera_id, "kind": "live", "reason": REASON} | changes
    return browser.post(SESSIONS, asked, content_type="application/json")


def test_cameras_are_grouped_by_source_department_each_once_with_its_longest_grant() -> None:
    viewer = make_viewer()
    water, school = make_department("丽水市水利局"), make_department("丽水市教育局")
    weir = make_camera(water, name="紧水滩坝顶")
    let_watch(viewer, weir, valid_until=in_days(3))
    longest = let_watch(viewer, weir, valid_until=in_days(40))
    gate = let_watch(viewer, make_camera(school, status="repair"))
    let_watch(viewer, make_camera(water), live=False, history=True)
    let_watch(make_viewer(), make_camera(water))
    groups = browser_of(viewer).get("/api/v1/viewing/cameras").json()["groups"]
    assert [(group["department"], len(group["cameras"])) for group in groups] == [
        ("丽水市教育局", 1),
        ("丽水市水利局", 1),
    ]
    assert groups[0]["cameras"][0]["id"] == gate.camera_id
    assert groups[0]["cameras"][0]["status"] == "offline"
    shown = groups[1]["cameras"][0]
    assert (shown["name"], shown["code"]) == ("紧水滩坝顶", weir.code)
    assert shown["grant"] == {
        "id": longest.pk,
        "until": local_text(longest.valid_until)[:10],
        "purpose": longest.purpose,
    }


def test_the_list_takes_a_pinned_number_of_queries(django_assert_max_num_queries: Any) -> None:
    viewer = make_viewer()
    for _ in range(6):
        let_watch(viewer)
    browser = browser_of(viewer)
    with django_assert_max_num_queries(4):
        browser.get("/api/v1/viewing/cameras")


def test_opening_gives_all_that_a_pane_needs_and_no_address_of_the_camera() -> None:
    make_node()
    viewer = make_viewer()
    grant = let_watch(viewer)
    answer = browser_of(viewer).post(
        SESSIONS,
        {"camera_id": grant.camera_id, "kind": "live", "reason": REASON},
        content_type="application/json",
        headers={"Host": "localhost:8000"},
    )
    assert answer.status_code == 201
    body = answer.json()
    session = PlaySession.objects.get(pk=body["id"])
    stream = f"ws://localhost:8081/live/{name_of(session.path)}.live.mp4?ticket="
    assert body["socket_url"].startswith(stream)
    assert body["watermark"] == {
        "name": viewer.name,
        "department": viewer.department.name,
        "account_tail": viewer.account[-4:],
    }
    assert body["poll_url"] == f"{SESSIONS}/{session.pk}"
    assert body["close_url"] == f"{SESSIONS}/{session.pk}/closing"
    assert body["remaining"].startswith("剩余 6 天（至 ")
    assert session.address == "127.0.0.1" and session.login_key
    assert "rtsp://" not in answer.content.decode()


def test_refusals_come_as_a_sentence() -> None:
    make_node()
    viewer = make_viewer()
    browser = browser_of(viewer)
    refused = open_by(browser, make_camera().pk)
    assert refused.status_code == 403
    assert "没有该点位的有效授权" in refused.json()["error"]["message"]
    camera = let_watch(viewer).camera
    for _ in range(4):
        assert open_by(browser, camera.pk).status_code == 201
    fifth = open_by(browser, camera.pk)
    assert (fifth.status_code, fifth.json()["error"]["code"]) == (409, "too_many_streams")
    without_reason = open_by(browser, camera.pk, reason=" ")
    assert (without_reason.status_code, without_reason.json()["error"]["field"]) == (422, "reason")
    assert open_by(browser, "x", kind="dream").status_code == 422


def test_who_has_not_signed_in_gets_nothing() -> None:
    look = playing()
    for answer in (
        Client().get("/api/v1/viewing/cameras"),
        open_by(Client(), look.session.camera_id),
        Client().get(f"{SESSIONS}/{look.session.pk}"),
        Client().post(f"{SESSIONS}/{look.session.pk}/closing"),
    ):
        assert answer.status_code in {302, 401, 403}
    assert state_of(look) == ("playing", "")


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR]
)
def test_administrators_see_no_cameras(role: Role) -> None:
    assert browser_of(make_person(role)).get("/api/v1/viewing/cameras").status_code == 403


def test_the_session_of_somebody_else_is_not_found() -> None:
    look = playing()
    for person in (make_viewer(), make_person(Role.BUREAU_ADMINISTRATOR)):
        browser = browser_of(person)
        assert browser.get(f"{SESSIONS}/{look.session.pk}").status_code == 404
        assert browser.post(f"{SESSIONS}/{look.session.pk}/closing").status_code == 404
    assert state_of(look) == ("playing", "")


def progress(person: Any, session: PlaySession) -> Any:
    return browser_of(person).get(f"{SESSIONS}/{session.pk}").json()


def test_a_pane_is_told_how_it_goes() -> None:
    session = playing().session
    person = session.person
    waiting = {"state": "waiting", "message": "正在等待摄像机出图…", "ended_reason": None}
    assert progress(person, session) == waiting
    NodeStream.objects.update(trouble=Trouble.CAMERA)
    assert progress(person, session)["message"] == "摄像机离线，暂时无法取流。"
    NodeStream.objects.update(last_online_at=in_days(-1))
    before = local_text(in_days(-1))[:13]
    assert progress(person, session)["message"].startswith(f"摄像机离线，暂时无法取流，最近在线 {before}")
    NodeStream.objects.update(is_online=True, trouble="")
    assert progress(person, session) == {"state": "playing", "message": "", "ended_reason": None}
    PlaySession.objects.update(state=PlayState.ENDING, ending="right_ended")
    ended = progress(person, session)
    assert (ended["state"], ended["ended_reason"]) == ("ended", "right_ended")
    assert "授权已到期或被撤销" in ended["message"]


def test_a_ticket_that_was_not_used_in_time_is_told_as_the_end() -> None:
    session = playing().session
    PlaySession.objects.update(state=PlayState.ISSUED, ticket_expires_at=in_days(-0.001))
    assert progress(session.person, session)["ended_reason"] == "unused"


def test_a_page_that_is_left_closes_by_a_form_with_its_token() -> None:
    look = playing()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(look.session.person)
    url = f"{SESSIONS}/{look.session.pk}/closing"
    assert browser.post(url).status_code == 403
    assert state_of(look) == ("playing", "")
    browser.cookies["csrftoken"] = token = "a" * 32
    answer = browser.post(url, {"csrfmiddlewaretoken": token})
    assert answer.status_code == 200
    assert state_of(look) == ("ending", "closed")


def test_a_watermark_that_was_tampered_with_ends_the_session_with_this_reason() -> None:
    look = playing()
    answer = browser_of(look.session.person).post(
        f"{SESSIONS}/{look.session.pk}/closing", {"reason": "watermark"}
    )
    assert answer.json()["ended_reason"] == "watermark"
    assert state_of(look) == ("ending", "watermark")
    wrong = browser_of(look.session.person).post(
        f"{SESSIONS}/{look.session.pk}/closing", {"reason": "right_ended"}
    )
    assert wrong.status_code == 422
