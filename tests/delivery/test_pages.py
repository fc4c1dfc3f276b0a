"""The pages of work orders, as each role sees them."""

from typing import Any

import pytest
from django.urls import reverse

from gongshi.delivery import actions
from gongshi.delivery.models import Feedback, WorkOrder, WorkOrderState
from gongshi.demand.models import DeliveryResult, LaneState
from gongshi.grants.models import Grant, GrantState
from gongshi.identity.roles import Role
from tests.demand.making import City, state_of
from tests.demand.test_pages import browsing, page
from tests.demand.unchanged import snapshot
from tests.factories import browser_of, make_camera, make_person

pytestmark = pytest.mark.django_db


class TestTheOperator:
    def test_claims_and_records_several_lines_at_once(self, city: City) -> None:
        order = city.order()
        client = browser_of(city.operator)
        client.post(reverse("delivery:claim", args=[order.pk]))
        lines = list(order.lines.values_list("pk", flat=True))
        response = client.post(
            reverse("delivery:order", args=[order.pk]), {"lines": lines, "result": "delivered"}, follow=True
        )
        assert "已登记 2 个点位的实施结果" in response.content.decode()
        order.refresh_from_db()
        assert order.state == WorkOrderState.DELIVERED

    def test_undeliverable_without_reason_stays_on_the_page_with_the_choice(self, city: City) -> None:
        order = city.claimed()
        line = order.lines.all()[0]
        client, before = browsing(city.operator)
        response = client.post(
            reverse("delivery:order", args=[order.pk]), {"lines": [line.pk], "result": "undeliverable"}
        )
        text = response.content.decode()
        assert response.status_code == 422
        assert "无法开通的原因，例如" in text and "checked" in text
        assert snapshot() == before

    def test_one_line_that_cannot_be_recorded_records_none(self, city: City) -> None:
        order = city.claimed(make_camera(city.water), make_camera(city.water, platforms=()), way="account")
        lines = list(order.lines.values_list("pk", flat=True))
        client, before = browsing(city.operator)
        response = client.post(
            reverse("delivery:order", args=[order.pk]), {"lines": lines, "result": "delivered"}
        )
        assert response.status_code == 422
        assert "没有方式一：账号可用的接入路径" in response.content.decode()
        assert snapshot() == before

    def test_nothing_chosen_is_told(self, city: City) -> None:
        order = city.claimed()
        response = browser_of(city.operator).post(
            reverse("delivery:order", args=[order.pk]), {"result": "delivered"}
        )
        assert "请先勾选要登记的点位。" in response.content.decode()

    def test_another_operator_sees_no_form(self, city: City) -> None:
        order, other = city.claimed(), make_person(Role.OPERATOR, department=city.bureau)
        text = page(other, "delivery:order", order.pk)
        assert "登记实施结果" not in text and "领取工单" not in text
        line = order.lines.all()[0]
        response = browser_of(other).post(
            reverse("delivery:order", args=[order.pk]), {"lines": [line.pk], "result": "delivered"}
        )
        line.refresh_from_db()
        assert (response.status_code, line.result) == (409, DeliveryResult.OPEN)


class TestTheBureau:
    def test_accepts_a_lane(self, city: City) -> None:
        order = city.delivered()
        lane = order.demand.lanes.get()
        assert "验收通过，授权生效" in page(city.acceptor, "delivery:order", order.pk)
        browser_of(city.acceptor).post(
            reverse("delivery:accept", args=[order.pk, lane.pk]), {"verdict": "passed"}
        )
        assert set(Grant.objects.values_list("state", flat=True)) == {GrantState.ACTIVE}

    def test_who_reviewed_is_told_that_another_must_accept(self, city: City) -> None:
        text = page(city.administrator, "delivery:order", city.delivered().pk)
        assert "须由其他人员办理本环节" in text and "验收通过，授权生效" not in text

    def test_failing_needs_a_reason(self, city: City) -> None:
        order = city.delivered()
        lane = order.demand.lanes.get()
        client, address = browser_of(city.acceptor), reverse("delivery:accept", args=[order.pk, lane.pk])
        where = reverse("delivery:order", args=[order.pk])
        response = client.post(
            address, {"verdict": "failed"}, headers={"referer": f"http://testserver{where}"}, follow=True
        )
        assert "请填写验收不通过的理由" in response.content.decode()
        assert state_of(lane) == LaneState.ACCEPTING
        client.post(address, {"verdict": "failed", "reason": "画面无法打开"})
        assert state_of(lane) == LaneState.DELIVERING
        assert "画面无法打开" in page(city.operator, "delivery:order", order.pk)

    def test_the_operator_and_the_requester_are_offered_no_acceptance(self, city: City) -> None:
        order = city.delivered()
        lane = order.demand.lanes.get()
        for person in (city.operator, city.specialist):
            assert "验收通过，授权生效" not in page(person, "delivery:order", order.pk)
            browser_of(person).post(
                reverse("delivery:accept", args=[order.pk, lane.pk]), {"verdict": "passed"}
            )
        assert state_of(lane) == LaneState.ACCEPTING


class TestTheRequester:
    def test_gives_feedback_on_the_demand_page(self, city: City) -> None:
        order = city.accepted()
        assert "提交评价" in page(city.viewer, "demand:demand", order.demand.pk)
        response = browser_of(city.viewer).post(
            reverse("delivery:feedback", args=[order.pk]), {"score": 5, "advice": "画面清晰"}, follow=True
        )
        text = response.content.decode()
        assert Feedback.objects.get().score == 5
        assert "画面清晰" in text and "提交评价" not in text

    def test_others_are_not_asked_for_feedback(self, city: City) -> None:
        order = city.accepted()
        for person in (city.operator, city.acceptor):
            assert "提交评价" not in page(person, "delivery:order", order.pk)

    def test_a_score_is_needed(self, city: City) -> None:
        order = city.accepted()
        browser_of(city.viewer).post(reverse("delivery:feedback", args=[order.pk]), {"advice": "好"})
        assert not Feedback.objects.exists()


class TestWhoSees:
    def test_another_departments_order_is_not_found(self, city: City) -> None:
        order = city.order()
        page(make_person(Role.DATA_SPECIALIST), "delivery:order", order.pk, status=404)
        page(city.viewer, "delivery:order", order.pk)

    @pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR])
    def test_administrators_see_no_orders(self, city: City, role: Role) -> None:
        order, person = city.order(), make_person(role, department=city.bureau)
        page(person, "delivery:orders", status=403)
        page(person, "delivery:order", order.pk, status=404)

    def test_getting_changes_nothing(self, city: City) -> None:
        order = city.order()
        response = browser_of(city.operator).get(reverse("delivery:claim", args=[order.pk]))
        assert response.status_code == 405
        assert WorkOrder.objects.get().claimed_by is None

    def test_list_and_page_have_a_fixed_number_of_queries(
        self, city: City, django_assert_max_num_queries: Any
    ) -> None:
        order = city.claimed(*(make_camera(city.water) for _ in range(8)))
        city.order()
        city.order()
        client = browser_of(city.operator)
        with django_assert_max_num_queries(12):
            assert client.get(reverse("delivery:orders")).status_code == 200
        with django_assert_max_num_queries(22):
            assert client.get(reverse("delivery:order", args=[order.pk])).status_code == 200


def test_an_accepted_order_tells_its_story(city: City) -> None:
    order = city.accepted()
    actions.give_feedback(actor=city.viewer, order=order, score=3, advice="夜间偏暗")
    text = page(city.acceptor, "delivery:order", order.pk)
    assert "夜间偏暗" in text and "验收通过" in text and city.operator.name in text
