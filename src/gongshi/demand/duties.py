"""Nobody decides twice: the duties in one lane are done by different people (domain.md)."""

from django.db import IntegrityError, transaction

from gongshi.demand.models import Act, Lane, LaneAct
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict


def check_free_of_other_duties(lane: Lane, act: Act, person: Person) -> None:
    """Raises Conflict when this person has already done another duty in this lane."""
    other = LaneAct.objects.filter(lane=lane, person=person).exclude(act=act).first()
    if other:
        raise _done_before(other.act)


def take_duty(lane: Lane, act: Act, person: Person | None, *, result: str, reason: str = "") -> LaneAct:
    """Write down who did a duty and how it ended; None is the system. Raises Conflict on a second duty.

    The sentence comes from the check, the certainty from the database's exclusion constraint.
    """
    if person:
        check_free_of_other_duties(lane, act, person)
    try:
        with transaction.atomic():
            return LaneAct.objects.create(
                lane=lane, act=act, person=person, at=clock.now(), result=result, reason=reason
            )
    except IntegrityError as error:
        if "nobody_decides_twice" not in str(error):
            raise
        raise _done_before(act) from None


def _done_before(act: str) -> Conflict:
    return Conflict(
        f"您已办理过该需求的“{Act(act).label}”环节，须由其他人员办理本环节。", code="nobody_decides_twice"
    )
