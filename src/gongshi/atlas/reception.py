"""What the news of departments and of the catalogue causes here."""

from collections.abc import Iterable
from typing import Any

from gongshi.atlas.actions import take_over_lists
from gongshi.atlas.renewing import note_changed
from gongshi.identity.models import Department, Person


def take_over(department: Department, into: Department, actor: Person | None, reason: str, **_: Any) -> None:
    """Receives `identity.signals.department_merged`."""
    take_over_lists(actor=actor, department=department, into=into, reason=reason)


def note_cameras(cameras: Iterable[int], **_: Any) -> None:
    """Receives `catalogue.signals.cameras_changed`: indexes in memory follow."""
    note_changed(cameras)
