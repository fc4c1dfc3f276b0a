"""Source confirmation, bureau review, withdrawal: who may, who may not, and that nobody decides twice."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.delivery.models import WorkOrder
from gongshi.demand import actions, flow
from gongshi.demand.models import Act, DemandState, Lane, LaneAct, LaneState, LineVerdict
from gongshi.demand.signals import lane_approved
from gongshi.grants.models import Grant, GrantState
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.notices.models import Notice
from tests.at_once import at_once, refusals_at_once
from tests.demand.making import City, state_of
from tests.demand.unchanged import refused
from tests.factories import make_camera, make_person

pytestmark = pytest.mark.django_db


class TestConfirming:
    def test_the_source_agrees_to_all(self, city: City) -> None:
        lane = city.confirming()
        actions.confirm_lane(actor=city.water_reviewer, lane=lane)
        assert state_of(lane) == LaneState.REVIEWING
        assert set(lane.lines.values_list("verdict", "decided_by")) == {
            (LineVerdict.AGREED, city.water_reviewer.pk)
        }

    def test_the_source_refuses_one_line_and_the_rest_goes_on(self, city: City) -> None:
        lane = city.confirming()
        first, second = lane.lines.all()
        actions.confirm_lane(actor=city.water_reviewer, lane=lane, refused={first.pk: "涉及取水口安全"})
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.verdict, first.reason) == (LineVerdict.REFUSED, "涉及取水口安全")
        assert second.verdict == LineVerdict.AGREED
        assert state_of(lane) == LaneState.REVIEWING

    def test_refusing_every_line_refuses_the_lane(self, city: City) -> None:
        lane = city.confirming()
        everything = dict.fromkeys(lane.lines.values_list("pk", flat=True), "")
        actions.confirm_lane(
            actor=city.water_reviewer, lane=lane, refused=everything, reason="与履行职责无关"
        )
        assert state_of(lane) == LaneState.REFUSED
        assert set(lane.lines.values_list("verdict", "reason")) == {(LineVerdict.REFUSED, "与履行职责无关")}
        lane.demand.refresh_from_db()
        assert lane.demand.state == DemandState.REFUSED
        assert Notice.objects.filter(person=city.specialist, text__contains="拒绝了需求").exists()

    def test_refusal_needs_a_reason(self, city: City) -> None:
        lane = city.confirming()
        with refused(Invalid) as refusal:
            actions.confirm_lane(actor=city.water_reviewer, lane=lane, refused={lane.lines.all()[0].pk: "  "})
        assert refusal.value.field == "reason"

    def test_a_line_of_another_lane_cannot_be_refused_here(self, city: City) -> None:
        lane, other = city.confirming(), city.confirming()
        with refused(Invalid):
            actions.confirm_lane(
                actor=city.water_reviewer, lane=lane, refused={other.lines.all()[0].pk: "不共享"}
            )

    def test_a_reason_that_is_too_long_is_refused(self, city: City) -> None:
        lane = city.confirming()
        with refused(Invalid):
            actions.confirm_lane(actor=city.water_reviewer, lane=lane, reason="长" * 301)

    def test_another_departments_reviewer_may_not_confirm(self, city: City) -> None:
        lane = city.confirming()
        with refused(Forbidden):
            actions.confirm_lane(actor=city.traffic_reviewer, lane=lane)

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.SOURCE_REVIEWER])
    def test_no_other_role_confirms(self, city: City, role: Role) -> None:
        lane = city.confirming()
        department = city.bureau if role == Role.BUREAU_ADMINISTRATOR else city.water
        person = make_person(role, department=department)
        with refused(Forbidden):
            actions.confirm_lane(actor=person, lane=lane)

    def test_a_locked_account_may_not_confirm(self, city: City) -> None:
        lane = city.confirming()
        city.water_reviewer.is_active = False
        city.water_reviewer.save()
        with refused(Forbidden):
            actions.confirm_lane(actor=city.water_reviewer, lane=lane)

    def test_nobody_confirms_for_the_system(self, city: City) -> None:
        lane = city.reviewing()
        with refused(Forbidden):
            actions.confirm_lane(actor=city.water_reviewer, lane=lane)

    def test_a_lane_is_confirmed_once(self, city: City) -> None:
        lane = city.confirming()
        actions.confirm_lane(actor=city.water_reviewer, lane=lane)
        with refused(Conflict) as refusal:
            actions.confirm_lane(actor=city.water_reviewer, lane=lane)
        assert "待大数据局审核" in refusal.value.message


class TestReviewing:
    def test_approval_makes_the_lines_approved_and_sends_the_news(self, city: City) -> None:
        lane, heard = city.reviewing(), []

        def hear(lane: Lane, actor: Person, **_: Any) -> None:
            heard.append((lane.pk, actor, connection.in_atomic_block))

        lane_approved.connect(hear)
        try:
            actions.review_lane(actor=city.administrator, lane=lane, approve=True)
        finally:
            lane_approved.disconnect(hear)
        assert heard == [(lane.pk, city.administrator, True)]
        assert state_of(lane) == LaneState.DELIVERING
        assert set(lane.lines.values_list("verdict", flat=True)) == {LineVerdict.APPROVED}

    def test_a_receiver_that_fails_undoes_the_approval(self, city: City) -> None:
        lane = city.reviewing()

        def fail(**_: Any) -> None:
            raise Conflict("工单系统不可用")

        lane_approved.connect(fail)
        try:
            with refused(Conflict):
                actions.review_lane(actor=city.administrator, lane=lane, approve=True)
        finally:
            lane_approved.disconnect(fail)

    def test_lines_that_the_source_refused_stay_refused(self, city: City) -> None:
        lane = city.confirming()
        first, second = lane.lines.all()
        actions.confirm_lane(actor=city.water_reviewer, lane=lane, refused={first.pk: "涉及取水口"})
        actions.review_lane(actor=city.administrator, lane=lane, approve=True)
        assert dict(lane.lines.values_list("pk", "verdict")) == {
            first.pk: LineVerdict.REFUSED,
            second.pk: LineVerdict.APPROVED,
        }
        assert WorkOrder.objects.get().lines.get().demand_line == second

    def test_rejection_ends_the_lane_with_its_reason(self, city: City) -> None:
        lane = city.reviewing()
        actions.review_lane(actor=city.administrator, lane=lane, approve=False, reason="用途说明不充分")
        lane.demand.refresh_from_db()
        assert (state_of(lane), lane.demand.state) == (LaneState.REJECTED, DemandState.REJECTED)
        assert set(lane.lines.values_list("verdict", "reason")) == {(LineVerdict.REJECTED, "用途说明不充分")}
        assert not WorkOrder.objects.exists()

    def test_rejection_needs_a_reason(self, city: City) -> None:
        lane = city.reviewing()
        with refused(Invalid) as refusal:
            actions.review_lane(actor=city.administrator, lane=lane, approve=False, reason=" ")
        assert refusal.value.field == "reason"

    def test_nothing_is_approved_before_its_source_agreed(self, city: City) -> None:
        lane = city.confirming()
        with refused(Conflict):
            actions.review_lane(actor=city.administrator, lane=lane, approve=True)

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.BUREAU_ADMINISTRATOR])
    def test_no_other_role_reviews(self, city: City, role: Role) -> None:
        lane, person = city.reviewing(), make_person(role, department=city.bureau)
        with refused(Forbidden):
            actions.review_lane(actor=person, lane=lane, approve=True)

    def test_what_is_over_before_it_begins_is_not_approved(self, city: City) -> None:
        lane = city.reviewing()
        type(lane.demand).objects.update(period_from="2020-01-01", period_until="2020-02-01")
        with refused(Conflict):
            actions.review_lane(actor=city.administrator, lane=lane, approve=True)


class TestLanesGoTheirOwnWays:
    def test_one_source_refuses_while_the_others_go_on(self, city: City) -> None:
        lone = city.restricted(city.traffic)
        demand = city.submit(make_camera(city.water), city.restricted(), lone)
        system, water, traffic = (
            demand.lanes.get(source_department=source) for source in (None, city.water, city.traffic)
        )
        actions.review_lane(actor=city.administrator, lane=system, approve=True)
        actions.confirm_lane(
            actor=city.traffic_reviewer,
            lane=traffic,
            refused={traffic.lines.get().pk: "设备正在整改"},
        )
        actions.confirm_lane(actor=city.water_reviewer, lane=water)
        assert [state_of(lane) for lane in (system, water, traffic)] == [
            LaneState.DELIVERING,
            LaneState.REVIEWING,
            LaneState.REFUSED,
        ]
        demand.refresh_from_db()
        assert demand.state == DemandState.IN_PROGRESS


class TestNobodyDecidesTwice:
    def two_duties(self, city: City, *roles: Role) -> Person:
        return make_person(*roles, department=city.bureau)

    def test_who_submitted_may_not_confirm(self, city: City) -> None:
        both = make_person(Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER, department=city.department)
        demand = city.draft(city.restricted(city.department))
        lane = actions.submit_demand(actor=both, demand=demand).lanes.get()
        with refused(Conflict) as refusal:
            actions.confirm_lane(actor=both, lane=lane)
        assert refusal.value.message == "您已办理过该需求的“提交”环节，须由其他人员办理本环节。"

    def test_who_confirmed_for_a_department_without_reviewer_may_not_review(self, city: City) -> None:
        lane = city.confirming()
        city.water_reviewer.role_assignments.all().delete()
        actions.confirm_lane(actor=city.administrator, lane=lane)
        with refused(Conflict) as refusal:
            actions.review_lane(actor=city.administrator, lane=lane, approve=True)
        assert refusal.value.code == "nobody_decides_twice"
        actions.review_lane(actor=city.acceptor, lane=lane, approve=True)
        assert state_of(lane) == LaneState.DELIVERING

    def test_the_database_refuses_a_second_duty(self, city: City) -> None:
        lane = city.reviewing()
        with pytest.raises(IntegrityError, match="nobody_decides_twice"), transaction.atomic():
            LaneAct.objects.create(
                lane=lane, act=Act.REVIEWED, person=city.specialist, at=clock.now(), result="通过"
            )

    def test_the_databases_refusal_becomes_the_same_sentence(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from gongshi.demand import duties

        lane = city.reviewing()
        monkeypatch.setattr(duties, "check_free_of_other_duties", lambda *_: None)
        with refused(Conflict) as refusal:
            duties.take_duty(lane, Act.REVIEWED, city.specialist, result="通过")
        assert refusal.value.code == "nobody_decides_twice"

    def test_the_system_may_agree_in_many_lanes(self, city: City) -> None:
        first, second = city.reviewing(), city.reviewing()
        assert LaneAct.objects.filter(person=None, lane__in=[first, second]).count() == 2


class TestWithdrawing:
    def test_open_lanes_are_withdrawn_and_their_lines_void(self, city: City) -> None:
        demand = city.submit(make_camera(city.water), city.restricted())
        actions.withdraw_demand(actor=city.specialist, demand=demand, reason="重复提交")
        assert set(demand.lanes.values_list("state", flat=True)) == {LaneState.WITHDRAWN}
        assert set(demand.lines.values_list("verdict", flat=True)) == {LineVerdict.VOID}
        demand.refresh_from_db()
        assert demand.state == DemandState.WITHDRAWN

    def test_a_withdrawn_demand_cannot_be_confirmed(self, city: City) -> None:
        lane = city.confirming()
        actions.withdraw_demand(actor=city.specialist, demand=lane.demand, reason="重复提交")
        with refused(Conflict) as refusal:
            actions.confirm_lane(actor=city.water_reviewer, lane=lane)
        assert "已撤回" in refusal.value.message

    def test_withdrawing_while_being_delivered_discards_the_grants_and_ends_the_order(
        self, city: City
    ) -> None:
        order = city.claimed()
        actions.withdraw_demand(actor=city.specialist, demand=order.demand, reason="汛期结束")
        order.refresh_from_db()
        assert order.state == "terminated"
        assert set(Grant.objects.values_list("state", flat=True)) == {GrantState.DISCARDED}

    def test_what_is_in_use_stays(self, city: City) -> None:
        demand = city.accepted().demand
        with refused(Conflict):
            actions.withdraw_demand(actor=city.specialist, demand=demand, reason="不用了")

    def test_withdrawing_needs_a_reason(self, city: City) -> None:
        demand = city.submit()
        with refused(Invalid):
            actions.withdraw_demand(actor=city.specialist, demand=demand, reason="")

    def test_a_draft_is_not_withdrawn(self, city: City) -> None:
        demand = city.draft()
        with refused(Conflict):
            actions.withdraw_demand(actor=city.specialist, demand=demand, reason="不用了")

    def test_another_department_may_not_withdraw(self, city: City) -> None:
        demand, stranger = city.submit(), make_person(Role.DATA_SPECIALIST)
        with refused(Forbidden):
            actions.withdraw_demand(actor=stranger, demand=demand, reason="不用了")


class TestTheRecord:
    def test_every_step_is_an_event_with_actor_before_and_after(self, city: City) -> None:
        lane = city.confirming()
        actions.confirm_lane(actor=city.water_reviewer, lane=lane, reason="同意共享")
        event = AuditEvent.objects.get(action=AuditAction.LaneAgreed)
        assert (event.actor_name, event.reason) == (city.water_reviewer.name, "同意共享")
        assert (event.before, event.after) == (
            {"state": "confirming"},
            {"state": "reviewing", "agreed": 2, "refused": 0},
        )


class TestFlow:
    def test_a_lane_that_ended_goes_nowhere(self) -> None:
        ended = [LaneState.REFUSED, LaneState.REJECTED, LaneState.TERMINATED, LaneState.WITHDRAWN]
        for state in [*ended, LaneState.CLOSED]:
            for event in ("agree", "refuse", "approve", "reject", "withdraw", "accept", "terminate"):
                assert not flow.allows(state, event)
                with pytest.raises(Conflict):
                    flow.advance(state, event)

    def test_a_demand_is_in_use_as_soon_as_one_lane_is(self) -> None:
        assert flow.summary({LaneState.IN_USE, LaneState.REFUSED}) == DemandState.IN_USE
        assert flow.summary({LaneState.REFUSED, LaneState.WITHDRAWN}) == DemandState.REFUSED
        assert flow.summary({LaneState.CONFIRMING, LaneState.REJECTED}) == DemandState.IN_PROGRESS
        assert flow.summary(set()) == DemandState.DRAFT


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_two_reviewers_at_once_one_wins(self) -> None:
        city = City()
        lane = city.reviewing()
        refusals = refusals_at_once(
            lambda: actions.review_lane(actor=city.administrator, lane=lane, approve=True),
            lambda: actions.review_lane(
                actor=city.acceptor, lane=lane, approve=False, reason="用途说明不充分"
            ),
        )
        assert refusals == [Conflict]
        assert LaneAct.objects.filter(lane=lane, act=Act.REVIEWED).count() == 1
        assert WorkOrder.objects.count() == (state_of(lane) == LaneState.DELIVERING)

    def test_withdrawing_and_confirming_at_once_ends_in_one_of_the_two(self) -> None:
        city = City()
        lane = city.confirming()
        at_once(
            lambda: actions.confirm_lane(actor=city.water_reviewer, lane=lane),
            lambda: actions.withdraw_demand(actor=city.specialist, demand=lane.demand, reason="重复"),
        )
        # Withdrawing is possible before and after the confirmation, so it always comes through.
        assert state_of(lane) == LaneState.WITHDRAWN

    def test_two_submissions_at_once_make_one_set_of_lanes(self) -> None:
        city = City()
        demand = city.draft()
        submit = lambda: actions.submit_demand(actor=city.specialist, demand=demand)  # noqa: E731
        refusals = refusals_at_once(submit, submit)
        assert refusals == [Conflict]
        assert demand.lanes.count() == 1

    def test_two_lanes_approved_at_once_share_one_order(self) -> None:
        city = City()
        demand = city.submit(make_camera(city.water), city.restricted())
        first, second = demand.lanes.order_by("id")
        actions.confirm_lane(actor=city.water_reviewer, lane=second)
        refusals = refusals_at_once(
            lambda: actions.review_lane(actor=city.administrator, lane=first, approve=True),
            lambda: actions.review_lane(actor=city.acceptor, lane=second, approve=True),
        )
        assert refusals == []
        assert WorkOrder.objects.get().lines.count() == 2
