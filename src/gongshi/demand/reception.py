"""What the news of departments causes here."""

from typing import Any

from gongshi.demand.takeover_actions import take_over_business
from gongshi.identity.models import Department, Person


def take_over(department: Department, into: Department, actor: Person | None, reason: str, **_: Any) -> None:
    """Receives `identity.signals.department_merged`."""
    take_over_business(actor=actor, department=department, into=into, reason=reason)
