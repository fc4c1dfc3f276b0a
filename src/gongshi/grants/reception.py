"""What the news of departments and people causes here."""

from typing import Any

from gongshi.grants.actions import drop_viewer, take_over_grants
from gongshi.identity.models import Department, Person


def drop_who_left(person: Person, department: Department, actor: Person | None, why: str, **_: Any) -> None:
    """Receives `identity.signals.department_left`."""
    drop_viewer(actor=actor, person=person, department=department, reason=why)


def take_over(department: Department, into: Department, actor: Person | None, reason: str, **_: Any) -> None:
    """Receives `identity.signals.department_merged`."""
    take_over_grants(actor=actor, department=department, into=into, reason=reason)
