"""What the news of departments and of the catalogue causes here."""

from collections.abc import Mapping
from typing import Any

from gongshi.demand.takeover_actions import take_over_business
from gongshi.demand.withdrawal_actions import void_lines
from gongshi.identity.models import Department, Person


def take_over(department: Department, into: Department, actor: Person | None, reason: str, **_: Any) -> None:
    """Receives `identity.signals.department_merged`."""
    take_over_business(actor=actor, department=department, into=into, reason=reason)


def void_what_was_withdrawn(cameras: Mapping[int, str], actor: Person, **_: Any) -> None:
    """Receives `catalogue.signals.cameras_withdrawn`, also for the grants: they are locked after demands."""
    void_lines(actor=actor, cameras=cameras)
