"""What an event changed, field by field, as a person reads it."""

import json
from dataclasses import dataclass
from typing import Any

from gongshi.audit.models import AuditEvent


@dataclass(frozen=True)
class FieldChange:
    """One field before and after; None where there was nothing."""

    name: str
    before: str | None
    after: str | None

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def changes_of(event: AuditEvent) -> list[FieldChange]:
    """All fields that the event tells of, in the order in which it tells them."""
    before, after = event.before or {}, event.after or {}
    return [
        FieldChange(name, _text(before, name), _text(after, name))
        for name in dict.fromkeys([*before, *after])
    ]


def _text(values: dict[str, Any], name: str) -> str | None:
    if name not in values:
        return None
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
