"""Points out of order, and what inspections find of them."""

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.notices.models import Notice
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


def told(person: Person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("id").values_list("text", flat=True))


def steps_of(order: Order) -> list[str]:
    events = AuditEvent.objects.filter(object_type="rectification.order", object_id=str(order.pk))
    return [each.rpartition(":")[2] for each in events.order_by("id").values_list("action", flat=True)]
