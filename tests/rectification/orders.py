"""Points out of order, and what inspections find of them."""

from gongshi.catalogue.models import Camera
from gongshi.kernel import clock
from gongshi.quality.codes import Outcome
from gongshi.quality.models import Inspection
from gongshi.quality.signals import cameras_inspected
from gongshi.rectification.models import Order

FAULTS = {Outcome.FAULTY: ["black"], Outcome.OFFLINE: ["offline"]}


def inspected(camera: Camera, outcome: Outcome) -> Inspection:
    """An inspection that found this, kept and told as a worker does."""
    inspection = Inspection.objects.create(
        camera=camera,
        source_department=camera.source_department,
        at=clock.now(),
        outcome=outcome,
        faults=FAULTS.get(outcome, []),
    )
    cameras_inspected.send(Inspection, inspections=[inspection])
    return inspection


def state_of(order: Order) -> str:
    return str(Order.objects.get(pk=order.pk).state)
