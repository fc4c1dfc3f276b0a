"""Cameras leave the catalogue while demands and grants are open: lines are void, grants end."""

from collections.abc import Callable

import pytest

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AccessOutcome, AuditEvent
from gongshi.catalogue.actions import decide_submission
from gongshi.catalogue.bulk_actions import draft_withdrawal
from gongshi.catalogue.draft_actions import submit_draft
from gongshi.catalogue.models import Camera, Submission
from gongshi.delivery import actions as delivery
from gongshi.delivery.models import WorkOrder, WorkOrderLine
from gongshi.demand import actions
from gongshi.demand.models import DemandLine, Lane, LaneState
from gongshi.grants.models import Grant, GrantState
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.notices.models import Notice
from gongshi.viewing.models import PlaySession
from tests.at_once import at_once, refusals_at_once
from tests.demand.making import City, state_of
from tests.factories import make_camera, make_person
from tests.viewing.making import opened

pytestmark = pytest.mark.django_db
GROUND = "杆件拆除"
REASON = f"点位已撤回：{GROUND}"


def handed_in(*cameras: Camera) -> Submission:
    """The withdrawal of cameras, waiting for review."""
    compiler = make_person(Role.DATA_SPECIALIST, department=cameras[0].source_department)
    (draft,) = draft_withdrawal(actor=compiler, camera_ids=[each.pk for each in cameras], ground=GROUND)
    return submit_draft(actor=compiler, submission=draft)


def withdraw(city: City, *cameras: Camera) -> None:
    decide_submission(actor=city.acceptor, submission=handed_in(*cameras), verdict="approve")


def lines_of(lane: Lane) -> list[tuple[str, str]]:
    return list(lane.lines.order_by("id").values_list("verdict", "reason"))


class TestLines:
    @pytest.mark.parametrize("stage", ["confirming", "reviewing"])
    def test_one_of_two_is_void_and_the_lane_goes_on(self, stage: str) -> None:
        city = City()
        lane: Lane = getattr(city, stage)()
        first, second = lane.lines.order_by("id")
        withdraw(city, first.camera)
        assert lines_of(lane) == [("void", REASON), (second.verdict, "")]
        assert state_of(lane) == stage
        event = AuditEvent.objects.get(action=AuditAction.LinesVoided)
        assert (event.object_id, event.reason, event.actor_id) == (str(lane.pk), REASON, city.acceptor.pk)

    @pytest.mark.parametrize("stage", ["confirming", "reviewing"])
    def test_a_lane_without_any_other_is_terminated(self, stage: str) -> None:
        city = City()
        lane: Lane = getattr(city, stage)()
        withdraw(city, *(line.camera for line in lane.lines.all()))
        assert {verdict for verdict, _ in lines_of(lane)} == {"void"}
        assert state_of(lane) == LaneState.TERMINATED
        assert lane.demand.__class__.objects.get(pk=lane.demand_id).state == "terminated"

    def test_requester_and_who_was_to_act_are_told(self) -> None:
        city = City()
        lane = city.confirming()
        Notice.objects.all().delete()
        withdraw(city, *(line.camera for line in lane.lines.all()))
        told = {notice.person: notice.text for notice in Notice.objects.filter(text__contains="撤回")}
        assert "2 个点位已从视频资源目录撤回" in told[city.specialist]
        assert "无需再办理" in told[city.water_reviewer]

    def test_what_is_left_is_confirmed_and_reviewed_as_usual(self) -> None:
        city = City()
        lane = city.confirming()
        withdraw(city, lane.lines.order_by("id")[0].camera)
        actions.confirm_lane(actor=city.water_reviewer, lane=lane)
        actions.review_lane(actor=city.administrator, lane=lane, approve=True)
        assert [verdict for verdict, _ in lines_of(lane)] == ["void", "approved"]
        assert Grant.objects.get().camera == lane.lines.order_by("id")[1].camera

    def test_lines_that_were_refused_before_stay_refused(self) -> None:
        city = City()
        lane = city.confirming()
        line = lane.lines.order_by("id")[0]
        actions.confirm_lane(actor=city.water_reviewer, lane=lane, refused={line.pk: "涉及商业秘密"})
        withdraw(city, line.camera)
        assert lines_of(lane)[0] == ("refused", "涉及商业秘密")
        assert not AuditEvent.objects.filter(action=AuditAction.LinesVoided).exists()

    def test_a_draft_with_a_withdrawn_point_is_not_submitted(self) -> None:
        city = City()
        demand = city.draft(camera := make_camera(city.water), make_camera(city.water))
        withdraw(city, camera)
        with pytest.raises(Invalid, match="已撤回"):
            actions.submit_demand(actor=city.specialist, demand=demand)
        assert not DemandLine.objects.exists()


class TestWorkOrders:
    def test_a_withdrawn_line_is_no_work_any_more(self) -> None:
        city = City()
        order = city.claimed()
        first, second = order.lines.order_by("id")
        withdraw(city, first.demand_line.camera)
        first.refresh_from_db()
        assert (first.result, first.reason, first.recorded_by) == ("undeliverable", REASON, None)
        assert (first.grant.state, second.grant.state) == ("discarded", "prepared")
        with pytest.raises(Conflict, match="无需登记"):
            delivery.record_line(actor=city.operator, order=order, line=first, result="delivered")
        delivery.record_line(actor=city.operator, order=order, line=second, result="delivered")
        lane = Lane.objects.get()
        assert lane.state == LaneState.ACCEPTING
        delivery.accept_lane(actor=city.acceptor, order=order, lane=lane)
        assert set(Grant.objects.values_list("state", flat=True)) == {"discarded", "active"}

    def test_the_last_open_line_withdrawn_finishes_the_work(self) -> None:
        city = City()
        order = city.claimed()
        city.record(order, "delivered")
        withdraw(city, order.lines.order_by("id")[1].demand_line.camera)
        assert Lane.objects.get().state == LaneState.ACCEPTING
        assert WorkOrder.objects.get().state == "delivered"
        assert Notice.objects.filter(person=city.administrator, text__contains="待验收").exists() is False
        assert Notice.objects.filter(person=city.acceptor, text__contains="待验收").exists()

    def test_all_withdrawn_ends_the_order_and_its_grants(self) -> None:
        city = City()
        order = city.delivered()
        withdraw(city, *(line.demand_line.camera for line in order.lines.all()))
        assert Lane.objects.get().state == LaneState.TERMINATED
        assert WorkOrder.objects.get().state == "terminated"
        assert set(Grant.objects.values_list("state", flat=True)) == {"discarded"}

    def test_what_failed_its_acceptance_is_not_opened_again_for_a_withdrawn_point(self) -> None:
        city = City()
        order = city.delivered()
        first = order.lines.order_by("id")[0]
        withdraw(city, first.demand_line.camera)
        delivery.fail_acceptance(actor=city.acceptor, order=order, lane=Lane.objects.get(), reason="黑屏")
        results = list(WorkOrderLine.objects.order_by("id").values_list("result", flat=True))
        assert results == ["undeliverable", "open"]


class TestGrants:
    def test_grants_end_and_viewers_and_specialists_are_told(self) -> None:
        city = City()
        order = city.accepted()
        first, second = order.lines.order_by("id")
        Notice.objects.all().delete()
        withdraw(city, first.demand_line.camera)
        ended = Grant.objects.get(pk=first.grant_id)
        assert (ended.state, ended.end_reason, ended.ended_by) == ("revoked", REASON, city.acceptor)
        assert Grant.objects.get(pk=second.grant_id).state == "active"
        told = Notice.objects.filter(text__contains="授权随之终止")
        assert {notice.person for notice in told} == {city.viewer, city.specialist}
        assert lines_of(Lane.objects.get())[0] == ("approved", ""), "in use nothing is open any more"

    def test_a_running_picture_is_cut_and_the_register_says_how_it_ended(self) -> None:
        look = opened()
        camera = Camera.objects.get(pk=look.session.camera_id)
        administrator = make_person(Role.BUREAU_ADMINISTRATOR)
        decide_submission(actor=administrator, submission=handed_in(camera), verdict="approve")
        session = PlaySession.objects.get()
        assert (session.state, session.ending) == ("ended", "right_ended")
        assert AccessOutcome.objects.get(record=session.record_id).ending == session.get_ending_display()

    def test_nothing_ends_while_the_withdrawal_waits_or_when_it_is_returned(self) -> None:
        city = City()
        order = city.accepted()
        camera = order.lines.order_by("id")[0].demand_line.camera
        submission = handed_in(camera)
        assert set(Grant.objects.values_list("state", flat=True)) == {"active"}
        decide_submission(
            actor=city.acceptor, submission=submission, verdict="return", reason="请说明新杆位置"
        )
        assert set(Grant.objects.values_list("state", flat=True)) == {"active"}
        assert Camera.objects.get(pk=camera.pk).publication == "published"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_withdrawing_and_approving_leave_no_grant_of_a_withdrawn_point(self) -> None:
        city = City()
        lane = city.reviewing()
        submission = handed_in(*(line.camera for line in lane.lines.all()))
        steps = (
            lambda: decide_submission(actor=city.acceptor, submission=submission, verdict="approve"),
            lambda: actions.review_lane(actor=city.administrator, lane=lane, approve=True),
        )
        outcomes = at_once(*steps)
        assert isinstance(outcomes[0], Submission), outcomes
        assert isinstance(outcomes[1], Lane | Conflict), outcomes
        assert state_of(lane) == LaneState.TERMINATED
        assert {verdict for verdict, _ in lines_of(lane)} == {"void"}
        assert set(Grant.objects.values_list("state", flat=True)) <= {GrantState.DISCARDED}

    def test_withdrawing_and_accepting_leave_no_grant_of_a_withdrawn_point(self) -> None:
        city = City()
        order = city.delivered()
        submission = handed_in(*(line.demand_line.camera for line in order.lines.all()))
        lane = Lane.objects.get()
        steps = (
            lambda: decide_submission(actor=city.administrator, submission=submission, verdict="approve"),
            lambda: delivery.accept_lane(actor=city.acceptor, order=order, lane=lane),
        )
        assert set(refusals_at_once(*steps)) <= {Conflict}
        assert set(Grant.objects.values_list("state", flat=True)) in (
            {GrantState.DISCARDED},
            {GrantState.REVOKED},
        )

    def test_withdrawing_and_submitting_leave_no_open_line_of_a_withdrawn_point(self) -> None:
        city = City()
        cameras = [make_camera(city.water) for _ in range(3)]
        demand = city.draft(*cameras)
        submission = handed_in(cameras[1])
        steps: tuple[Callable[[], object], ...] = (
            lambda: decide_submission(actor=city.acceptor, submission=submission, verdict="approve"),
            lambda: actions.submit_demand(actor=city.specialist, demand=demand),
        )
        assert set(refusals_at_once(*steps)) <= {Invalid}
        verdicts = set(DemandLine.objects.filter(camera=cameras[1]).values_list("verdict", flat=True))
        assert verdicts <= {"void"}
