"""Work orders: claim, results, acceptance, feedback; who may, who may not (§7)."""

from datetime import datetime, timedelta

import pytest

from gongshi.catalogue.codes import NetworkZone, Platform, Protocol
from gongshi.catalogue.models import AccessPath
from gongshi.delivery import actions
from gongshi.delivery.models import Feedback, WorkOrder, WorkOrderState
from gongshi.demand import actions as demand_actions
from gongshi.demand.models import Act, DeliveryResult, DemandState, LaneAct, LaneState
from gongshi.grants.models import Basis, Grant, GrantState
from gongshi.identity.roles import Role
from gongshi.kernel.clock import LOCAL_ZONE
from gongshi.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from gongshi.notices.models import Notice
from tests.at_once import refusals_at_once
from tests.demand.making import City, state_of
from tests.demand.unchanged import refused
from tests.factories import make_camera, make_person

pytestmark = pytest.mark.django_db


class TestIssuing:
    def test_approval_issues_an_order_with_a_prepared_grant_per_line(self, city: City) -> None:
        order = city.order()
        demand = order.demand
        assert order.number.startswith("GD-") and order.state == WorkOrderState.ISSUED
        assert order.lines.count() == 2
        grant = order.lines.all()[0].grant
        assert (grant.state, grant.basis, grant.basis_number) == (
            GrantState.PREPARED,
            Basis.DEMAND,
            demand.number,
        )
        assert list(grant.viewers.all()) == [city.viewer]

    def test_the_grant_lasts_from_the_first_midnight_to_the_last(self, city: City) -> None:
        order = city.order()
        grant, demand = order.lines.all()[0].grant, order.demand
        midnight = datetime.min.time()
        assert grant.valid_from == datetime.combine(demand.period_from, midnight, LOCAL_ZONE)
        after = demand.period_until + timedelta(days=1)
        assert grant.valid_until == datetime.combine(after, midnight, LOCAL_ZONE)

    def test_a_lane_approved_later_extends_the_open_order(self, city: City) -> None:
        demand = city.submit(make_camera(city.water), city.restricted())
        system, water = demand.lanes.order_by("id")
        demand_actions.review_lane(actor=city.administrator, lane=system, approve=True)
        order = WorkOrder.objects.get()
        actions.claim_order(actor=city.operator, order=order)
        demand_actions.confirm_lane(actor=city.water_reviewer, lane=water)
        demand_actions.review_lane(actor=city.administrator, lane=water, approve=True)
        order.refresh_from_db()
        assert (WorkOrder.objects.count(), order.lines.count()) == (1, 2)
        assert order.state == WorkOrderState.IN_PROGRESS
        assert Notice.objects.filter(person=city.operator, text__contains="已增加点位").exists()

    def test_a_lane_approved_after_acceptance_gets_an_order_of_its_own(self, city: City) -> None:
        demand = city.submit(make_camera(city.water), city.restricted())
        system, water = demand.lanes.order_by("id")
        demand_actions.review_lane(actor=city.administrator, lane=system, approve=True)
        order = actions.claim_order(actor=city.operator, order=WorkOrder.objects.get())
        city.record(order, "delivered")
        actions.accept_lane(actor=city.acceptor, order=order, lane=system)
        demand_actions.confirm_lane(actor=city.water_reviewer, lane=water)
        demand_actions.review_lane(actor=city.administrator, lane=water, approve=True)
        assert WorkOrder.objects.filter(demand=demand).count() == 2

    def test_structured_data_takes_the_same_way(self, city: City) -> None:
        camera = make_camera(city.water, platforms=(Platform.BIG_DATA,))
        order = city.claimed(camera, type="structured", way=None, object_kinds=["face"], viewers=[])
        city.record(order, "delivered")
        actions.accept_lane(actor=city.acceptor, order=order, lane=order.demand.lanes.get())
        grant = Grant.objects.get()
        assert (order.way, grant.way, grant.object_kinds) == (None, None, ["face"])
        assert grant.state == GrantState.ACTIVE


class TestClaiming:
    def test_an_operator_claims_an_order(self, city: City) -> None:
        order = city.claimed()
        assert (order.state, order.claimed_by) == (WorkOrderState.IN_PROGRESS, city.operator)

    def test_an_order_is_claimed_once(self, city: City) -> None:
        order, other = city.claimed(), make_person(Role.OPERATOR, department=city.bureau)
        with refused(Conflict) as refusal:
            actions.claim_order(actor=other, order=order)
        assert city.operator.name in refusal.value.message

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.OPERATOR])
    def test_no_other_role_carries_out(self, city: City, role: Role) -> None:
        order, person = city.order(), make_person(role, department=city.bureau)
        with refused(Forbidden):
            actions.claim_order(actor=person, order=order)

    def test_who_reviewed_may_not_carry_out(self, city: City) -> None:
        both = make_person(Role.BUREAU_ADMINISTRATOR, Role.OPERATOR, department=city.bureau)
        lane = city.reviewing()
        demand_actions.review_lane(actor=both, lane=lane, approve=True)
        with refused(Conflict) as refusal:
            actions.claim_order(actor=both, order=WorkOrder.objects.get())
        assert refusal.value.code == "nobody_decides_twice"


class TestRecording:
    def test_the_last_line_finishes_the_lane(self, city: City) -> None:
        order = city.claimed()
        lane = order.demand.lanes.get()
        city.record(order, "delivered")
        assert state_of(lane) == LaneState.DELIVERING
        city.record(order, "delivered", "undeliverable")
        order.refresh_from_db()
        assert (state_of(lane), order.state) == (LaneState.ACCEPTING, WorkOrderState.DELIVERED)
        assert list(lane.lines.order_by("id").values_list("delivery_result", "delivery_reason")) == [
            (DeliveryResult.DELIVERED, ""),
            (DeliveryResult.UNDELIVERABLE, "设备离线"),
        ]

    def test_who_may_accept_is_told_and_who_reviewed_is_not(self, city: City) -> None:
        city.delivered()
        told = Notice.objects.filter(text__contains="待验收").values_list("person", flat=True)
        assert set(told) == {city.acceptor.pk}

    def test_a_result_can_be_corrected_until_the_lane_is_done(self, city: City) -> None:
        order = city.claimed()
        city.record(order, "undeliverable")
        city.record(order, "delivered")
        assert order.lines.order_by("id")[0].result == DeliveryResult.DELIVERED
        assert order.lines.order_by("id")[0].reason == ""

    def test_nothing_deliverable_terminates_the_lane_and_discards_its_grants(self, city: City) -> None:
        order = city.claimed()
        city.record(order, "undeliverable", "undeliverable")
        order.refresh_from_db()
        order.demand.refresh_from_db()
        assert order.state == WorkOrderState.TERMINATED
        assert order.demand.state == DemandState.TERMINATED
        assert set(Grant.objects.values_list("state", "end_reason")) == {(GrantState.DISCARDED, "设备离线")}

    def test_undeliverable_needs_a_reason(self, city: City) -> None:
        order = city.claimed()
        with refused(Invalid) as refusal:
            actions.record_line(
                actor=city.operator, order=order, line=order.lines.all()[0], result="undeliverable"
            )
        assert refusal.value.field == "reason"

    def test_delivered_needs_a_path_that_the_way_reaches(self, city: City) -> None:
        order = city.claimed(make_camera(city.water, platforms=(Platform.SHARING,)), way="line")
        with refused(Invalid) as refusal:
            actions.record_line(actor=city.operator, order=order, line=order.lines.get(), result="delivered")
        assert "没有方式三：专线可用的接入路径" in refusal.value.message

    def test_a_path_that_came_later_is_in_the_grant_at_acceptance(self, city: City) -> None:
        camera = make_camera(city.water, platforms=(Platform.SHARING,))
        order = city.claimed(camera, way="line")
        path = AccessPath.objects.create(
            camera=camera,
            platform=Platform.BUREAU,
            network_zone=NetworkZone.LINE,
            protocol=Protocol.RTSP,
        )
        city.record(order, "delivered")
        actions.accept_lane(actor=city.acceptor, order=order, lane=order.demand.lanes.get())
        assert order.lines.get().grant.path == path
        assert Grant.objects.get(state=GrantState.ACTIVE).path == path

    def test_an_unknown_result_is_refused(self, city: City) -> None:
        order = city.claimed()
        for result in ("open", "perhaps"):
            with refused(Invalid):
                actions.record_line(
                    actor=city.operator, order=order, line=order.lines.all()[0], result=result
                )

    def test_only_who_claimed_records(self, city: City) -> None:
        order, other = city.claimed(), make_person(Role.OPERATOR, department=city.bureau)
        with refused(Conflict):
            actions.record_line(actor=other, order=order, line=order.lines.all()[0], result="delivered")

    def test_an_unclaimed_order_records_nothing(self, city: City) -> None:
        order = city.order()
        with refused(Conflict):
            actions.record_line(
                actor=city.operator, order=order, line=order.lines.all()[0], result="delivered"
            )

    def test_a_line_of_another_order_is_not_found(self, city: City) -> None:
        order, other = city.claimed(), city.order()
        with refused(NotFound):
            actions.record_line(
                actor=city.operator, order=order, line=other.lines.all()[0], result="delivered"
            )

    def test_after_the_lane_is_done_nothing_is_recorded(self, city: City) -> None:
        order = city.delivered()
        with refused(Conflict):
            actions.record_line(
                actor=city.operator,
                order=order,
                line=order.lines.all()[0],
                result="undeliverable",
                reason="离线",
            )


class TestAcceptance:
    def test_acceptance_activates_what_was_delivered_and_discards_the_rest(self, city: City) -> None:
        order = city.claimed()
        city.record(order, "delivered", "undeliverable")
        lane = order.demand.lanes.get()
        actions.accept_lane(actor=city.acceptor, order=order, lane=lane)
        states = order.lines.order_by("id").values_list("grant__state", flat=True)
        assert list(states) == [GrantState.ACTIVE, GrantState.DISCARDED]
        order.refresh_from_db()
        order.demand.refresh_from_db()
        assert (order.state, order.demand.state) == (WorkOrderState.ACCEPTED, DemandState.IN_USE)
        assert Notice.objects.filter(person=city.viewer, text__contains="可以使用").exists()

    def test_failing_opens_the_lines_again_for_the_operator(self, city: City) -> None:
        order = city.delivered()
        lane = order.demand.lanes.get()
        actions.fail_acceptance(actor=city.acceptor, order=order, lane=lane, reason="画面无法打开")
        order.refresh_from_db()
        assert (state_of(lane), order.state) == (LaneState.DELIVERING, WorkOrderState.IN_PROGRESS)
        assert set(order.lines.values_list("result", "recorded_by")) == {("open", None)}
        assert set(Grant.objects.values_list("state", flat=True)) == {GrantState.PREPARED}
        city.record(order, "delivered", "delivered")
        actions.accept_lane(actor=city.acceptor, order=order, lane=lane)
        assert state_of(lane) == LaneState.IN_USE

    def test_failing_needs_a_reason(self, city: City) -> None:
        order = city.delivered()
        with refused(Invalid):
            actions.fail_acceptance(
                actor=city.acceptor, order=order, lane=order.demand.lanes.get(), reason=" "
            )

    def test_nothing_is_accepted_before_it_is_delivered(self, city: City) -> None:
        order = city.claimed()
        with refused(Conflict):
            actions.accept_lane(actor=city.acceptor, order=order, lane=order.demand.lanes.get())

    def test_who_reviewed_may_not_accept(self, city: City) -> None:
        order = city.delivered()
        with refused(Conflict) as refusal:
            actions.accept_lane(actor=city.administrator, order=order, lane=order.demand.lanes.get())
        assert refusal.value.message == "您已办理过该需求的“大数据局审核”环节，须由其他人员办理本环节。"

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.BUREAU_ADMINISTRATOR])
    def test_no_other_role_accepts(self, city: City, role: Role) -> None:
        order, person = city.delivered(), make_person(role, department=city.bureau)
        lane = order.demand.lanes.get()
        with refused(Forbidden):
            actions.accept_lane(actor=person, order=order, lane=lane)
        with refused(Forbidden):
            actions.fail_acceptance(actor=person, order=order, lane=lane, reason="画面无法打开")

    def test_a_lane_of_another_order_is_not_found(self, city: City) -> None:
        order, other = city.delivered(), city.delivered()
        with refused(NotFound):
            actions.accept_lane(actor=city.acceptor, order=order, lane=other.demand.lanes.get())


class TestFeedback:
    def test_the_requesting_department_scores_once(self, city: City) -> None:
        order = city.accepted()
        actions.give_feedback(actor=city.viewer, order=order, score=4, advice="希望增加夜间画面")
        with refused(Conflict):
            actions.give_feedback(actor=city.specialist, order=order, score=5)
        assert Feedback.objects.get().score == 4

    @pytest.mark.parametrize("score", [0, 6, -1])
    def test_the_score_is_one_to_five(self, city: City, score: int) -> None:
        order = city.accepted()
        with refused(Invalid):
            actions.give_feedback(actor=city.viewer, order=order, score=score)

    def test_nothing_is_scored_before_acceptance(self, city: City) -> None:
        order = city.delivered()
        with refused(Conflict):
            actions.give_feedback(actor=city.viewer, order=order, score=5)

    def test_another_department_and_the_operator_give_no_feedback(self, city: City) -> None:
        order = city.accepted()
        for person in (make_person(Role.VIEWER), city.operator, city.acceptor):
            with refused(Forbidden):
                actions.give_feedback(actor=person, order=order, score=5)


def test_the_chain_is_five_different_people(city: City) -> None:
    lane = city.confirming()
    demand_actions.confirm_lane(actor=city.water_reviewer, lane=lane)
    demand_actions.review_lane(actor=city.administrator, lane=lane, approve=True)
    order = actions.claim_order(actor=city.operator, order=WorkOrder.objects.get())
    city.record(order, "delivered", "delivered")
    actions.accept_lane(actor=city.acceptor, order=order, lane=lane)
    assert list(LaneAct.objects.filter(lane=lane).values_list("act", "person__name")) == [
        (Act.SUBMITTED, city.specialist.name),
        (Act.CONFIRMED, city.water_reviewer.name),
        (Act.REVIEWED, city.administrator.name),
        (Act.DELIVERED, city.operator.name),
        (Act.ACCEPTED, city.acceptor.name),
    ]
    assert state_of(lane) == LaneState.IN_USE


@pytest.mark.django_db(transaction=True)
def test_of_two_operators_at_once_one_gets_the_order() -> None:
    city = City()
    order, other = city.order(), make_person(Role.OPERATOR, department=city.bureau)
    refusals = refusals_at_once(
        lambda: actions.claim_order(actor=city.operator, order=order),
        lambda: actions.claim_order(actor=other, order=order),
    )
    assert refusals == [Conflict]
