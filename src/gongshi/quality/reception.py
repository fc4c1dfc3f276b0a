"""What the news of departments causes here."""

from typing import Any

from gongshi.identity.models import Department, Person
from gongshi.quality.plan_actions import take_over_plans


def take_over(department: Department, into: Department, actor: Person | None, reason: str, **_: Any) -> None:
    """Receives `identity.signals.department_merged`."""
    take_over_plans(actor=actor, department=department, into=into, reason=reason)
