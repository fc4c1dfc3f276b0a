"""What this room hears from the people's: a client stops when nobody can answer for it any more."""

from typing import Any

from gongshi.clients.actions import suspend_clients_of
from gongshi.identity.models import Person
from gongshi.identity.signals import rights_ended


def stop_with_person(person: Person, **_: Any) -> None:
    suspend_clients_of(person=person)


def connect() -> None:
    rights_ended.connect(stop_with_person, dispatch_uid="clients.stop_with_person")
