"""Any JSON for any writing operation, by whoever may: never a server error, and a refusal changes nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.pq import TransactionStatus

from gongshi.atlas.models import PointList
from gongshi.catalogue.models import Submission
from gongshi.config.api import api
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.viewing.models import PlaySession
from tests.demand.making import City
from tests.demand.unchanged import snapshot
from tests.factories import in_days, make_person
from tests.viewing.making import let_watch, make_node

pytestmark = pytest.mark.django_db

# What databases, screens and parsers stumble over.
NASTY: tuple[Any, ...] = (
    "",
    "\0",
    "a\0b",
    "\ud800",
    "字" * 100_000,
    "9999-12-31",
    "0001-01-01",
    -1,
    2**63,
    10**60,
    float("nan"),
    None,
    [],
    ["\0"],
    {},
    {"\0": "\0"},
    {str(10**60): "x"},
)
anything = st.recursive(
    st.sampled_from(NASTY) | st.text() | st.integers() | st.floats(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=6,
)

Operation = tuple[str, str, Person, dict[str, Any]]
Doors = list[tuple[Operation, Client]]


def operations() -> Iterator[Operation]:
    """Method, path, who may, and a body that would do, for every operation that takes JSON."""
    city = City()
    confirming, reviewing = city.confirming(), city.reviewing()
    fresh, claimed, delivered, accepted = city.order(), city.claimed(), city.delivered(), city.accepted()
    security = make_person(Role.SECURITY_ADMINISTRATOR)
    # Alive however long the test takes.
    make_node(last_seen_at=in_days(1))
    camera = let_watch(city.viewer).camera
    grant = accepted.lines.latest("pk").grant
    item = {
        "category_id": city.make_item().category_id,
        "name": "水库",
        "section": "防汛处",
        "section_contact": "王芳",
        "legal_basis": "防洪法",
        "business_system": "",
    }
    draft = city.draft()
    today = clock.today().isoformat()
    body = {
        "item_id": city.make_item().pk,
        "point_list_id": city.make_list(city.restricted()).pk,
        "type": "stream",
        "way": "account",
        "live": True,
        "history": False,
        "object_kinds": [],
        "purpose": "汛期值守时查看水库水位和泄洪道情况",
        "period_from": today,
        "period_until": today,
        "contact": "王芳",
        "phone": "0578-2091234",
        "viewer_ids": [city.viewer.pk],
    }
    line = claimed.lines.latest("pk")
    person = {
        "account": "wang-fang",
        "name": "王芳",
        "department": city.water.code,
        "roles": ["viewer"],
        "password": "Lishui-2026-long",
        "title": "",
        "phone": "",
        "clearance": "L2",
    }
    lane = delivered.demand.lanes.get()
    submission = Submission.objects.create(
        number="BM-1", title="批次", department=city.water, compiled_by=city.specialist, state="submitted"
    )
    refused = {"refused": {str(confirming.lines.latest("pk").pk): "涉密"}, "reason": "涉密"}
    decision = {"verdict": "return", "reason": "有误", "returned": [{"id": 1, "reason": "有误"}]}
    department = {
        "code": "331100-9999",
        "name": "丽水市气象局",
        "short_name": "气象局",
        "region": "331100",
        "level": "city",
        "kind": "government",
        "supervisor": city.water.code,
    }
    yield from (
        ("post", "/atlas/summary", city.specialist, {"camera_ids": [camera.pk]}),
        ("post", "/atlas/lists", city.specialist, {"name": "清单", "camera_ids": [camera.pk]}),
        ("post", f"/catalogue/submissions/{submission.pk}/decision", city.administrator, decision),
        ("post", f"/grants/{grant.pk}/revocation", city.administrator, {"reason": "不再需要"}),
        ("post", "/people", security, person),
        ("post", "/people/departments", make_person(Role.SYSTEM_ADMINISTRATOR), department),
        (
            "post",
            "/viewing/sessions",
            city.viewer,
            {"camera_id": camera.pk, "kind": "live", "reason": "值守"},
        ),
        ("post", "/categories", city.specialist, {"name": "防汛"}),
        ("post", "/items", city.specialist, item),
        ("post", "/demands", city.specialist, body),
        ("put", f"/demands/{draft.pk}", city.specialist, body),
        ("post", f"/demands/{reviewing.demand_id}/withdrawal", city.specialist, {"reason": "不再需要"}),
        ("post", f"/lanes/{confirming.pk}/confirmation", city.water_reviewer, refused),
        ("post", f"/lanes/{reviewing.pk}/review", city.administrator, {"approve": False, "reason": "不充分"}),
        (
            "post",
            f"/work-orders/{claimed.pk}/lines/{line.pk}/result",
            city.operator,
            {"result": "undeliverable", "reason": "离线"},
        ),
        (
            "post",
            f"/work-orders/{delivered.pk}/acceptance",
            city.acceptor,
            {"lane_id": lane.pk, "passed": False, "reason": "黑屏"},
        ),
        ("post", f"/work-orders/{accepted.pk}/feedback", city.specialist, {"score": 5, "advice": "很好"}),
    )
    assert fresh.pk


@pytest.fixture
def doors(db: None) -> Doors:
    doors = []
    for operation in operations():
        client = Client(raise_request_exception=False)
        client.force_login(operation[2])
        doors.append((operation, client))
    return doors


def test_every_operation_with_a_body_is_tried(doors: Doors) -> None:
    paths = api.get_openapi_schema()["paths"]
    wanted = {
        (method, path.count("/"), path.rpartition("/")[2])
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    tried = {
        (method, f"/api/v1{path}".count("/"), path.rpartition("/")[2]) for (method, path, *_), _ in doors
    }
    # The last part of the address may be a number.
    named = {each for each in wanted if not each[2].startswith("{")}
    assert named <= tried
    assert len(wanted) == len(doors)


def test_the_bodies_would_do(doors: Doors) -> None:
    for (method, path, _, body), client in doors:
        with transaction.atomic():
            answer = getattr(client, method)(f"/api/v1{path}", body, "application/json")
            if "submissions" not in path:
                assert answer.status_code in {200, 201}, (path, answer.content.decode())
            transaction.set_rollback(True)


def everything() -> list[Any]:
    return [
        *snapshot(),
        list(PointList.objects.order_by("pk").values()),
        list(Person.objects.order_by("pk").values()),
        list(PlaySession.objects.order_by("pk").values()),
        list(Submission.objects.order_by("pk").values()),
    ]


def fault(operation: Operation, client: Client, text: str, before: list[Any]) -> str:
    """What went wrong with this body; empty when it was taken, or refused without a trace."""
    method, path, _, _ = operation
    with transaction.atomic():
        answer = getattr(client, method)(f"/api/v1{path}", text, "application/json")
        failed = connection.connection.info.transaction_status == TransactionStatus.INERROR
        # A refused look is recorded, and changes nothing else.
        traceless = (
            answer.status_code < 400 or failed or path == "/viewing/sessions" or everything() == before
        )
        transaction.set_rollback(True)
    if answer.status_code >= 500:
        return f"{answer.status_code} {path} {text[:200]}"
    return "" if traceless else f"changed by a refusal: {path} {text[:200]}"


def test_each_field_alone_takes_any_nastiness(doors: Doors) -> None:
    before = everything()
    faults = [
        fault(operation, client, json.dumps(operation[3] | {field: value}), before)
        for operation, client in doors
        for field in operation[3]
        for value in NASTY
    ]
    assert [each for each in faults if each] == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_json_is_survived(doors: Doors, data: st.DataObject) -> None:
    operation, client = data.draw(st.sampled_from(doors))
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(operation[3])), anything, max_size=4))
    body = data.draw(st.just(operation[3] | changes) | anything)
    assert not fault(operation, client, json.dumps(body), everything())


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '"' * 3, "\0", "nul", "\xff"])
def test_what_is_no_json_is_refused(doors: Doors, text: str) -> None:
    before = everything()
    for operation, client in doors:
        assert not fault(operation, client, text, before)
