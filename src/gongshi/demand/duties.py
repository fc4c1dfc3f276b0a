"""Nobody decides twice: the duties in one lane are done by different people (domain.md)."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from gongshi.demand.models import Act, Lane, LaneAct
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict


def second_duties(lanes: Iterable[Lane], act: Act, person: Person) -> dict[int, str]:
    """The lanes in which this person may not do this duty, and the sentence that says why."""
    others = LaneAct.objects.filter(lane__in=list(lanes), person=person).exclude(act=act)
    return {
        lane_id: f"您已办理过该需求的“{Act(done).label}”环节，须由其他人员办理本环节。"
        for lane_id, done in others.values_list("lane", "act")
    }


def second_duty(lane: Lane, act: Act, person: Person) -> str:
    """The same for one lane; empty when nothing speaks against it."""
    return second_duties([lane], act, person).get(lane.pk, "")


def check_free_of_other_duties(lane: Lane, act: Act, person: Person) -> None:
    """Raises Conflict when this person has already done another duty in this lane."""
    if sentence := second_duty(lane, act, person):
        raise _refusal(sentence)


def take_duty(lane: Lane, act: Act, person: Person | None, *, result: str, reason: str = "") -> LaneAct:
    """Write down who did a duty and how it ended; None is the system. Raises Conflict on a second duty.

    The sentence comes from the check, the certainty from the database's exclusion constraint.
    """
    if person is None:
        return _write(lane, act, person, result, reason)
    check_free_of_other_duties(lane, act, person)
    try:
        with transaction.atomic():
            return _write(lane, act, person, result, reason)
    except IntegrityError as error:
        if "nobody_decides_twice" not in str(error):
            raise
        # The other duty is committed by now, so it can be named.
        raise _refusal(second_duty(lane, act, person)) from None


def _write(lane: Lane, act: Act, person: Person | None, result: str, reason: str) -> LaneAct:
    return LaneAct.objects.create(
        lane=lane, act=act, person=person, at=clock.now(), result=result, reason=reason
    )


def _refusal(sentence: str) -> Conflict:
    return Conflict(sentence, code="nobody_decides_twice")
