"""The ways of a lane, declared once (see `docs/standard-coverage.md`, §6.3b to §7.2). Touches no database."""

from statemachine import State, StateMachine
from statemachine.exceptions import TransitionNotAllowed

from gongshi.demand.models import DemandState, LaneState
from gongshi.kernel.errors import Conflict


class LaneFlow(StateMachine):
    """One lane. Events are what people do; the states are those of `LaneState`."""

    confirming = State(value=LaneState.CONFIRMING.value, initial=True)
    reviewing = State(value=LaneState.REVIEWING.value)
    delivering = State(value=LaneState.DELIVERING.value)
    accepting = State(value=LaneState.ACCEPTING.value)
    in_use = State(value=LaneState.IN_USE.value)
    closed = State(value=LaneState.CLOSED.value, final=True)
    refused = State(value=LaneState.REFUSED.value, final=True)
    rejected = State(value=LaneState.REJECTED.value, final=True)
    terminated = State(value=LaneState.TERMINATED.value, final=True)
    withdrawn = State(value=LaneState.WITHDRAWN.value, final=True)

    agree = confirming.to(reviewing)
    refuse = confirming.to(refused)
    approve = reviewing.to(delivering)
    reject = reviewing.to(rejected)
    finish_delivery = delivering.to(accepting)
    # Nothing could be switched on, or all of its points were withdrawn from the catalogue.
    terminate = (
        confirming.to(terminated)
        | reviewing.to(terminated)
        | delivering.to(terminated)
        | accepting.to(terminated)
    )
    accept = accepting.to(in_use)
    fail_acceptance = accepting.to(delivering)
    close = in_use.to(closed)
    withdraw = (
        confirming.to(withdrawn)
        | reviewing.to(withdrawn)
        | delivering.to(withdrawn)
        | accepting.to(withdrawn)
    )


def advance(state: str, event: str) -> LaneState:
    """The state after an event. Raises Conflict when the event is not possible in this state."""
    machine = LaneFlow(start_value=state)
    try:
        machine.send(event)
    except TransitionNotAllowed:
        raise Conflict(
            f"该需求当前处于“{LaneState(state).label}”环节，不能进行此操作。请刷新页面查看最新进展。"
        ) from None
    return LaneState(machine.current_state_value)


def allows(state: str, event: str) -> bool:
    """Whether an event is possible in this state."""
    return any(allowed.id == event for allowed in LaneFlow(start_value=state).allowed_events)


# Of lanes in different states the first of these speaks for the demand.
_SUMMARY: tuple[tuple[frozenset[str], DemandState], ...] = (
    (frozenset({LaneState.IN_USE}), DemandState.IN_USE),
    (
        frozenset(
            {
                LaneState.CONFIRMING,
                LaneState.REVIEWING,
                LaneState.SUPPLEMENTING,
                LaneState.COORDINATING,
                LaneState.DELIVERING,
                LaneState.ACCEPTING,
            }
        ),
        DemandState.IN_PROGRESS,
    ),
    (frozenset({LaneState.CLOSED}), DemandState.CLOSED),
    (frozenset({LaneState.TERMINATED}), DemandState.TERMINATED),
    (frozenset({LaneState.REJECTED}), DemandState.REJECTED),
    (frozenset({LaneState.REFUSED}), DemandState.REFUSED),
    (frozenset({LaneState.WITHDRAWN}), DemandState.WITHDRAWN),
)


def summary(lane_states: set[str]) -> DemandState:
    """What a demand with lanes in these states is called."""
    return next((name for states, name in _SUMMARY if states & lane_states), DemandState.DRAFT)
