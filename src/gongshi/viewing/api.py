"""The JSON interface of live viewing: my cameras, open, how it goes, close."""

from datetime import datetime
from typing import Final, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Form, Router, Schema, Status

from gongshi.audit.origin import current_origin
from gongshi.catalogue.clearance import SHORT, is_cleared
from gongshi.catalogue.codes import DeviceStatus
from gongshi.grants.models import Grant
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.login.watching import keep_alive, login_key
from gongshi.viewing import actions, queries
from gongshi.viewing.models import Ending
from gongshi.viewing.nodes import socket_origin
from gongshi.viewing.rules import Permission
from gongshi.viewing.streams import APP, name_of

router = Router(tags=["视频共享"])

# Who wants to watch need only know whether pictures are to be expected.
EXPECTED: Final[dict[str, Literal["online", "offline", "unknown"]]] = {
    DeviceStatus.ONLINE: "online",
    DeviceStatus.OFFLINE: "offline",
    DeviceStatus.REPAIR: "offline",
    DeviceStatus.UNKNOWN: "unknown",
}


class GrantOut(Schema):
    id: int
    until: str
    purpose: str


class CameraOut(Schema):
    id: int
    code: str
    name: str
    status: Literal["online", "offline", "unknown"]
    # Why it cannot be opened in spite of the grant; empty: it can.
    barred: str
    grant: GrantOut


class GroupOut(Schema):
    department: str
    cameras: list[CameraOut]


class CamerasOut(Schema):
    groups: list[GroupOut]


class SessionIn(Schema):
    camera_id: int
    kind: Literal["live", "history"] = "live"
    reason: str


class WatermarkOut(Schema):
    name: str
    department: str
    account_tail: str


class SessionOut(Schema):
    id: int
    socket_url: str
    watermark: WatermarkOut
    poll_url: str
    close_url: str
    remaining: str
    ticket_expires_at: datetime


class WatchingOut(Schema):
    playing: bool


class ProgressOut(Schema):
    state: Literal["waiting", "playing", "ended"]
    message: str
    ended_reason: str | None


class ClosingIn(Schema):
    """A form, since a page that is being left can send nothing else (`navigator.sendBeacon`)."""

    reason: Literal["closed", "watermark"] = "closed"


@router.get("/cameras", response=CamerasOut, url_name="viewing_cameras", summary="可实时查看的点位")
def cameras(request: HttpRequest) -> CamerasOut:
    person = signed_in(request)
    authorise(person, Permission.Watch)
    return CamerasOut(
        groups=[
            GroupOut(department=group.department, cameras=[_camera(grant, person) for grant in group.grants])
            for group in queries.watchable(person)
        ]
    )


@router.post("/sessions", response={201: SessionOut}, url_name="viewing_open", summary="打开查看")
def open_session(request: HttpRequest, asked: SessionIn) -> Status[SessionOut]:
    person = signed_in(request)
    opened = actions.open_session(
        actor=person,
        camera_id=asked.camera_id,
        kind=asked.kind,
        reason=asked.reason,
        address=current_origin().address,
        login_key=login_key(request),
    )
    session = opened.session
    address = f"{socket_origin(session.node, request.get_host())}/{APP}/{name_of(session.path)}.live.mp4"
    shown = SessionOut(
        id=session.pk,
        socket_url=f"{address}?ticket={opened.ticket}",
        watermark=WatermarkOut(
            name=person.name, department=person.department_name, account_tail=person.account_tail
        ),
        poll_url=reverse("api:viewing_session", args=[session.pk]),
        close_url=reverse("api:viewing_closing", args=[session.pk]),
        remaining=queries.remaining(session.grant),
        ticket_expires_at=session.ticket_expires_at,
    )
    return Status(201, shown)


@router.post("/watching", response=WatchingOut, url_name="viewing_watching", summary="正在观看")
def watching(request: HttpRequest) -> WatchingOut:
    """Whoever is watching need not touch anything to stay signed in (等保 level 3 exempts video walls).

    The page says so each minute; it counts only while a picture of this very login is really playing.
    """
    person = signed_in(request)
    playing = queries.is_watching(person, login_key(request))
    if playing:
        keep_alive(request)
    return WatchingOut(playing=playing)


@router.get(
    "/sessions/{int:session_id}", response=ProgressOut, url_name="viewing_session", summary="查看进展"
)
def session_progress(request: HttpRequest, session_id: int) -> queries.Progress:
    return queries.progress(get_object_or_404(queries.sessions_of(signed_in(request)), pk=session_id))


@router.post(
    "/sessions/{int:session_id}/closing", response=ProgressOut, url_name="viewing_closing", summary="关闭查看"
)
def close_session(request: HttpRequest, session_id: int, asked: Form[ClosingIn]) -> queries.Progress:
    person = signed_in(request)
    session = get_object_or_404(queries.sessions_of(person), pk=session_id)
    actions.close_session(actor=person, session=session, ending=Ending(asked.reason))
    session.refresh_from_db()
    return queries.progress(session)


def _camera(grant: Grant, person: Person) -> CameraOut:
    camera = grant.camera
    until = clock.end_text(grant.valid_until)[:10]
    return CameraOut(
        id=camera.pk,
        code=camera.code,
        name=camera.name,
        status=EXPECTED[camera.status],
        barred="" if is_cleared(person, camera) else SHORT,
        grant=GrantOut(id=grant.pk, until=until, purpose=grant.purpose),
    )
