"""The one gate before every write. What a permission means is declared in each room's `rules.py`."""

from enum import StrEnum
from typing import Any

import rules
from django.dispatch import Signal

from gongshi.kernel.errors import Forbidden

# Somebody was refused; sent with person, permission and thing, often in a transaction that is rolled back.
refused = Signal()


def authorise(person: Any, permission: StrEnum, thing: object | None = None) -> None:
    """Let pass or raise Forbidden. A permission that no room declared refuses everybody.

    Resolve `thing` with a scoped query first: a refusal here tells that the thing exists.
    """
    if not may(person, permission, thing):
        refused.send(sender=None, person=person, permission=permission, thing=thing)
        raise Forbidden("您没有权限进行此操作。如因工作需要，请联系本部门数据专员或安全管理员。")


def may(person: Any, permission: StrEnum | str, thing: object | None = None) -> bool:
    """Whether `authorise` would let this person pass."""
    return bool(
        getattr(person, "is_active", False)
        and rules.perm_exists(permission)
        and rules.has_perm(permission, person, thing)
    )
