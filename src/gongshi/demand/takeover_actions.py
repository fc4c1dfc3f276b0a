"""A department became part of another: its items, and the demands and lanes that go on, are that one's."""

from django.db import transaction

from gongshi.audit.actions import Entry, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.demand.models import (
    BusinessCategory,
    BusinessItem,
    Demand,
    DemandState,
    Lane,
    LaneState,
)
from gongshi.identity.mergers import name_beside
from gongshi.identity.models import Department, Person

GOING_ON = (DemandState.DRAFT, DemandState.IN_PROGRESS, DemandState.IN_USE)
ENDED = (
    LaneState.CLOSED,
    LaneState.REFUSED,
    LaneState.REJECTED,
    LaneState.TERMINATED,
    LaneState.WITHDRAWN,
)
NAME_LENGTH = 128


@transaction.atomic
def take_over_business(
    *, actor: Person | None, department: Department, into: Department, reason: str
) -> None:
    """Nobody is asked: the room of departments has. What has ended stays under the old name."""
    demands = list(
        Demand.objects.select_for_update().filter(department=department, state__in=GOING_ON).order_by("pk")
    )
    Demand.objects.filter(pk__in=[demand.pk for demand in demands]).update(department=into)
    items = _take_over_items(department, into)
    _take_over_lanes(department, into)
    before, after = {"department": department.name}, {"department": into.name}
    record_many(
        AuditAction.DemandTakenOver,
        actor=actor,
        entries=[Entry(demand, before=before, after=after, reason=reason) for demand in demands],
    )
    record_many(
        AuditAction.BusinessItemTakenOver,
        actor=actor,
        entries=[Entry(item, before=before, after=after, reason=reason) for item in items],
    )


def _take_over_items(department: Department, into: Department) -> list[BusinessItem]:
    """Items of a category that the other one has too are sorted into that; equal names say whence."""
    there = {category.name: category for category in BusinessCategory.objects.filter(department=into)}
    for category in BusinessCategory.objects.select_for_update().filter(department=department).order_by("pk"):
        if category.name in there:
            category.items.update(category=there[category.name])
        else:
            category.department = into
            category.save(update_fields=["department"])
    items = list(BusinessItem.objects.select_for_update().filter(department=department).order_by("pk"))
    taken = set(BusinessItem.objects.filter(department=into).values_list("name", flat=True))
    for item in items:
        item.department = into
        item.name = name_beside(item.name, taken, department, NAME_LENGTH)
        taken.add(item.name)
    BusinessItem.objects.bulk_update(items, ["department", "name"])
    return items


def _take_over_lanes(department: Department, into: Department) -> None:
    """A demand that has a lane of the other one too keeps both: the bureau decides the old one."""
    lanes = Lane.objects.filter(source_department=department).exclude(state__in=ENDED)
    both = Lane.objects.filter(source_department=into).values("demand")
    lanes.exclude(demand__in=both).update(source_department=into)
