"""How a lane goes from one state to the next: locked behind its demand, recorded, and told when it ends."""

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.demand import flow
from gongshi.demand.holders import requesters
from gongshi.demand.models import Demand, Lane, LaneState
from gongshi.demand.signals import lane_ended
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.notices.actions import notify


def lock_demand(demand: Demand) -> Demand:
    """The demand as it is now, locked."""
    demands = Demand.objects.select_for_update(of=("self",)).select_related(
        "department", "item", "point_list"
    )
    return demands.get(pk=demand.pk)


def lock_lane(lane: Lane) -> Lane:
    """The lane as it is now, locked behind its demand."""
    demand = lock_demand(lane.demand)
    lane = Lane.objects.select_for_update(of=("self",)).select_related("source_department").get(pk=lane.pk)
    lane.demand = demand
    return lane


def move(
    lane: Lane,
    after: LaneState,
    action: AuditAction,
    actor: Person | None,
    *,
    reason: str = "",
    **details: int,
) -> None:
    """Put a locked lane into its next state, the demand with it, and record it."""
    before = lane.state
    lane.state, lane.entered_at = after, clock.now()
    lane.save(update_fields=["state", "entered_at"])
    demand = lane.demand
    demand.state = flow.summary(set(demand.lanes.values_list("state", flat=True)))
    demand.save(update_fields=["state"])
    record(
        action,
        actor=actor,
        thing=lane,
        before={"state": before},
        after={"state": after.value, **details},
        reason=reason,
    )


def end(lane: Lane, actor: Person, sentence: str) -> None:
    """Nothing more comes of this lane: tell the requester and the rooms above."""
    lane_ended.send(Lane, lane=lane, actor=actor)
    notify(requesters(lane.demand.department), sentence, lane.demand.get_absolute_url())
