"""Restricted points need a source reviewer who decides about them: without one they are not published."""

from collections.abc import Iterable
from typing import Any

from gongshi.catalogue.codes import SharingLevel
from gongshi.catalogue.columns import BY_FIELD
from gongshi.catalogue.models import Change, ChangeKind
from gongshi.identity.models import RoleAssignment
from gongshi.identity.roles import Role
from gongshi.kernel.problems import Problem

# What makes a point newly restricted, or newly somebody's to decide.
_FIELDS = ("sharing_level", "source_department_id", "publication")


def restricted_without_reviewer(changes: Iterable[Change]) -> list[tuple[Change, int]]:
    """The changes that would publish a restricted point of a department without source reviewer, and which.

    What is published already stays: when its reviewer leaves, its work falls to the bureau. One query.
    """
    found = [
        (change, _of(change, "source_department_id"))
        for change in changes
        if change.kind != ChangeKind.WITHDRAW
        and any(name in change.proposed for name in _FIELDS)
        and _of(change, "sharing_level") == SharingLevel.RESTRICTED
    ]
    if not found:
        return []
    reviewed = set(
        RoleAssignment.objects.filter(
            role=Role.SOURCE_REVIEWER,
            person__is_active=True,
            person__department__in={department for _, department in found},
        ).values_list("person__department", flat=True)
    )
    return [(change, department) for change, department in found if department not in reviewed]


def sentence_for(department: str) -> str:
    """What the compiler is told."""
    return (
        f"{department}没有数源审核员，不能发布受限共享的点位；"
        "请先由安全管理员为该部门设置数源审核员，或改为无条件共享、非共享。"
    )


def no_reviewer(row: int, department: str) -> Problem:
    """The same as a problem of a row."""
    return Problem(row, BY_FIELD["sharing_level"].head, sentence_for(department), "no_reviewer")


def _of(change: Change, name: str) -> Any:
    value = change.proposed.get(name)
    return value if value is not None else getattr(change.camera, name)
