"""What the news of departments and inspections causes here."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db.models import Max

from gongshi.identity.models import Department, Person
from gongshi.kernel.errors import Conflict
from gongshi.quality.codes import Outcome
from gongshi.quality.models import Inspection
from gongshi.rectification.actions import close_withdrawn, judge_order, open_order, take_over_orders
from gongshi.rectification.codes import OrderState
from gongshi.rectification.models import Order
from gongshi.rectification.policy import FAILURES_TO_OPEN

FAILED = (Outcome.FAULTY, Outcome.OFFLINE)


def take_over(department: Department, into: Department, actor: Person | None, reason: str, **_: Any) -> None:
    """Receives `identity.signals.department_merged`."""
    take_over_orders(actor=actor, department=department, into=into, reason=reason)


def close(cameras: Mapping[int, str], actor: Person | None, **_: Any) -> None:
    """Receives `catalogue.signals.cameras_withdrawn`."""
    close_withdrawn(actor=actor, cameras=cameras)


def judge(inspections: Sequence[Inspection], **_: Any) -> None:
    """Receives `quality.signals.cameras_inspected`: proves what was mended, opens what keeps failing."""
    cameras = [each.camera_id for each in inspections]
    orders = Order.objects.exclude(state=OrderState.CLOSED).filter(camera__in=cameras).order_by("camera_id")
    by_camera = {order.camera_id: order for order in orders}
    for inspection in sorted(inspections, key=lambda each: each.camera_id):
        order = by_camera.get(inspection.camera_id)
        if order is not None:
            judge_order(order=order, inspection=inspection)
        elif inspection.outcome in FAILED and _keeps_failing(inspection):
            _open(inspection)


def _open(inspection: Inspection) -> None:
    # Withdrawn, or given an order by the bureau, since it was looked at: what was found is kept all the same.
    with suppress(Conflict):
        open_order(
            actor=None,
            camera=inspection.camera,
            description=f"连续 {FAILURES_TO_OPEN.value()} 次质量检测异常，请检修。",
            faults=inspection.faults,
            cause=inspection,
        )


def _keeps_failing(inspection: Inspection) -> bool:
    """Whether so many inspections in a row failed since the latest order was closed, if there was one.

    Those that could not look do not count.
    """
    wanted = FAILURES_TO_OPEN.value()
    closed = Order.objects.filter(camera=inspection.camera_id).aggregate(at=Max("closed_at"))["at"]
    looked = Inspection.objects.filter(camera=inspection.camera_id).exclude(outcome=Outcome.UNTESTED)
    if closed is not None:
        looked = looked.filter(at__gt=closed)
    outcomes = list(looked.values_list("outcome", flat=True)[:wanted])
    return wanted > 0 and len(outcomes) == wanted and set(outcomes) <= {*FAILED}
