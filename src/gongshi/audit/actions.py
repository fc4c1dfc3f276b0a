"""Writing the record. Every action of every room calls `record` in its own transaction."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.audit.origin import current_origin
from gongshi.kernel import clock


class Actor(Protocol):
    """The person who acts, as the record needs to know them for ever."""

    @property
    def pk(self) -> Any: ...
    @property
    def account(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def department_name(self) -> str: ...
    @property
    def role_names(self) -> str: ...


def record(
    action: AuditAction,
    *,
    actor: Actor | None,
    thing: models.Model,
    label: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    succeeded: bool = True,
) -> AuditEvent:
    """Write one event. Must run inside the transaction of the change it records (fail closed).

    `actor=None` is the system itself (系统自动判定, timers). `before` and `after` hold only what changed, and
    never a secret, a password or a camera address.
    """
    event = _event(action, actor, Entry(thing, label, before, after, reason), succeeded=succeeded)
    event.save(force_insert=True)
    return event


@dataclass(frozen=True)
class Entry:
    """What `record_many` writes of one thing; the fields mean what they mean in `record`."""

    thing: models.Model
    label: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""


def record_many(action: AuditAction, *, actor: Actor | None, entries: Iterable[Entry]) -> None:
    """One event for each of many things to which the same happened, in a few statements."""
    AuditEvent.objects.bulk_create((_event(action, actor, entry) for entry in entries), batch_size=1000)


def _event(action: AuditAction, actor: Actor | None, entry: Entry, *, succeeded: bool = True) -> AuditEvent:
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event belongs to the transaction of the change it records")
    origin = current_origin()
    return AuditEvent(
        at=clock.now(),
        actor_id=actor.pk if actor else None,
        actor_account=actor.account if actor else "",
        actor_name=actor.name if actor else "系统",
        actor_department=actor.department_name if actor else "",
        actor_roles=actor.role_names if actor else "",
        action=action,
        object_type=entry.thing._meta.label_lower,
        object_id=str(entry.thing.pk or ""),
        object_label=entry.label or str(entry.thing),
        succeeded=succeeded,
        reason=entry.reason,
        before=_plain(entry.before),
        after=_plain(entry.after),
        address=origin.address,
        user_agent=origin.user_agent,
        request_id=origin.request_id,
    )


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else json.loads(json.dumps(values, cls=DjangoJSONEncoder))
