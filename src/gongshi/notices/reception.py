"""What rooms below this one want people to be told."""

from collections.abc import Iterable
from typing import Any

from gongshi.identity.models import Person
from gongshi.notices.actions import notify


def tell(people: Iterable[Person], text: str, url: str, **_: Any) -> None:
    """Receives `identity.signals.people_told`."""
    notify(people, text, url)
