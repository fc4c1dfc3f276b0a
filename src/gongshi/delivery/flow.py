"""What a work order is called, from the lanes that it carries out. Touches no database."""

from gongshi.delivery.models import WorkOrderState
from gongshi.demand.models import LaneState

# Of lanes in different states the first of these speaks for the order.
_SUMMARY: tuple[tuple[frozenset[str], WorkOrderState], ...] = (
    (frozenset({LaneState.DELIVERING}), WorkOrderState.IN_PROGRESS),
    (frozenset({LaneState.ACCEPTING}), WorkOrderState.DELIVERED),
    (frozenset({LaneState.IN_USE, LaneState.CLOSED}), WorkOrderState.ACCEPTED),
)


def summary(lane_states: set[str], *, claimed: bool) -> WorkOrderState:
    """The state of an order whose lanes are in these states."""
    state = next((name for states, name in _SUMMARY if states & lane_states), WorkOrderState.TERMINATED)
    if state == WorkOrderState.IN_PROGRESS and not claimed:
        return WorkOrderState.ISSUED
    return state
