"""Writing the record. Every action of every room calls `record` in its own transaction."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from gongshi.audit.fields import KeptText, json_text
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.audit.origin import current_origin
from gongshi.kernel import clock
from gongshi.kernel.bulk_rows import insert_rows

AT_ONCE: Final = 1_000


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
    """One event for each of many things to which the same happened, in a few statements.

    The entries are taken by and by. Their `before` and `after` are JSON as they stand, with texts as keys.
    """
    common, following = _common(action, actor), iter(entries)
    while some := list(islice(following, AT_ONCE)):
        insert_rows(
            [
                AuditEvent(
                    at=clock.now(),
                    **common,
                    **_of_thing(entry),
                    before=_kept(entry.before),
                    after=_kept(entry.after),
                )
                for entry in some
            ]
        )


def _event(action: AuditAction, actor: Actor | None, entry: Entry, *, succeeded: bool = True) -> AuditEvent:
    return AuditEvent(
        at=clock.now(),
        succeeded=succeeded,
        **_common(action, actor),
        **_of_thing(entry),
        before=_plain(entry.before),
        after=_plain(entry.after),
    )


def _common(action: AuditAction, actor: Actor | None) -> dict[str, Any]:
    """What is the same in all events of one act: who, what, and from where."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event belongs to the transaction of the change it records")
    origin = current_origin()
    return {
        "actor_id": actor.pk if actor else None,
        "actor_account": actor.account if actor else "",
        "actor_name": actor.name if actor else "系统",
        "actor_department": actor.department_name if actor else "",
        "actor_roles": actor.role_names if actor else "",
        "action": action.value,
        "address": origin.address,
        "user_agent": origin.user_agent,
        "request_id": origin.request_id,
    }


def _of_thing(entry: Entry) -> dict[str, str]:
    return {
        "object_type": entry.thing._meta.label_lower,
        "object_id": str(entry.thing.pk or ""),
        "object_label": entry.label or str(entry.thing),
        "reason": entry.reason,
    }


def _kept(values: dict[str, Any] | None) -> KeptText | None:
    return None if values is None else KeptText(json_text(values))


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else json.loads(json.dumps(values, cls=DjangoJSONEncoder))
