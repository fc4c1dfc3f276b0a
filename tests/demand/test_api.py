"""The chain over JSON: the same actions, the same refusals."""

from typing import Any

import pytest
from django.test import Client

from gongshi.demand.models import Demand, LaneState
from gongshi.grants.models import Grant, GrantState
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from tests.demand.making import City, state_of
from tests.demand.test_pages import browsing
from tests.demand.unchanged import snapshot
from tests.factories import browser_of, make_camera, make_person

pytestmark = pytest.mark.django_db
API = "/api/v1"


def post(client: Client, path: str, body: Any, status: int = 200) -> Any:
    response = client.post(f"{API}{path}", body, content_type="application/json")
    assert response.status_code == status, response.content.decode()
    return response.json()


def get(person: Person, path: str, status: int = 200) -> Any:
    response = browser_of(person).get(f"{API}{path}")
    assert response.status_code == status, response.content.decode()
    return response.json()


def body_of(city: City, *cameras: Any, **fields: Any) -> dict[str, Any]:
    today = clock.today().isoformat()
    return {
        "item_id": city.make_item().pk,
        "point_list_id": city.make_list(*(cameras or [city.restricted()])).pk,
        "way": "account",
        "purpose": "汛期值守时查看水库水位和泄洪道情况",
        "period_from": today,
        "period_until": today,
        "contact": "王芳",
        "phone": "0578-2091234",
        "viewer_ids": [city.viewer.pk],
    } | fields


def test_the_whole_chain_as_five_people(city: City) -> None:
    asker = browser_of(city.specialist)
    category = post(asker, "/categories", {"name": "防汛防台"}, 201)
    item = {
        "category_id": category["id"],
        "name": "水库巡查",
        "section": "防汛处",
        "section_contact": "王芳",
        "legal_basis": "防洪法第四十条",
    }
    item_id = post(asker, "/items", item, 201)["id"]
    body = body_of(city, make_camera(city.water), city.restricted()) | {"item_id": item_id}
    demand = post(asker, "/demands", body, 201)
    assert (demand["state"], demand["lanes"]) == ("draft", [])
    demand = post(asker, f"/demands/{demand['id']}/submission", {})
    system, water = demand["lanes"]
    assert (system["decider"], system["state"]) == ("系统自动判定", "reviewing")
    assert water["holder"] == f"{city.water.name}（{city.water_reviewer.name}）"

    confirmation = post(browser_of(city.water_reviewer), f"/lanes/{water['id']}/confirmation", {})
    assert confirmation["state"] == "reviewing"
    for lane in (system, water):
        post(browser_of(city.administrator), f"/lanes/{lane['id']}/review", {"approve": True})

    operator = browser_of(city.operator)
    (order,) = operator.get(f"{API}/work-orders").json()["items"]
    order = post(operator, f"/work-orders/{order['id']}/claim", {})
    for lane in order["lanes"]:
        for line in lane["lines"]:
            path = f"/work-orders/{order['id']}/lines/{line['id']}/result"
            assert post(operator, path, {"result": "delivered"})["result"] == "delivered"

    for lane in order["lanes"]:
        body = {"lane_id": lane["id"], "passed": True}
        post(browser_of(city.acceptor), f"/work-orders/{order['id']}/acceptance", body, 201)
    assert set(Grant.objects.values_list("state", flat=True)) == {GrantState.ACTIVE}

    score = {"score": 5, "advice": "画面清晰"}
    post(browser_of(city.viewer), f"/work-orders/{order['id']}/feedback", score, 201)
    order = get(city.specialist, f"/work-orders/{order['id']}")
    assert (order["state"], order["feedback"]["score"]) == ("accepted", 5)
    demand = get(city.specialist, f"/demands/{demand['id']}")
    assert demand["state"] == "in_use"
    assert [act["act"] for act in demand["lanes"][1]["acts"]] == [
        "submitted",
        "confirmed",
        "reviewed",
        "delivered",
        "accepted",
    ]


class TestRefusals:
    def test_a_refusal_names_code_sentence_and_field(self, city: City) -> None:
        client = browser_of(city.specialist)
        demand = post(client, "/demands", body_of(city, purpose="看看"), 201)
        before = snapshot()
        answer = post(client, f"/demands/{demand['id']}/submission", {}, 422)
        assert answer["error"]["field"] == "purpose" and answer["error"]["code"] == "invalid"
        assert snapshot() == before

    @pytest.mark.parametrize("field", ["item_id", "point_list_id", "viewer_ids"])
    def test_what_belongs_to_others_cannot_be_named(self, city: City, field: str) -> None:
        body = body_of(city) | {field: body_of(City())[field]}
        client, before = browsing(city.specialist)
        post(client, "/demands", body, 422)
        assert snapshot() == before

    def test_a_body_that_is_no_demand_is_refused(self, city: City) -> None:
        client, before = browsing(city.specialist)
        for body in ({}, {"item_id": "one"}, body_of_nothing()):
            answer = post(client, "/demands", body, 422)
            assert answer["error"]["code"] == "unreadable"
        assert snapshot() == before

    def test_unknown_types_and_ways_are_refused(self, city: City) -> None:
        body = body_of(city)
        client, before = browsing(city.specialist)
        for wrong in ({"type": "rumour"}, {"way": "pigeon"}, {"way": None}, {"object_kinds": ["soul"]}):
            post(client, "/demands", body | wrong, 422)
        assert snapshot() == before

    def test_another_department_finds_nothing(self, city: City) -> None:
        lane = city.confirming()
        stranger = make_person(Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER)
        client, before = browsing(stranger)
        demand = lane.demand_id
        assert client.get(f"{API}/demands/{demand}").status_code == 404
        post(client, f"/demands/{demand}/withdrawal", {"reason": "不用了"}, 404)
        post(client, f"/lanes/{lane.pk}/confirmation", {}, 404)
        assert snapshot() == before

    def test_the_wrong_role_is_forbidden(self, city: City) -> None:
        lane = city.confirming()
        client, before = browsing(city.viewer)
        answer = post(client, f"/lanes/{lane.pk}/confirmation", {}, 403)
        assert answer["error"]["code"] == "forbidden"
        post(client, f"/lanes/{lane.pk}/review", {"approve": True}, 403)
        assert snapshot() == before

    def test_the_wrong_state_is_a_conflict(self, city: City) -> None:
        lane = city.confirming()
        answer = post(browser_of(city.administrator), f"/lanes/{lane.pk}/review", {"approve": True}, 409)
        assert answer["error"]["code"] == "conflict"
        assert state_of(lane) == LaneState.CONFIRMING

    def test_refusing_a_line_by_number_with_its_reason(self, city: City) -> None:
        lane = city.confirming()
        first = lane.lines.all()[0]
        client = browser_of(city.water_reviewer)
        post(client, f"/lanes/{lane.pk}/confirmation", {"refused": {str(first.pk): ""}}, 422)
        body = {"refused": {str(first.pk): "涉及取水口"}}
        assert post(client, f"/lanes/{lane.pk}/confirmation", body)["state"] == "reviewing"

    def test_nobody_who_is_not_signed_in_reads_anything(self) -> None:
        for path in ("items", "categories", "demands", "work-orders"):
            assert Client().get(f"{API}/{path}").status_code in {401, 302}

    def test_without_the_token_nothing_is_changed(self, city: City) -> None:
        lane = city.reviewing()
        client = Client(enforce_csrf_checks=True)
        client.force_login(city.administrator)
        post(client, f"/lanes/{lane.pk}/review", {"approve": True}, 403)
        assert state_of(lane) == LaneState.REVIEWING


def body_of_nothing() -> dict[str, Any]:
    return {"purpose": None, "period_from": "tomorrow"}


class TestReading:
    def test_lists_are_paged_and_counted(self, city: City) -> None:
        for _ in range(3):
            city.submit()
        answer = browser_of(city.specialist).get(f"{API}/demands", {"limit": 2}).json()
        assert (answer["count"], len(answer["items"])) == (3, 2)

    def test_queries_do_not_grow_with_demands_lanes_and_lines(
        self, city: City, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(3):
            demand = city.submit(make_camera(city.water), city.restricted(), city.restricted(city.traffic))
        client = browser_of(city.administrator)
        with django_assert_max_num_queries(8):
            client.get(f"{API}/demands")
        with django_assert_max_num_queries(12):
            client.get(f"{API}/demands/{demand.pk}")

    def test_no_network_field_leaves(self, city: City) -> None:
        order = city.claimed()
        camera = order.lines.all()[0].demand_line.camera
        for person, path in (
            (city.specialist, f"/demands/{order.demand_id}"),
            (city.operator, f"/work-orders/{order.pk}"),
        ):
            text = str(get(person, path))
            assert camera.code in text
            assert camera.ip_address not in text and "rtsp" not in text

    def test_a_draft_can_be_replaced(self, city: City) -> None:
        client = browser_of(city.specialist)
        body = body_of(city)
        demand = post(client, "/demands", body, 201)
        changed = body | {"purpose": "台风期间查看沿江道路积水情况"}
        answer = client.put(f"{API}/demands/{demand['id']}", changed, content_type="application/json")
        assert answer.status_code == 200
        assert Demand.objects.get().purpose == "台风期间查看沿江道路积水情况"

    @pytest.mark.parametrize(
        "fields",
        [{}, {"type": "structured", "way": None, "object_kinds": ["face"], "viewer_ids": [], "live": False}],
    )
    def test_a_draft_that_was_read_can_be_edited_and_put_back(
        self, city: City, fields: dict[str, Any]
    ) -> None:
        number = post(browser_of(city.specialist), "/demands", body_of(city, **fields), 201)["id"]
        path, read = f"{API}/demands/{number}", get(city.specialist, f"/demands/{number}")
        browser = browser_of(city.specialist)
        assert browser.put(path, read, content_type="application/json").json() == read
        edited = read | {"purpose": "台风期间查看沿江道路积水情况"}
        assert browser.put(path, edited, content_type="application/json").json() == edited
        assert Demand.objects.get().phone == "0578-2091234"

    def test_nobody_else_puts_back_what_he_read(self, city: City) -> None:
        number = post(browser_of(city.specialist), "/demands", body_of(city), 201)["id"]
        read = get(city.viewer, f"/demands/{number}")
        client, before = browsing(city.viewer)
        answer = client.put(f"{API}/demands/{number}", read, content_type="application/json")
        assert answer.status_code == 403
        assert snapshot() == before
