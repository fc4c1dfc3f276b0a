"""A small city for tests of demands: who asks, who decides, who switches on; and demands at every stage."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from gongshi.atlas.actions import create_point_list
from gongshi.atlas.models import PointList
from gongshi.catalogue.models import Camera
from gongshi.delivery import actions as delivery
from gongshi.delivery.models import WorkOrder
from gongshi.demand import actions
from gongshi.demand.models import BusinessItem, DeliveryResult, Demand, Lane, LaneState
from gongshi.identity.models import Department, DepartmentKind
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from tests.factories import make_camera, make_department, make_person


def _bureau() -> Department:
    return make_department(kind=DepartmentKind.BUREAU)


@dataclass
class City:
    """One requesting department, two sources with a reviewer, a bureau with two administrators, operators."""

    department: Department = field(default_factory=make_department)
    water: Department = field(default_factory=make_department)
    traffic: Department = field(default_factory=make_department)
    bureau: Department = field(default_factory=_bureau)

    def __post_init__(self) -> None:
        self.specialist = make_person(Role.DATA_SPECIALIST, department=self.department)
        self.viewer = make_person(Role.VIEWER, department=self.department)
        self.water_reviewer = make_person(Role.SOURCE_REVIEWER, department=self.water)
        self.traffic_reviewer = make_person(Role.SOURCE_REVIEWER, department=self.traffic)
        self.administrator = make_person(Role.BUREAU_ADMINISTRATOR, department=self.bureau)
        self.acceptor = make_person(Role.BUREAU_ADMINISTRATOR, department=self.bureau)
        self.operator = make_person(Role.OPERATOR, department=self.bureau)

    def make_item(self) -> BusinessItem:
        number = BusinessItem.objects.count() + 1
        category = actions.create_category(actor=self.specialist, name=f"防汛防台{number}")
        return actions.create_item(
            actor=self.specialist,
            category=category,
            name=f"水库巡查{number}",
            section="防汛处",
            section_contact="王芳",
            legal_basis="《中华人民共和国防洪法》第四十条",
        )

    def make_list(self, *cameras: Camera) -> PointList:
        name = f"清单{PointList.objects.count() + 1}"
        return create_point_list(
            actor=self.specialist, name=name, camera_ids=[camera.pk for camera in cameras]
        )

    def content(self, *cameras: Camera, **fields: Any) -> dict[str, Any]:
        """What `draft_demand` takes: a complete demand for these cameras."""
        today = clock.today()
        return {
            "item": self.make_item(),
            "point_list": self.make_list(*(cameras or [make_camera(self.water)])),
            "type": "stream",
            "way": "account",
            "live": True,
            "history": False,
            "purpose": "汛期值守时查看水库水位和泄洪道情况",
            "period_from": today,
            "period_until": today + timedelta(days=90),
            "contact": "王芳",
            "phone": "0578-2091234",
            "viewers": [self.viewer],
        } | fields

    def draft(self, *cameras: Camera, **fields: Any) -> Demand:
        return actions.draft_demand(actor=self.specialist, **self.content(*cameras, **fields))

    def submit(self, *cameras: Camera, **fields: Any) -> Demand:
        return actions.submit_demand(actor=self.specialist, demand=self.draft(*cameras, **fields))

    def restricted(self, source: Department | None = None) -> Camera:
        return make_camera(source or self.water, sharing_level="restricted")

    def confirming(self) -> Lane:
        """A lane of two restricted cameras that waits for the water department."""
        return self.submit(self.restricted(), self.restricted()).lanes.get()

    def reviewing(self) -> Lane:
        """A lane of two unconditional cameras that waits for the bureau."""
        return self.submit(make_camera(self.water), make_camera(self.water)).lanes.get()

    def order(self, *cameras: Camera, **fields: Any) -> WorkOrder:
        """An issued work order of the unconditional cameras given, or of two."""
        cameras = cameras or (make_camera(self.water), make_camera(self.water))
        lane = self.submit(*cameras, **fields).lanes.get()
        actions.review_lane(actor=self.administrator, lane=lane, approve=True)
        return WorkOrder.objects.get(demand=lane.demand)

    def claimed(self, *cameras: Camera, **fields: Any) -> WorkOrder:
        return delivery.claim_order(actor=self.operator, order=self.order(*cameras, **fields))

    def record(self, order: WorkOrder, *results: str) -> None:
        """Record these results for the first lines; “undeliverable” gets a reason."""
        for line, result in zip(order.lines.order_by("id"), results, strict=False):
            reason = "设备离线" if result == DeliveryResult.UNDELIVERABLE else ""
            delivery.record_line(actor=self.operator, order=order, line=line, result=result, reason=reason)

    def delivered(self) -> WorkOrder:
        """An order of two cameras, both switched on, that waits for acceptance."""
        order = self.claimed()
        self.record(order, "delivered", "delivered")
        return WorkOrder.objects.get(pk=order.pk)

    def accepted(self) -> WorkOrder:
        order = self.delivered()
        delivery.accept_lane(actor=self.acceptor, order=order, lane=order.demand.lanes.get())
        return WorkOrder.objects.get(pk=order.pk)


def state_of(lane: Lane) -> LaneState:
    return LaneState(Lane.objects.values_list("state", flat=True).get(pk=lane.pk))
