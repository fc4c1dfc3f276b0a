"""Cameras left the catalogue: their open lines are void, and a lane that has no other ends (domain.md)."""

from collections import defaultdict
from collections.abc import Mapping

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.demand import flow
from gongshi.demand.holders import people_to_act, requesters
from gongshi.demand.models import DeliveryResult, Demand, DemandLine, Lane, LaneState, LineVerdict
from gongshi.demand.moving import lock_demand, lock_lane, move
from gongshi.demand.signals import lane_ended, lines_voided
from gongshi.grants.actions import end_with_cameras
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.notices.actions import notify

OPEN_VERDICTS = (LineVerdict.OPEN, LineVerdict.AGREED, LineVerdict.APPROVED)
# In use there are no open lines any more: their grants end.
OPEN_STATES = (LaneState.CONFIRMING, LaneState.REVIEWING, LaneState.DELIVERING, LaneState.ACCEPTING)
LONGEST_REASON = 300


@transaction.atomic
def void_lines(*, actor: Person, cameras: Mapping[int, str]) -> int:
    """Void the open lines of withdrawn cameras and end the grants on them; gives how many lines.

    `cameras` are their numbers with the reason of each. Demands are locked before grants, as everywhere.
    """
    open_lines = DemandLine.objects.filter(
        camera__in=list(cameras), verdict__in=OPEN_VERDICTS, lane__state__in=OPEN_STATES
    )
    touched = Demand.objects.filter(pk__in=open_lines.order_by().values("demand")).order_by("pk")
    voided = sum(_void_in(demand, cameras, actor) for demand in touched)
    end_with_cameras(actor=actor, cameras=cameras)
    return voided


def _void_in(demand: Demand, cameras: Mapping[int, str], actor: Person) -> int:
    demand = lock_demand(demand)
    names: list[str] = []
    for lane in demand.lanes.filter(state__in=OPEN_STATES).order_by("id"):
        names += _void_in_lane(lock_lane(lane), cameras, actor)
    if names:
        which = names[0] if len(names) == 1 else f"{names[0]}等 {len(names)} 个点位"
        sentence = f"{which}已从视频资源目录撤回，需求 {demand.number} 中不再办理，请查看原因。"
        notify(requesters(demand.department), sentence, demand.get_absolute_url())
    return len(names)


def _void_in_lane(lane: Lane, cameras: Mapping[int, str], actor: Person) -> list[str]:
    """Void what is open of these cameras in one locked lane; gives their names."""
    lines = list(
        lane.lines.select_for_update(of=("self",))
        .select_related("camera")
        .filter(camera__in=list(cameras), verdict__in=OPEN_VERDICTS)
        .order_by("id")
    )
    if not lines:
        return []
    waiting = people_to_act(lane)
    by_reason: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        by_reason[f"点位已撤回：{cameras[line.camera_id]}"[:LONGEST_REASON]].append(line.pk)
    for reason, keys in by_reason.items():
        lane.lines.filter(pk__in=keys).update(
            verdict=LineVerdict.VOID, decided_by=actor, decided_at=clock.now(), reason=reason
        )
    reason = "；".join(by_reason)[:LONGEST_REASON]
    lines_voided.send(Lane, lane=lane, reason=reason)
    lane.refresh_from_db(fields=["state"])
    if _has_more(lane):
        after = {"lines": len(lines), "state": lane.state}
        record(AuditAction.LinesVoided, actor=actor, thing=lane, after=after, reason=reason)
    else:
        after_all = flow.advance(lane.state, "terminate")
        move(lane, after_all, AuditAction.LaneTerminated, actor, reason=reason, lines=len(lines))
        lane_ended.send(Lane, lane=lane, actor=actor)
        sentence = f"需求 {lane.demand.number}（{lane.decider}）的点位已全部撤回，无需再办理。"
        notify(waiting, sentence, lane.demand.get_absolute_url())
    return [line.camera.name for line in lines]


def _has_more(lane: Lane) -> bool:
    """Whether there is a line of which something can still come."""
    left = lane.lines.filter(verdict__in=OPEN_VERDICTS)
    return left.exclude(delivery_result=DeliveryResult.UNDELIVERABLE).exists()
