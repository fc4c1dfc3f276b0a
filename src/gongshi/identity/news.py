"""Telling people something from below the room of notices, which listens."""

from collections.abc import Iterable

from gongshi.identity.models import Person
from gongshi.identity.signals import people_told


def tell(people: Iterable[Person], text: str, url: str = "") -> None:
    """One notice before each of these people, in the transaction of the change they are told about."""
    people_told.send(Person, people=list(people), text=text, url=url)
