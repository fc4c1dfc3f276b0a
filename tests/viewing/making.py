"""Nodes, viewers with a grant, and what a node would say, for tests."""

import base64
import json
from typing import Any

from django.conf import settings
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.codes import NetworkZone
from gongshi.catalogue.models import Camera
from gongshi.grants.models import Grant
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.viewing import actions
from gongshi.viewing.actions import OpenedSession
from gongshi.viewing.models import MediaNode, PlaySession
from gongshi.viewing.streams import APP, name_of
from tests.factories import make_camera, make_person
from tests.grants.making import make_grant

REASON = "汛期值守查看水位"
BOOT = "boot-one"
# A port on which nothing listens.
NOWHERE = "http://127.0.0.1:9"


def make_node(code: str = "node-1", **fields: Any) -> MediaNode:
    """A node that has just been heard from, but does not answer."""
    given = {
        "name": code,
        "network_zone": NetworkZone.GOVERNMENT,
        "api_url": NOWHERE,
        "api_secret": "secret-of-the-node",
        "socket_url": "ws://{host}:8081",
        "boot": BOOT,
        "last_seen_at": clock.now(),
    }
    return MediaNode.objects.create(code=code, **given | fields)


def make_viewer(clearance: str = "L4") -> Person:
    return make_person(Role.VIEWER, clearance=clearance)


def let_watch(person: Person, camera: Camera | None = None, **fields: Any) -> Grant:
    """A grant in force that names this person."""
    return make_grant(
        camera=camera or make_camera(), department=person.department, viewers=[person], **fields
    )


def open_look(person: Person, camera: Camera, **changes: Any) -> OpenedSession:
    asked = {"kind": "live", "reason": REASON, "address": "10.33.1.9", "login_key": ""} | changes
    return actions.open_session(actor=person, camera_id=camera.pk, **asked)


def opened(node: MediaNode | None = None) -> OpenedSession:
    """A session with an unused ticket."""
    if node is None and not MediaNode.objects.exists():
        make_node()
    viewer = make_viewer()
    return open_look(viewer, let_watch(viewer).camera)


def play_message(look: OpenedSession, connection: str = "1-10", **changes: Any) -> dict[str, Any]:
    """on_play as a node would post it."""
    return {
        "mediaServerId": "node-1",
        "gongshi.boot": BOOT,
        "app": APP,
        "stream": name_of(look.session.path),
        "vhost": "__defaultVhost__",
        "schema": "fmp4",
        "id": connection,
        "ip": "10.33.1.9",
        "port": 50000,
        "params": f"ticket={look.ticket}",
    } | changes


def tell(
    event: str, message: dict[str, Any], *, code: str = "node-1", password: str | None = None
) -> dict[str, Any]:
    """Post a hook as the node would; gives the JSON answer, or only the status when it is not 200."""
    secret = settings.ENVIRONMENT.hook_secret if password is None else password
    credentials = base64.b64encode(f"{code}:{secret}".encode()).decode()
    answer = Client(enforce_csrf_checks=True).post(
        f"/media-hooks/{event}",
        data=json.dumps(message),
        content_type="application/json",
        headers={"Authorization": f"Basic {credentials}"},
    )
    if answer.status_code != 200:
        return {"status": answer.status_code}
    reply: dict[str, Any] = answer.json()
    return reply


def playing(connection: str = "1-10") -> OpenedSession:
    """A session whose ticket a connection has used."""
    look = opened()
    assert tell("on_play", play_message(look, connection)) == {"code": 0, "msg": "success"}
    look.session.refresh_from_db()
    return look


def report_message(look: OpenedSession, connection: str = "1-10", **changes: Any) -> dict[str, Any]:
    """on_flow_report as a node would post it."""
    ended = {"totalBytes": 123_456, "duration": 7, "player": True}
    return play_message(look, connection) | ended | changes


def state_of(look: OpenedSession) -> tuple[str, str]:
    session = PlaySession.objects.get(pk=look.session.pk)
    return session.state, session.ending


def recorded(kind: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=kind).order_by("id"))
