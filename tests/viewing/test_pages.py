"""The pages of the viewing room."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gongshi.audit.kinds import AuditAction
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.viewing.actions import ensure_local_node
from gongshi.viewing.models import MediaNode
from tests.factories import in_days, make_person
from tests.viewing.making import make_node, make_viewer, opened, playing, recorded, report_message, tell

pytestmark = pytest.mark.django_db


def browser_of(person: Person) -> Client:
    browser = Client(headers={"Host": "localhost:8000"})
    browser.force_login(person)
    return browser


def page(person: Person, name: str, **query: str) -> Any:
    return browser_of(person).get(reverse(name), query)


def test_the_wall_may_connect_to_the_nodes_in_use_and_nowhere_else() -> None:
    make_node("node-1", socket_url="ws://{host}:8081")
    make_node("node-2", socket_url="wss://media.lishui.example/two/")
    make_node("node-3", socket_url="ws://{host}:9999", is_active=False)
    answer = page(make_viewer(), "viewing:live")
    policy = dict(
        part.strip().split(" ", 1)
        for part in answer.headers["Content-Security-Policy"].split(";")
        if part.strip()
    )
    assert policy["connect-src"].split() == ["'self'", "ws://localhost:8081", "wss://media.lishui.example"]
    assert 'data-open-url="/api/v1/viewing/sessions"' in answer.content.decode()
    assert 'data-cameras-url="/api/v1/viewing/cameras"' in answer.content.decode()


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR]
)
def test_administrators_have_no_wall(role: Role) -> None:
    assert page(make_person(role), "viewing:live").status_code == 403
    assert page(make_person(role), "viewing:mine").status_code == 403


def test_my_looks_are_mine_alone(django_assert_max_num_queries: Any) -> None:
    look, other = playing("1-10"), playing("2-11")
    tell("on_flow_report", report_message(look, "1-10", totalBytes=3 * 1024 * 1024))
    browser = browser_of(look.session.person)
    with django_assert_max_num_queries(8):
        text = browser.get(reverse("viewing:mine")).content.decode()
    assert look.session.camera.name in text and "连接断开" in text and "3.0" in text
    assert other.session.camera.name not in text


def test_my_looks_can_be_filtered_and_exported() -> None:
    look = opened()
    person = look.session.person
    assert look.session.camera.name not in page(person, "viewing:mine", reason="防火").content.decode()
    exported = page(person, "viewing:mine", reason="汛期", _export="csv").content.decode("utf-8-sig")
    assert look.session.camera.name in exported and "汛期值守查看水位" in exported


def test_the_system_administrator_sees_state_and_load_of_the_nodes(
    django_assert_max_num_queries: Any,
) -> None:
    playing("1-10"), playing("2-11")
    make_node("node-2", last_seen_at=in_days(-1))
    administrator = make_person(Role.SYSTEM_ADMINISTRATOR)
    browser = browser_of(administrator)
    with django_assert_max_num_queries(8):
        text = browser.get(reverse("viewing:nodes")).content.decode()
    assert "在线" in text and "离线" in text and "secret-of-the-node" not in text
    rows = page(administrator, "viewing:nodes", _export="csv").content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[3:6:2] for row in rows[1:]] == [["在线", "2"], ["离线", "0"]]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BUREAU_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR])
def test_others_do_not_see_the_nodes(role: Role) -> None:
    make_node()
    assert page(make_person(role), "viewing:nodes").status_code == 403


def test_the_local_node_is_registered_once_and_follows_its_settings() -> None:
    node = ensure_local_node()
    assert node.code == settings.ENVIRONMENT.media_node
    assert node.api_url == f"http://127.0.0.1:{settings.ENVIRONMENT.media_port}"
    ensure_local_node()
    (event,) = recorded(AuditAction.NodeRegistered)
    assert settings.ENVIRONMENT.media_secret not in str(vars(event))
    MediaNode.objects.update(api_url="http://127.0.0.1:1", is_active=False)
    assert ensure_local_node() == node
    again = MediaNode.objects.get()
    assert (again.api_url, again.is_active) == (node.api_url, True)
    assert set(recorded(AuditAction.NodeRegistered)[-1].after or {}) == {"api_url", "is_active"}
