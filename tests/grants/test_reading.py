"""Who sees which grants, and which of them opens a camera to whom; pages and API."""

import json
from typing import Any

import pytest
from django.test import Client

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.catalogue.codes import Publication
from gongshi.grants import queries
from gongshi.grants.actions import revoke_grant
from gongshi.grants.models import Grant, GrantState, Way
from gongshi.identity.models import Person
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from tests.factories import in_days, make_camera, make_department, make_person
from tests.grants.making import make_grant

pytestmark = pytest.mark.django_db
GRANTS = "/api/v1/grants"


def viewer_of(grant: Grant) -> Person:
    return grant.viewers.get()


# --- who sees ----------------------------------------------------------------------------------


def test_using_and_source_department_and_owner_see_a_grant() -> None:
    owner = make_department()
    grant = make_grant(camera=make_camera(owner=owner))
    for department in (grant.department, grant.camera.source_department, owner):
        person = make_person(Role.VIEWER, department=department)
        assert list(queries.grants_visible_to(person)) == [grant], department


@pytest.mark.parametrize("role", [Role.BUREAU_ADMINISTRATOR, Role.OPERATOR])
def test_bureau_and_operators_see_every_grant(role: Role) -> None:
    grants = {make_grant(), make_grant()}
    assert set(queries.grants_visible_to(make_person(role))) == grants


@pytest.mark.parametrize(
    "role", [Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER, Role.VIEWER, Role.DEPARTMENT_HEAD]
)
def test_another_department_sees_nothing(role: Role) -> None:
    make_grant()
    assert not queries.grants_visible_to(make_person(role)).exists()


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_administrators_see_no_grants_not_even_of_their_department(role: Role) -> None:
    grant = make_grant()
    assert not queries.grants_visible_to(make_person(role, department=grant.department)).exists()


# --- who may watch -----------------------------------------------------------------------------


def test_a_named_viewer_may_watch() -> None:
    grant = make_grant()
    assert queries.grant_to_watch(viewer_of(grant), grant.camera_id) == grant
    assert list(queries.grants_to_watch(viewer_of(grant))) == [grant]


def test_nobody_else_may_watch() -> None:
    grant = make_grant()
    others = [
        make_person(Role.VIEWER, department=grant.department),
        make_person(Role.VIEWER),
        make_person(Role.BUREAU_ADMINISTRATOR),
        make_person(Role.VIEWER, department=grant.camera.source_department),
    ]
    assert [queries.grant_to_watch(person, grant.camera_id) for person in others] == [None] * 4


def test_a_grant_opens_its_own_camera_only() -> None:
    grant = make_grant()
    assert queries.grant_to_watch(viewer_of(grant), make_camera().pk) is None


@pytest.mark.parametrize("period", [(-9, -1), (1, 9)])
def test_a_grant_opens_nothing_outside_its_period(period: tuple[int, int]) -> None:
    grant = make_grant(valid_from=in_days(period[0]), valid_until=in_days(period[1]))
    assert queries.grant_to_watch(viewer_of(grant), grant.camera_id) is None


def test_a_prepared_or_ended_grant_opens_nothing() -> None:
    prepared, revoked = make_grant(state=GrantState.PREPARED), make_grant()
    revoke_grant(actor=make_person(Role.BUREAU_ADMINISTRATOR), grant=revoked, reason="点位改造")
    for grant in (prepared, revoked):
        assert queries.grant_to_watch(viewer_of(grant), grant.camera_id) is None


def test_a_locked_or_moved_person_or_a_withdrawn_camera_ends_watching() -> None:
    locked, moved, withdrawn = make_grant(), make_grant(), make_grant()
    Person.objects.filter(pk=viewer_of(locked).pk).update(is_active=False)
    Person.objects.filter(pk=viewer_of(moved).pk).update(department=make_department())
    type(withdrawn.camera).objects.filter(pk=withdrawn.camera_id).update(publication=Publication.WITHDRAWN)
    for grant in (locked, moved, withdrawn):
        assert queries.grant_to_watch(viewer_of(grant), grant.camera_id) is None


def test_structured_grants_are_not_for_watching() -> None:
    department = make_department()
    person = make_person(Role.VIEWER, department=department)
    make_grant(department=department, viewers=[person], way=None, object_kinds=["person"])
    assert not queries.grants_to_watch(person).exists()


def test_of_several_grants_the_widest_opens() -> None:
    department, camera = make_department(), make_camera()
    person = make_person(Role.VIEWER, department=department)
    given = {"camera": camera, "department": department, "viewers": [person]}
    make_grant(**given, live=False, history=True, valid_until=in_days(99))
    make_grant(**given, valid_until=in_days(2))
    longest = make_grant(**given, valid_until=in_days(50))
    assert queries.grant_to_watch(person, camera.pk) == longest


# --- pages -------------------------------------------------------------------------------------


def test_the_list_shows_what_i_may_see(client: Client) -> None:
    mine, other = make_grant(), make_grant()
    client.force_login(viewer_of(mine))
    page = client.get("/grants/").content.decode()
    assert mine.number in page and mine.camera.name in page
    assert other.number not in page


def test_the_list_is_filtered_by_camera_and_state(client: Client) -> None:
    first, second = make_grant(camera=make_camera(name="大水门")), make_grant(state=GrantState.PREPARED)
    client.force_login(make_person(Role.BUREAU_ADMINISTRATOR))
    by_name = client.get("/grants/?q=大水门").content.decode()
    assert first.number in by_name and second.number not in by_name
    by_state = client.get("/grants/?state=prepared").content.decode()
    assert second.number in by_state and first.number not in by_state


def test_the_page_tells_all_and_offers_revoking_to_who_may(client: Client) -> None:
    grant = make_grant()
    client.force_login(make_person(Role.SOURCE_REVIEWER, department=grant.camera.source_department))
    page = client.get(grant.get_absolute_url()).content.decode()
    assert grant.purpose in page and viewer_of(grant).name in page and "授权生效" in page
    assert f'data-confirm="撤销授权 {grant.number}（{grant.camera.name}）"' in page
    assert "rtsp" not in page and str(grant.camera.ip_address) not in page


def test_the_page_offers_no_revoking_to_viewers_and_refuses_it(client: Client) -> None:
    grant = make_grant()
    client.force_login(viewer_of(grant))
    assert "data-confirm" not in client.get(grant.get_absolute_url()).content.decode()
    events = AuditEvent.objects.exclude(action=AuditAction.ActRefused)
    before = events.count()
    assert client.post(grant.get_absolute_url(), {"reason": "不想看了"}).status_code == 403
    grant.refresh_from_db()
    assert grant.state == GrantState.ACTIVE and events.count() == before


def test_revoking_on_the_page_needs_a_reason_and_then_works(client: Client) -> None:
    grant = make_grant()
    client.force_login(make_person(Role.BUREAU_ADMINISTRATOR))
    refused = client.post(grant.get_absolute_url(), {"reason": " "})
    assert "请填写撤销理由" in refused.content.decode()
    grant.refresh_from_db()
    assert grant.state == GrantState.ACTIVE
    done = client.post(grant.get_absolute_url(), {"reason": "点位改造"}, follow=True)
    assert "已撤销" in done.content.decode() and "点位改造" in done.content.decode()
    grant.refresh_from_db()
    assert grant.state == GrantState.REVOKED


def test_a_grant_of_others_is_not_found(client: Client) -> None:
    grant = make_grant()
    client.force_login(make_person(Role.SOURCE_REVIEWER))
    assert client.get(grant.get_absolute_url()).status_code == 404
    assert client.post(grant.get_absolute_url(), {"reason": "点位改造"}).status_code == 404
    grant.refresh_from_db()
    assert grant.state == GrantState.ACTIVE


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_administrators_have_no_pages_of_grants(role: Role, client: Client) -> None:
    grant = make_grant()
    client.force_login(make_person(role))
    assert client.get("/grants/").status_code == 403
    assert client.get(grant.get_absolute_url()).status_code == 404
    assert client.get(GRANTS).status_code == 403
    assert client.get(f"{GRANTS}/{grant.pk}").status_code == 403


def test_the_pages_ask_a_fixed_number_of_questions(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    grants = [make_grant() for _ in range(5)]
    client.force_login(make_person(Role.BUREAU_ADMINISTRATOR))
    with django_assert_max_num_queries(8):
        client.get("/grants/")
    with django_assert_max_num_queries(8):
        client.get(grants[0].get_absolute_url())


# --- API ---------------------------------------------------------------------------------------


def test_the_api_tells_grants_and_no_address(client: Client) -> None:
    grant = make_grant()
    client.force_login(viewer_of(grant))
    answer = client.get(GRANTS)
    assert answer.json()["count"] == 1
    assert answer.json()["items"][0]["number"] == grant.number
    detail = client.get(f"{GRANTS}/{grant.pk}")
    assert detail.json()["viewers"] == [{"id": viewer_of(grant).pk, "name": viewer_of(grant).name}]
    for text in (answer.content.decode(), detail.content.decode()):
        assert "rtsp" not in text and str(grant.camera.ip_address) not in text


def test_the_api_filters_by_basis(client: Client) -> None:
    grant = make_grant(basis_number="XQ-2026-000007")
    make_grant()
    client.force_login(make_person(Role.OPERATOR))
    items = client.get(f"{GRANTS}?basis_number=XQ-2026-000007&state=active").json()["items"]
    assert [item["id"] for item in items] == [grant.pk]


@pytest.mark.parametrize(
    ("role", "is_source", "status"),
    [
        (Role.BUREAU_ADMINISTRATOR, False, 200),
        (Role.SOURCE_REVIEWER, True, 200),
        (Role.VIEWER, True, 403),
        (Role.OPERATOR, False, 403),
        (Role.SOURCE_REVIEWER, False, 404),
        (Role.DATA_SPECIALIST, False, 404),
        (Role.AUDIT_ADMINISTRATOR, False, 403),
    ],
)
def test_the_api_revokes_for_who_may(role: Role, is_source: bool, status: int, client: Client) -> None:
    grant = make_grant()
    client.force_login(make_person(role, department=grant.camera.source_department if is_source else None))
    answer = client.post(
        f"{GRANTS}/{grant.pk}/revocation", json.dumps({"reason": "点位改造"}), content_type="application/json"
    )
    assert answer.status_code == status
    grant.refresh_from_db()
    assert grant.state == (GrantState.REVOKED if status == 200 else GrantState.ACTIVE)
    if status == 200:
        assert (answer.json()["state"], answer.json()["end_reason"]) == ("revoked", "点位改造")
    else:
        assert answer.json()["error"]["message"].endswith("。")


def test_the_api_refuses_a_second_revocation_with_a_conflict(client: Client) -> None:
    grant = make_grant()
    client.force_login(make_person(Role.BUREAU_ADMINISTRATOR))
    url, body = f"{GRANTS}/{grant.pk}/revocation", json.dumps({"reason": "点位改造"})
    assert client.post(url, body, content_type="application/json").status_code == 200
    again = client.post(url, body, content_type="application/json")
    assert again.status_code == 409 and again.json()["error"]["code"] == "conflict"
    nothing = client.post(url, json.dumps({}), content_type="application/json")
    assert nothing.status_code == 422


@pytest.mark.parametrize("way", [Way.TERMINAL, Way.LINE])
def test_a_grant_of_another_way_does_not_open_a_browser(way: Way) -> None:
    grant = make_grant(way=way)
    viewer = grant.viewers.get()
    assert queries.grant_to_watch(viewer, grant.camera_id) is None
    assert not queries.rights_to_watch().filter(grant=grant).exists()
