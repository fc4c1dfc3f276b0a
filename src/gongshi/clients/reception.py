"""What this room hears from the people's: whether and for whom a client goes on."""

from typing import Any

from gongshi.clients.actions import suspend_clients_of, take_over_clients
from gongshi.identity.models import Department, Person
from gongshi.identity.signals import department_merged, rights_ended


def stop_with_person(person: Person, **_: Any) -> None:
    """Receives `identity.signals.rights_ended`."""
    suspend_clients_of(person=person)


def take_over(department: Department, into: Department, actor: Person | None, reason: str, **_: Any) -> None:
    """Receives `identity.signals.department_merged`."""
    take_over_clients(actor=actor, department=department, into=into, reason=reason)


def connect() -> None:
    rights_ended.connect(stop_with_person, dispatch_uid="clients.stop_with_person")
    department_merged.connect(take_over, dispatch_uid="clients.take_over")
