"""Refused acts (等保 level 3, 安全审计 b): noted while a request is served, written when it is done.

The refused act itself is rolled back, so its event has a transaction of its own. What a person may not know
of is not found by the scoped query before anybody is asked, and leaves no event.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models, transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.origin import current_origin
from gongshi.kernel.authority import refused


@dataclass(frozen=True)
class Refusal:
    """Who was refused what, on which thing; the thing is None where the permission has none."""

    person: Any
    permission: StrEnum
    thing: object | None


def note_refusal(person: Any, permission: StrEnum, thing: object | None, **_: Any) -> None:
    """Remember a refusal until its request is done; strangers are told to sign in and leave no event."""
    if getattr(person, "is_authenticated", False):
        current_origin().refusals.append(Refusal(person, permission, thing))


def write_refusals(tried: str) -> None:
    """Write what the request in hand was refused; `tried` is its method and path."""
    refusals = current_origin().refusals
    if not refusals:
        return
    with transaction.atomic():
        for refusal in refusals:
            known = isinstance(refusal.thing, models.Model)
            record(
                AuditAction.ActRefused,
                actor=refusal.person,
                thing=refusal.thing if known else refusal.person,
                after={"permission": refusal.permission, "request": tried[:300]},
                succeeded=False,
            )


def connect() -> None:
    """Listen to the gate."""
    refused.connect(note_refusal, dispatch_uid="audit.note_refusal")
