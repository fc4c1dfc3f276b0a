"""The flow diagram of a demand (§8): each lane as a row of steps with who, when and how. No queries."""

from dataclasses import dataclass
from datetime import datetime

from gongshi.demand.holders import BallHolders
from gongshi.demand.models import Act, Lane, LaneAct, LaneState

_TITLES = ("提交", "数源确认", "大数据局审核", "实施", "验收", "使用")
_ACT_OF_STEP = (Act.SUBMITTED, Act.CONFIRMED, Act.REVIEWED, Act.DELIVERED, Act.ACCEPTED)
_STEP_OF_STATE = {
    LaneState.CONFIRMING: 1,
    LaneState.REVIEWING: 2,
    LaneState.DELIVERING: 3,
    LaneState.ACCEPTING: 4,
    LaneState.IN_USE: 5,
    LaneState.CLOSED: 5,
    LaneState.REFUSED: 1,
    LaneState.REJECTED: 2,
}
# At the latest where nothing could be switched on; before, when all of its points were withdrawn.
_TERMINATED_AT = 3
# What a step says while it waits; its title says the rest.
_WAITS = {
    LaneState.CONFIRMING: "待确认",
    LaneState.REVIEWING: "待审核",
    LaneState.DELIVERING: "实施中",
    LaneState.ACCEPTING: "待验收",
}
_ENDED_BADLY = {LaneState.REFUSED, LaneState.REJECTED, LaneState.TERMINATED, LaneState.WITHDRAWN}


@dataclass(frozen=True)
class Step:
    """One step; `look` is done, current, bad or todo (frontend/src/styles/flow.css)."""

    title: str
    look: str
    who: str = ""
    at: datetime | None = None
    result: str = ""
    reason: str = ""


@dataclass(frozen=True)
class LaneRow:
    lane: Lane
    steps: list[Step]
    holder: str


def rows(lanes: list[Lane], ball: BallHolders) -> list[LaneRow]:
    """The rows of the diagram; lanes come from `queries.lanes_of`."""
    return [LaneRow(lane, _steps(lane, ball.text(lane)), ball.text(lane)) for lane in lanes]


def _steps(lane: Lane, holder: str) -> list[Step]:
    acts: dict[str, LaneAct] = {act.act: act for act in lane.acts.all()}
    state = LaneState(lane.state)
    at = _position(lane, acts)
    return [_step(number, at, lane, state, acts, holder) for number in range(len(_TITLES))]


def _position(lane: Lane, acts: dict[str, LaneAct]) -> int:
    """Which step the lane stands in; a waiting or withdrawn lane stands where the last act left it."""
    state = LaneState(lane.resumes_as or lane.state)
    acted = sum(act in acts for act in _ACT_OF_STEP)
    return min(acted, _TERMINATED_AT) if state == LaneState.TERMINATED else _STEP_OF_STATE.get(state, acted)


def _step(number: int, at: int, lane: Lane, state: LaneState, acts: dict[str, LaneAct], holder: str) -> Step:
    title = _TITLES[number]
    act = acts.get(_ACT_OF_STEP[number]) if number < len(_ACT_OF_STEP) else None
    if number > at:
        return Step(title, "todo")
    if number < at:
        return _done(title, "done", act)
    if state in _ENDED_BADLY:
        if act is None:
            return Step(title, "bad", at=lane.entered_at, result=state.label)
        return _done(title, "bad", act)
    if state in {LaneState.IN_USE, LaneState.CLOSED}:
        until = f"至 {lane.demand.period_until:%Y-%m-%d}"
        return Step(title, "done", lane.demand.department.name, lane.entered_at, state.label, until)
    # An act that is there already belongs to an earlier round: acceptance failed and delivery starts again.
    waits = _WAITS.get(state, state.label)
    return Step(title, "current", holder, lane.entered_at, waits, act.reason if act else "")


def _done(title: str, look: str, act: LaneAct | None) -> Step:
    if act is None:
        return Step(title, look)
    who = f"{act.person.name}（{act.person.department.short_name}）" if act.person else "系统"
    return Step(title, look, who, act.at, act.result, act.reason)
