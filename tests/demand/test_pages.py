"""The pages of items, demands and decisions, as each role sees them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongshi.delivery.models import WorkOrder
from gongshi.demand import actions
from gongshi.demand.models import BusinessItem, Demand, DemandState, LaneState, LineVerdict
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from tests.demand.making import City, state_of
from tests.demand.unchanged import snapshot
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


def browsing(person: Person) -> tuple[Client, list[Any]]:
    """A browser, and how everything stands after logging in, which is an event of its own."""
    return browser_of(person), snapshot()


def page(person: Person, view: str, *arguments: Any, status: int = 200, **query: Any) -> str:
    response = browser_of(person).get(reverse(view, args=arguments), query)
    assert response.status_code == status
    return response.content.decode()


def typed(city: City, demand: Demand, **fields: Any) -> dict[str, Any]:
    """What the demand form sends."""
    today = clock.today()
    return {
        "item": demand.item_id,
        "point_list": demand.point_list_id,
        "type": "stream",
        "way": "account",
        "live": "on",
        "purpose": "汛期值守时查看水库水位和泄洪道情况",
        "period_from": today.isoformat(),
        "period_until": today.isoformat(),
        "contact": "王芳",
        "phone": "0578-2091234",
        "viewers": [city.viewer.pk],
    } | fields


class TestItems:
    def test_a_specialist_adds_category_and_item(self, city: City) -> None:
        client = browser_of(city.specialist)
        client.post(reverse("demand:create_category"), {"name": "防汛防台"})
        category = city.department.business_categories.get()
        fields = {
            "category": category.pk,
            "name": "水库巡查",
            "section": "防汛处",
            "section_contact": "王芳",
            "legal_basis": "防洪法第四十条",
        }
        response = client.post(reverse("demand:create_item"), fields, follow=True)
        text = response.content.decode()
        assert "已新增业务事项" in text and "水库巡查" in text
        assert BusinessItem.objects.get().category == category

    def test_a_double_name_is_told_next_to_the_field(self, city: City) -> None:
        actions.create_category(actor=city.specialist, name="防汛防台")
        response = browser_of(city.specialist).post(reverse("demand:create_category"), {"name": "防汛防台"})
        assert response.status_code == 422
        assert "本部门已有同名业务分类。" in response.content.decode()

    def test_a_viewer_reads_items_but_adds_none(self, city: City) -> None:
        item = city.make_item()
        assert item.name in page(city.viewer, "demand:items")
        page(city.viewer, "demand:create_item", status=403)

    def test_another_departments_items_are_not_listed(self, city: City) -> None:
        item = city.make_item()
        stranger = make_person(Role.DATA_SPECIALIST)
        assert item.name not in page(stranger, "demand:items")

    @pytest.mark.parametrize(
        "role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR]
    )
    def test_separated_administrators_have_no_business_here(self, city: City, role: Role) -> None:
        person = make_person(role, department=city.department)
        for view in ("items", "categories", "create", "demands", "monitor", "confirmations", "reviews"):
            page(person, f"demand:{view}", status=403)
        page(person, "demand:demand", city.submit().pk, status=404)


class TestTheForm:
    def test_the_list_from_the_map_is_chosen_already(self, city: City) -> None:
        point_list = city.make_list(make_camera(city.water))
        text = page(city.specialist, "demand:create", list=point_list.pk)
        assert f'value="{point_list.pk}" selected' in text

    def test_a_list_of_another_department_is_not_offered(self, city: City) -> None:
        foreign = City().make_list(make_camera())
        text = page(city.specialist, "demand:create", list=foreign.pk)
        assert f'value="{foreign.pk}"' not in text

    def test_submitting_makes_lanes(self, city: City) -> None:
        fields = typed(city, city.draft(city.restricted()), submit="1")
        response = browser_of(city.specialist).post(reverse("demand:create"), fields, follow=True)
        demand = Demand.objects.order_by("-id")[0]
        assert f"需求 {demand.number} 已提交。" in response.content.decode()
        assert demand.lanes.get().state == LaneState.CONFIRMING

    def test_saving_keeps_a_draft(self, city: City) -> None:
        fields = typed(city, city.draft(), purpose="未写完的用途")
        browser_of(city.specialist).post(reverse("demand:create"), fields)
        assert Demand.objects.order_by("-id")[0].state == DemandState.DRAFT

    def test_what_cannot_be_submitted_is_not_saved_and_stays_in_the_form(self, city: City) -> None:
        fields = typed(city, city.draft(), submit="1", purpose="看看水位", contact="陈静")
        client, before = browsing(city.specialist)
        response = client.post(reverse("demand:create"), fields)
        text = response.content.decode()
        assert response.status_code == 422
        assert "用途说明至少 10 个字" in text and "看看水位" in text and "陈静" in text
        assert snapshot() == before

    def test_a_draft_is_edited_and_submitted(self, city: City) -> None:
        demand = city.draft()
        assert demand.purpose in page(city.specialist, "demand:edit", demand.pk)
        fields = typed(city, demand, submit="1", purpose="台风期间查看沿江道路积水情况")
        browser_of(city.specialist).post(reverse("demand:edit", args=[demand.pk]), fields)
        demand.refresh_from_db()
        assert (demand.state, demand.purpose) == (
            DemandState.IN_PROGRESS,
            "台风期间查看沿江道路积水情况",
        )

    def test_another_departments_draft_is_not_found(self, city: City) -> None:
        demand, stranger = city.draft(), make_person(Role.DATA_SPECIALIST)
        for person in (stranger, city.administrator, city.operator, city.water_reviewer):
            page(person, "demand:demand", demand.pk, status=404)
        page(stranger, "demand:edit", demand.pk, status=404)

    def test_the_forecast_says_who_will_decide_and_what_the_way_reaches(self, city: City) -> None:
        lone = make_department("丽水市文旅局")
        point_list = city.make_list(
            make_camera(city.water), city.restricted(), city.restricted(), city.restricted(lone)
        )
        text = page(city.specialist, "demand:forecast", point_list=point_list.pk, way="account")
        assert "系统自动判定" in text and city.water.name in text
        assert "市大数据局代为确认（丽水市文旅局未设数源审核员）" in text
        text = page(city.specialist, "demand:forecast", point_list=point_list.pk, way="line")
        assert "所选方式不能到达 4 个点位" in text

    def test_the_forecast_warns_of_viewers_whose_clearance_is_too_low(self, city: City) -> None:
        point_list = city.make_list(make_camera(city.water, security_level="L3"), make_camera(city.water))
        department = city.specialist.department
        low = make_person(Role.VIEWER, department=department, name="李低", clearance="L2")
        high = make_person(Role.VIEWER, department=department, name="王高", clearance="L3")
        chosen = [str(low.pk), str(high.pk), "9" * 30, "x"]
        text = page(city.specialist, "demand:forecast", point_list=point_list.pk, viewers=chosen)
        assert "李低：1 个点位" in text
        assert "王高" not in text
        assert "密级不足" not in page(city.specialist, "demand:forecast", point_list=point_list.pk)

    def test_a_foreign_list_has_no_forecast(self, city: City) -> None:
        foreign = City().make_list(make_camera())
        text = page(city.specialist, "demand:forecast", point_list=foreign.pk)
        assert "还没有选择清单" in text

    @pytest.mark.parametrize("way", ["by-pigeon", ""])
    def test_an_unknown_way_in_the_address_is_no_server_error(self, city: City, way: str) -> None:
        point_list = city.make_list(make_camera(city.water))
        page(city.specialist, "demand:forecast", point_list=point_list.pk, way=way, status=422)

    def test_without_the_token_nothing_is_posted(self, city: City) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(city.specialist)
        response = client.post(reverse("demand:create_category"), {"name": "防汛防台"})
        assert response.status_code == 403
        assert not city.department.business_categories.exists()


class TestTheDemandPage:
    def test_it_says_who_holds_the_ball(self, city: City) -> None:
        lane = city.confirming()
        text = page(city.specialist, "demand:demand", lane.demand.pk)
        assert f"{city.water.name}（{city.water_reviewer.name}）" in text

    def test_it_shows_every_lane_step_with_name_and_result(self, city: City) -> None:
        demand = city.submit(make_camera(city.water), city.restricted())
        water = demand.lanes.get(source_department=city.water)
        actions.confirm_lane(
            actor=city.water_reviewer, lane=water, refused={water.lines.get().pk: "涉及取水口"}
        )
        text = page(city.specialist, "demand:demand", demand.pk)
        assert text.count('class="lane"') == 2
        assert "系统自动判定同意" in text and "涉及取水口" in text
        assert city.water_reviewer.name in text and 'class="bad"' in text

    def test_everybody_concerned_sees_it_and_nobody_else(self, city: City) -> None:
        demand = city.submit(city.restricted())
        for person in (city.viewer, city.water_reviewer, city.administrator, city.operator):
            page(person, "demand:demand", demand.pk)
        page(city.traffic_reviewer, "demand:demand", demand.pk, status=404)

    def test_no_network_field_is_on_it(self, city: City) -> None:
        order = city.accepted()
        text = page(city.specialist, "demand:demand", order.demand.pk)
        address = order.lines.all()[0].demand_line.camera.ip_address
        assert address not in text and "rtsp://" not in text

    def test_withdrawing_asks_for_a_reason(self, city: City) -> None:
        demand = city.submit()
        client, address = browser_of(city.specialist), reverse("demand:withdraw", args=[demand.pk])
        assert client.get(address).status_code == 200
        client.post(address, {"reason": ""})
        demand.refresh_from_db()
        assert demand.state == DemandState.IN_PROGRESS
        client.post(address, {"reason": "重复提交"})
        demand.refresh_from_db()
        assert demand.state == DemandState.WITHDRAWN

    def test_its_queries_do_not_grow_with_points_and_lanes(
        self, city: City, django_assert_max_num_queries: Any
    ) -> None:
        cameras = [make_camera(city.water) for _ in range(5)]
        cameras += [city.restricted(make_department()) for _ in range(5)]
        demand = city.submit(*cameras)
        client = browser_of(city.specialist)
        with django_assert_max_num_queries(28):
            client.get(reverse("demand:demand", args=[demand.pk]))


class TestConfirming:
    def test_the_reviewer_refuses_one_line_by_its_box(self, city: City) -> None:
        lane = city.confirming()
        first, second = lane.lines.all()
        assert first.camera.name in page(city.water_reviewer, "demand:confirm_lane", lane.pk)
        response = browser_of(city.water_reviewer).post(
            reverse("demand:confirm_lane", args=[lane.pk]),
            {"refused": [first.pk], f"reason_{first.pk}": "涉及取水口", "reason": ""},
        )
        assert response.status_code == 302
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.verdict, second.verdict) == (LineVerdict.REFUSED, LineVerdict.AGREED)

    def test_refusing_all_takes_one_reason(self, city: City) -> None:
        lane = city.confirming()
        browser_of(city.water_reviewer).post(
            reverse("demand:confirm_lane", args=[lane.pk]), {"refuse_all": "1", "reason": "与职责无关"}
        )
        assert state_of(lane) == LaneState.REFUSED

    def test_without_a_reason_the_page_says_so_and_keeps_the_choice(self, city: City) -> None:
        lane = city.confirming()
        first, second = lane.lines.all()
        client, before = browsing(city.water_reviewer)
        response = client.post(
            reverse("demand:confirm_lane", args=[lane.pk]),
            {"refused": [first.pk], f"reason_{second.pk}": "已经写了", "reason": ""},
        )
        text = response.content.decode()
        assert response.status_code == 422
        assert f"请填写拒绝“{first.camera.name}”的理由" in text
        assert "checked" in text and "已经写了" in text
        assert snapshot() == before

    def test_a_decided_lane_is_only_shown(self, city: City) -> None:
        lane = city.confirming()
        actions.confirm_lane(actor=city.water_reviewer, lane=lane)
        text = page(city.water_reviewer, "demand:confirm_lane", lane.pk)
        assert "本环节已办理完毕" in text and "提交确认结果" not in text

    def test_another_departments_lane_is_not_found(self, city: City) -> None:
        lane = city.confirming()
        page(city.traffic_reviewer, "demand:confirm_lane", lane.pk, status=404)
        response = browser_of(city.traffic_reviewer).post(
            reverse("demand:confirm_lane", args=[lane.pk]), {"reason": ""}
        )
        assert response.status_code == 404
        assert state_of(lane) == LaneState.CONFIRMING

    def test_the_list_is_of_the_own_department_what_waits_first(self, city: City) -> None:
        done, waiting, foreign = (
            city.confirming(),
            city.confirming(),
            city.submit(city.restricted(city.traffic)),
        )
        actions.confirm_lane(actor=city.water_reviewer, lane=done)
        text = page(city.water_reviewer, "demand:confirmations")
        assert text.index(waiting.demand.number) < text.index(done.demand.number)
        assert foreign.number not in text

    def test_the_bureau_finds_lanes_of_departments_without_reviewer(self, city: City) -> None:
        lone = city.submit(city.restricted(make_department()))
        other = city.confirming()
        text = page(city.administrator, "demand:confirmations")
        assert lone.number in text and other.demand.number not in text


class TestReviewing:
    def test_the_bureau_approves(self, city: City) -> None:
        lane = city.reviewing()
        assert lane.demand.purpose in page(city.administrator, "demand:review_lane", lane.pk)
        response = browser_of(city.administrator).post(
            reverse("demand:review_lane", args=[lane.pk]), {"decision": "approve"}, follow=True
        )
        assert "审核通过，已派发工单" in response.content.decode()
        assert WorkOrder.objects.filter(demand=lane.demand).exists()

    def test_rejecting_without_reason_stays_on_the_page(self, city: City) -> None:
        lane = city.reviewing()
        response = browser_of(city.administrator).post(
            reverse("demand:review_lane", args=[lane.pk]), {"decision": "reject", "reason": ""}
        )
        assert response.status_code == 422
        assert "请填写审核不通过的理由" in response.content.decode()
        assert state_of(lane) == LaneState.REVIEWING

    def test_others_have_no_review_page(self, city: City) -> None:
        lane = city.reviewing()
        for person in (city.specialist, city.water_reviewer, city.operator):
            page(person, "demand:reviews", status=403)
            page(person, "demand:review_lane", lane.pk, status=404)

    def test_who_confirmed_is_told_that_another_must_review(self, city: City) -> None:
        lane = city.confirming()
        city.water_reviewer.role_assignments.all().delete()
        actions.confirm_lane(actor=city.administrator, lane=lane)
        text = page(city.administrator, "demand:review_lane", lane.pk)
        assert "须由其他人员办理本环节" in text and "通过，派发工单" not in text
        assert "通过，派发工单" in page(city.acceptor, "demand:review_lane", lane.pk)

    def test_earlier_demands_of_the_department_are_shown(self, city: City) -> None:
        earlier, lane = city.submit(), city.reviewing()
        assert earlier.number in page(city.administrator, "demand:review_lane", lane.pk)


class TestLists:
    def test_each_sees_its_own(self, city: City) -> None:
        demand, other = city.submit(city.restricted()), City().submit()
        for person in (city.specialist, city.viewer, city.water_reviewer):
            text = page(person, "demand:demands")
            assert demand.number in text and other.number not in text
        for person in (city.administrator, city.operator):
            text = page(person, "demand:demands")
            assert demand.number in text and other.number in text

    def test_the_newest_stands_first(self, city: City) -> None:
        older, newer = city.submit(), city.submit()
        text = page(city.specialist, "demand:demands")
        assert text.index(newer.number) < text.index(older.number)

    def test_drafts_are_listed_at_home_only(self, city: City) -> None:
        demand = city.draft()
        assert demand.number in page(city.specialist, "demand:demands")
        assert demand.number not in page(city.administrator, "demand:demands")

    @pytest.mark.parametrize(
        ("view", "most"), [("demands", 14), ("monitor", 14), ("confirmations", 12), ("reviews", 12)]
    )
    def test_queries_do_not_grow_with_rows(
        self, city: City, view: str, most: int, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(4):
            city.submit(make_camera(city.water), city.restricted(), city.restricted(make_department()))
        person = city.water_reviewer if view == "confirmations" else city.administrator
        client = browser_of(person)
        with django_assert_max_num_queries(most):
            client.get(reverse(f"demand:{view}"))

    def test_the_monitor_shows_each_stage(self, city: City) -> None:
        city.accepted()
        text = page(city.specialist, "demand:monitor")
        for word in ("系统自动判定同意", "通过", "开通 2 / 2 个", "使用中"):
            assert word in text

    def test_lists_are_exported_as_they_are_shown(self, city: City) -> None:
        demand = city.submit(city.restricted())
        response = browser_of(city.specialist).get(reverse("demand:demands"), {"_export": "csv"})
        text = response.content.decode("utf-8-sig")
        assert demand.number in text and "办理中" in text and city.water.name in text
        response = browser_of(city.specialist).get(reverse("demand:monitor"), {"_export": "csv"})
        assert "待确认" in response.content.decode("utf-8-sig")

    def test_the_lines_of_a_demand_are_a_list(self, city: City) -> None:
        demand = city.submit(make_camera(city.water))
        assert demand.lines.get().camera.code in page(city.specialist, "demand:lines", demand.pk)
        page(make_person(Role.DATA_SPECIALIST), "demand:lines", demand.pk, status=404)
