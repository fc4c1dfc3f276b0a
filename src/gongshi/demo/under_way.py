"""What is under way in the demonstration when its first visitor comes: something to do on each desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gongshi.atlas.actions import create_point_list
from gongshi.catalogue.models import Camera
from gongshi.delivery.actions import accept_lane, claim_order, record_line
from gongshi.delivery.models import WorkOrder
from gongshi.demand.actions import confirm_lane, draft_demand, review_lane, submit_demand
from gongshi.demand.models import BusinessItem, DeliveryResult, Demand, Lane, LaneState
from gongshi.demo.streamed_cameras import STANDS
from gongshi.identity.models import Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.kernel import clock

USED_FOR: Final = timedelta(days=180)
REVIEWER, ACCEPTOR, OPERATOR = "dashuju", "dashuju-yanshou", "yunwei"
NAMES: Final = {stand.scene: stand.name for stand in STANDS}


@dataclass(frozen=True)
class Story:
    """A demand for filmed cameras, and the step at which it stands when the visitor comes."""

    specialist: str
    viewer: str
    item: str
    points: str
    scenes: tuple[str, ...]
    purpose: str
    stands_at: LaneState


STORIES: Final = (
    Story(
        "yingji",
        "yingji-kan",
        "山洪与城市内涝风险点值守",
        "城区防汛重点点位",
        ("river", "road"),
        "汛期值守时查看南明湖水位和临湖道路积水情况，指导人员撤离与交通管制",
        LaneState.IN_USE,
    ),
    Story(
        "zhifa",
        "zhifa-kan",
        "占道经营与违法停车巡查",
        "校园周边占道点位",
        ("school",),
        "上学放学时段巡查实验小学门口占道经营和违法停车，及时派员处置",
        LaneState.ACCEPTING,
    ),
    Story(
        "yingji",
        "yingji-kan",
        "森林火灾早期发现与扑救指挥",
        "白云山火情瞭望点位",
        ("forest",),
        "森林防火期查看白云山火情，核实报警并指挥扑救",
        LaneState.DELIVERING,
    ),
    Story(
        "zhifa",
        "zhifa-kan",
        "大型活动周边秩序保障",
        "丽阳门广场周边点位",
        ("square", "road"),
        "处州白莲节期间查看丽阳门广场及周边路口人流车流，保障活动秩序",
        LaneState.REVIEWING,
    ),
    Story(
        "yingji",
        "yingji-kan",
        "危险区域人员转移核实",
        "黄村水库下游点位",
        ("reservoir",),
        "水库泄洪前核实下游危险区域人员是否全部转移",
        LaneState.CONFIRMING,
    ),
)


def begin_business() -> None:
    """Play each story up to where it stands, as the people of the city."""
    for story in STORIES:
        demand = _submitted(story)
        for state, act in STEPS:
            if state == story.stands_at:
                break
            for lane in demand.lanes.filter(state=state).order_by("pk"):
                act(lane)


def _submitted(story: Story) -> Demand:
    specialist = _person(story.specialist)
    cameras = Camera.objects.filter(name__in=[NAMES[scene] for scene in story.scenes])
    point_list = create_point_list(
        actor=specialist, name=story.points, camera_ids=cameras.values_list("pk", flat=True)
    )
    today = clock.today()
    demand = draft_demand(
        actor=specialist,
        item=BusinessItem.objects.get(department=specialist.department, name=story.item),
        point_list=point_list,
        type="stream",
        way="account",
        live=True,
        history=False,
        object_kinds=[],
        purpose=story.purpose,
        period_from=today,
        period_until=today + USED_FOR,
        contact=specialist.name,
        phone=specialist.phone,
        viewers=[_person(story.viewer)],
    )
    return submit_demand(actor=specialist, demand=demand)


def _confirm(lane: Lane) -> None:
    assert lane.source_department is not None  # noqa: S101 - the system has agreed to all others
    confirm_lane(actor=holders(Role.SOURCE_REVIEWER, lane.source_department)[0], lane=lane)


def _review(lane: Lane) -> None:
    review_lane(actor=_person(REVIEWER), lane=lane, approve=True)


def _switch_on(lane: Lane) -> None:
    operator, order = _person(OPERATOR), _order_of(lane)
    if order.claimed_by is None:
        order = claim_order(actor=operator, order=order)
    for line in order.lines.filter(demand_line__lane=lane):
        record_line(actor=operator, order=order, line=line, result=DeliveryResult.DELIVERED)


def _accept(lane: Lane) -> None:
    accept_lane(actor=_person(ACCEPTOR), order=_order_of(lane), lane=lane)


# What leads out of each step, in the order of the standard (§6.3 to §7.2).
STEPS: Final[tuple[tuple[LaneState, Callable[[Lane], None]], ...]] = (
    (LaneState.CONFIRMING, _confirm),
    (LaneState.REVIEWING, _review),
    (LaneState.DELIVERING, _switch_on),
    (LaneState.ACCEPTING, _accept),
)


def _person(account: str) -> Person:
    return Person.objects.select_related("department").get(account=account)


def _order_of(lane: Lane) -> WorkOrder:
    return WorkOrder.objects.get(demand=lane.demand)
