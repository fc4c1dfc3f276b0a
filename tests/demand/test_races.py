"""Two at once: whatever may happen once happens once, and nobody gets two duties in one lane."""

from collections.abc import Callable

import pytest
from django.db import transaction

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.delivery import actions as delivery
from gongshi.delivery.models import Acceptance, Feedback
from gongshi.demand import actions
from gongshi.demand.duties import take_duty
from gongshi.demand.models import Act, Lane, LaneAct, LaneState
from gongshi.grants.models import Grant, GrantState
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict
from tests.at_once import refusals_at_once
from tests.demand.making import City, state_of
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def in_a_transaction(step: Callable[[], object]) -> None:
    with transaction.atomic():
        step()


def test_one_person_in_two_browsers_reviews_once() -> None:
    city = City()
    lane = city.reviewing()
    review = lambda: actions.review_lane(actor=city.administrator, lane=lane, approve=True)  # noqa: E731
    assert refusals_at_once(review, review, review) == [Conflict, Conflict]
    assert LaneAct.objects.filter(lane=lane, act=Act.REVIEWED).count() == 1
    assert Grant.objects.count() == lane.lines.count()


def test_of_two_reviewers_of_one_department_one_decides() -> None:
    city = City()
    lane = city.confirming()
    colleague = make_person(Role.SOURCE_REVIEWER, department=city.water)
    refused = dict.fromkeys(lane.lines.values_list("pk", flat=True), "涉及商业秘密")
    steps = (
        lambda: actions.confirm_lane(actor=city.water_reviewer, lane=lane),
        lambda: actions.confirm_lane(actor=colleague, lane=lane, refused=refused),
    )
    assert refusals_at_once(*steps) == [Conflict]
    assert LaneAct.objects.filter(lane=lane, act=Act.CONFIRMED).count() == 1
    verdicts = set(lane.lines.values_list("verdict", flat=True))
    assert verdicts == ({"refused"} if state_of(lane) == LaneState.REFUSED else {"agreed"})


def test_nobody_takes_two_duties_at_once() -> None:
    city = City()
    lane = city.confirming()
    person = city.administrator

    def take(act: Act) -> Callable[[], None]:
        return lambda: in_a_transaction(lambda: take_duty(lane, act, person, result="通过"))

    assert refusals_at_once(take(Act.CONFIRMED), take(Act.REVIEWED), take(Act.ACCEPTED)) == [
        Conflict,
        Conflict,
    ]
    assert LaneAct.objects.filter(lane=lane, person=person).count() == 1


def test_of_two_operators_one_has_the_order() -> None:
    city = City()
    order = city.order()
    second = make_person(Role.OPERATOR)

    def claim(person: Person) -> Callable[[], object]:
        return lambda: delivery.claim_order(actor=person, order=order)

    assert refusals_at_once(claim(city.operator), claim(second), claim(city.operator)) == [Conflict, Conflict]
    assert AuditEvent.objects.filter(action=AuditAction.WorkOrderClaimed).count() == 1


def test_the_last_two_lines_at_once_finish_the_lane_once() -> None:
    city = City()
    order = city.claimed()

    def record(line: object) -> Callable[[], object]:
        return lambda: delivery.record_line(actor=city.operator, order=order, line=line, result="delivered")

    assert refusals_at_once(*(record(line) for line in order.lines.all())) == []
    assert LaneAct.objects.filter(act=Act.DELIVERED).count() == 1
    assert Lane.objects.get().state == LaneState.ACCEPTING


def test_accepting_and_failing_at_once_is_one_of_the_two() -> None:
    city = City()
    order = city.delivered()
    lane = Lane.objects.get()
    steps = (
        lambda: delivery.accept_lane(actor=city.acceptor, order=order, lane=lane),
        lambda: delivery.fail_acceptance(actor=city.acceptor, order=order, lane=lane, reason="黑屏"),
    )
    assert refusals_at_once(*steps) == [Conflict]
    accepted = Acceptance.objects.get().passed
    states = set(Grant.objects.values_list("state", flat=True))
    assert states == {GrantState.ACTIVE if accepted else GrantState.PREPARED}


def test_accepting_and_withdrawing_at_once_leaves_no_grant_of_a_withdrawn_demand() -> None:
    city = City()
    order = city.delivered()
    lane = Lane.objects.get()
    steps = (
        lambda: delivery.accept_lane(actor=city.acceptor, order=order, lane=lane),
        lambda: actions.withdraw_demand(actor=city.specialist, demand=order.demand, reason="不再需要"),
    )
    assert refusals_at_once(*steps) == [Conflict]
    expected = GrantState.ACTIVE if state_of(lane) == LaneState.IN_USE else GrantState.DISCARDED
    assert set(Grant.objects.values_list("state", flat=True)) == {expected}


def test_feedback_is_given_once() -> None:
    city = City()
    order = city.accepted()

    def judge(person: Person) -> Callable[[], object]:
        return lambda: delivery.give_feedback(actor=person, order=order, score=5)

    assert refusals_at_once(judge(city.specialist), judge(city.viewer), judge(city.viewer)) == [
        Conflict,
        Conflict,
    ]
    assert Feedback.objects.count() == 1
