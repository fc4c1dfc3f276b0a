"""From a draft to lanes: what a demand must say, and who decides about which part of it (§6.3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.catalogue.codes import Platform
from gongshi.demand import actions
from gongshi.demand.holders import BallHolders
from gongshi.demand.models import Act, DemandState, Lane, LaneState, LineVerdict
from gongshi.demand.queries import lanes_confirmed_by
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.notices.models import Notice
from tests.demand.making import City
from tests.demand.unchanged import refused
from tests.factories import make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


class TestItems:
    def test_an_item_needs_a_category_of_its_own_department(self, city: City) -> None:
        stranger = make_person(Role.DATA_SPECIALIST)
        foreign = actions.create_category(actor=stranger, name="交通治理")
        with refused(Invalid) as refusal:
            actions.create_item(
                actor=city.specialist,
                category=foreign,
                name="巡查",
                section="防汛处",
                section_contact="王芳",
                legal_basis="防洪法",
            )
        assert refusal.value.field == "category"

    def test_items_are_numbered(self, city: City) -> None:
        first, second = city.make_item(), city.make_item()
        assert first.code.startswith("SX-") and int(second.code[-6:]) == int(first.code[-6:]) + 1

    def test_category_names_are_unique_in_a_department(self, city: City) -> None:
        actions.create_category(actor=city.specialist, name="防汛防台")
        with refused(Invalid) as refusal:
            actions.create_category(actor=city.specialist, name="防汛防台 ")
        assert refusal.value.message == "本部门已有同名业务分类。"
        assert refusal.value.field == "name"

    def test_an_item_says_its_legal_basis(self, city: City) -> None:
        category = actions.create_category(actor=city.specialist, name="防汛防台")
        with refused(Invalid) as refusal:
            actions.create_item(
                actor=city.specialist,
                category=category,
                name="巡查",
                section="防汛处",
                section_contact="王芳",
                legal_basis=" ",
            )
        assert refusal.value.field == "legal_basis"

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.DATA_SPECIALIST])
    def test_only_a_data_specialist_keeps_items(self, city: City, role: Role) -> None:
        department = city.bureau if role == Role.BUREAU_ADMINISTRATOR else city.department
        person = make_person(role, department=department)
        with refused(Forbidden):
            actions.create_category(actor=person, name="防汛防台")


class TestDrafting:
    def test_a_draft_gets_a_number_and_belongs_to_the_department(self, city: City) -> None:
        demand = city.draft()
        assert demand.number.startswith("XQ-")
        assert (demand.department, demand.state) == (city.department, DemandState.DRAFT)
        assert list(demand.viewers.all()) == [city.viewer]
        assert not demand.lanes.exists()

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.DATA_SPECIALIST])
    def test_only_a_data_specialist_drafts(self, city: City, role: Role) -> None:
        department = city.bureau if role == Role.BUREAU_ADMINISTRATOR else city.department
        person = make_person(role, department=department)
        content = city.content()
        with refused(Forbidden):
            actions.draft_demand(actor=person, **content)

    def test_another_departments_item_cannot_be_used(self, city: City) -> None:
        foreign = City().make_item()
        content = city.content(item=foreign)
        with refused(Invalid) as refusal:
            actions.draft_demand(actor=city.specialist, **content)
        assert refusal.value.field == "item"

    def test_another_departments_list_cannot_be_used(self, city: City) -> None:
        foreign = City().make_list(make_camera())
        content = city.content(point_list=foreign)
        with refused(Invalid) as refusal:
            actions.draft_demand(actor=city.specialist, **content)
        assert refusal.value.field == "point_list"

    def test_viewers_are_of_the_own_department(self, city: City) -> None:
        stranger = make_person(Role.VIEWER, name="陈静")
        content = city.content(viewers=[city.viewer, stranger])
        with refused(Invalid) as refusal:
            actions.draft_demand(actor=city.specialist, **content)
        assert "陈静" in refusal.value.message

    def test_a_draft_can_be_edited_until_it_is_submitted(self, city: City) -> None:
        demand = city.draft()
        content = city.content(purpose="台风期间查看沿江道路积水情况", way="line")
        actions.edit_draft(actor=city.specialist, demand=demand, **content)
        demand.refresh_from_db()
        assert (demand.purpose, demand.way) == ("台风期间查看沿江道路积水情况", "line")
        actions.submit_demand(actor=city.specialist, demand=demand)
        content = city.content(purpose="改成别的用途说明文字")
        with refused(Conflict):
            actions.edit_draft(actor=city.specialist, demand=demand, **content)

    def test_another_department_cannot_edit_or_submit_a_draft(self, city: City) -> None:
        demand, other = city.draft(), City()
        content = other.content()
        with refused(Forbidden):
            actions.edit_draft(actor=other.specialist, demand=demand, **content)
        with refused(Forbidden):
            actions.submit_demand(actor=other.specialist, demand=demand)


class TestWhatADemandMustSay:
    @pytest.mark.parametrize(
        ("field", "fields"),
        [
            ("purpose", {"purpose": "看看水位"}),
            ("contact", {"contact": " "}),
            ("phone", {"phone": "不详"}),
            ("viewers", {"viewers": []}),
            ("live", {"live": False, "history": False}),
            ("object_kinds", {"type": "structured", "way": None, "object_kinds": []}),
        ],
    )
    def test_what_is_missing_is_named_in_a_sentence(
        self, city: City, field: str, fields: dict[str, Any]
    ) -> None:
        demand = city.draft(**fields)
        with refused(Invalid) as refusal:
            actions.submit_demand(actor=city.specialist, demand=demand)
        assert refusal.value.field == field
        assert refusal.value.message.endswith("。")

    @pytest.mark.parametrize(("begins", "ends"), [(0, 366 + 2), (-30, -1)])
    def test_the_period_is_at_most_a_year_and_not_past(self, city: City, begins: int, ends: int) -> None:
        today = clock.today()
        demand = city.draft(
            period_from=today + timedelta(days=begins), period_until=today + timedelta(days=ends)
        )
        with refused(Invalid) as refusal:
            actions.submit_demand(actor=city.specialist, demand=demand)
        assert refusal.value.field == "period_until"

    def test_a_year_is_allowed(self, city: City) -> None:
        demand = city.submit(period_until=clock.today() + timedelta(days=365))
        assert demand.state == DemandState.IN_PROGRESS

    def test_a_period_that_ends_before_it_begins_is_no_draft(self, city: City) -> None:
        content = city.content(period_until=clock.today() - timedelta(days=1))
        with refused(Invalid):
            actions.draft_demand(actor=city.specialist, **content)

    def test_a_withdrawn_camera_cannot_be_asked_for(self, city: City) -> None:
        gone = make_camera(city.water)
        demand = city.draft(make_camera(city.water), gone)
        gone.publication = "withdrawn"
        gone.save()
        with refused(Invalid) as refusal:
            actions.submit_demand(actor=city.specialist, demand=demand)
        assert "1 个点位未发布或已撤回" in refusal.value.message

    def test_an_empty_list_cannot_be_asked_for(self, city: City) -> None:
        demand = city.draft()
        demand.point_list.cameras.clear()
        with refused(Invalid) as refusal:
            actions.submit_demand(actor=city.specialist, demand=demand)
        assert refusal.value.field == "point_list"


class TestLanes:
    def test_the_system_agrees_to_unconditional_points_at_once(self, city: City) -> None:
        lane = city.submit(make_camera(city.water), make_camera(city.traffic)).lanes.get()
        assert (lane.source_department, lane.state) == (None, LaneState.REVIEWING)
        assert set(lane.lines.values_list("verdict", "decided_by")) == {(LineVerdict.AGREED, None)}
        assert list(lane.acts.values_list("act", "person", "result")) == [
            (Act.SUBMITTED, city.specialist.pk, "已提交"),
            (Act.CONFIRMED, None, "系统自动判定同意"),
        ]

    def test_each_source_gets_its_own_lane(self, city: City) -> None:
        demand = city.submit(
            make_camera(city.water),
            city.restricted(),
            make_camera(city.water, sharing_level="none"),
            city.restricted(city.traffic),
        )
        lanes = {lane.source_department: lane for lane in demand.lanes.all()}
        assert {department: lane.lines.count() for department, lane in lanes.items()} == {
            None: 1,
            city.water: 2,
            city.traffic: 1,
        }
        assert lanes[None].state == LaneState.REVIEWING
        assert lanes[city.water].state == lanes[city.traffic].state == LaneState.CONFIRMING
        assert demand.state == DemandState.IN_PROGRESS

    def test_a_source_has_one_lane_but_for_those_that_are_split_from_it(self, city: City) -> None:
        demand = city.submit(make_camera(city.water), city.restricted())
        for lane in demand.lanes.all():
            again = {
                "demand": demand,
                "source_department": lane.source_department,
                "state": LaneState.COORDINATING,
                "entered_at": clock.now(),
            }
            with (
                pytest.raises(IntegrityError, match="one_lane_per_source_department"),
                transaction.atomic(),
            ):
                Lane.objects.create(**again)
            assert list(lane.split_off.all()) == []
            split = Lane.objects.create(**again, split_from=lane)
            assert list(lane.split_off.all()) == [split]

    def test_lines_remember_level_source_and_path_as_they_were(self, city: City) -> None:
        camera = make_camera(city.water, platforms=(Platform.SHARING, Platform.BUREAU))
        line = city.submit(camera, way="line").lines.get()
        assert line.path is not None and line.path.platform == Platform.BUREAU
        camera.sharing_level, camera.sharing_condition = "restricted", "限履职"
        camera.save()
        line.refresh_from_db()
        assert line.sharing_level == "unconditional"

    def test_a_point_that_the_way_does_not_reach_has_no_path(self, city: City) -> None:
        camera = make_camera(city.water, platforms=(Platform.SHARING,))
        assert city.submit(camera, way="line").lines.get().path is None

    def test_structured_data_comes_from_the_big_data_platform(self, city: City) -> None:
        camera = make_camera(city.water, platforms=(Platform.SHARING, Platform.BIG_DATA))
        demand = city.submit(
            camera, type="structured", way=None, object_kinds=["face", "motor_vehicle"], viewers=[]
        )
        path = demand.lines.get().path
        assert path is not None and path.platform == Platform.BIG_DATA
        assert (demand.way, demand.live, demand.history) == (None, False, False)

    def test_a_demand_is_submitted_once(self, city: City) -> None:
        demand = city.submit()
        with refused(Conflict):
            actions.submit_demand(actor=city.specialist, demand=demand)

    def test_those_who_must_act_next_are_told(self, city: City) -> None:
        city.submit(make_camera(city.water), city.restricted())
        told = {notice.person: notice.text for notice in Notice.objects.select_related("person")}
        assert set(told) == {city.water_reviewer, city.administrator, city.acceptor}
        assert "请您确认：1 个点位" in told[city.water_reviewer]
        assert "待审核：1 个点位（系统自动判定）" in told[city.administrator]

    def test_a_department_without_reviewer_falls_to_the_bureau(self, city: City) -> None:
        lone = make_department("丽水市文旅局")
        lane = city.submit(city.restricted(lone)).lanes.get()
        assert set(Notice.objects.values_list("person", flat=True)) == {
            city.administrator.pk,
            city.acceptor.pk,
        }
        actions.confirm_lane(actor=city.administrator, lane=lane)
        lane.refresh_from_db()
        assert lane.state == LaneState.REVIEWING

    def test_where_the_only_reviewer_submitted_himself_the_bureau_confirms(self, city: City) -> None:
        both = make_person(Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER, department=city.department)
        demand = city.draft(city.restricted(city.department))
        lane = actions.submit_demand(actor=both, demand=demand).lanes.get()
        assert "未设其他数源审核员" in BallHolders.load().text(lane)
        assert lane in lanes_confirmed_by(city.administrator)
        actions.confirm_lane(actor=city.administrator, lane=lane)
        lane.refresh_from_db()
        assert lane.state == LaneState.REVIEWING

    def test_submitting_is_recorded_with_the_systems_agreement(self, city: City) -> None:
        city.submit(make_camera(city.water))
        events = AuditEvent.objects.filter(
            action__in=[AuditAction.DemandSubmitted, AuditAction.LaneAgreed]
        ).order_by("id")
        assert list(events.values_list("action", "actor_name")) == [
            (AuditAction.DemandSubmitted, city.specialist.name),
            (AuditAction.LaneAgreed, "系统"),
        ]

    def test_submitting_needs_the_same_number_of_queries_for_more_points(
        self, city: City, django_assert_max_num_queries: Any
    ) -> None:
        demand = city.draft(*(make_camera(city.water) for _ in range(30)))
        with django_assert_max_num_queries(50):
            actions.submit_demand(actor=city.specialist, demand=demand)
