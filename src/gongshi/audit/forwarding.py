"""Events are told to places outside as they come: nothing is left out, some may come twice (等保 level 3).

What is told is settled: no event before the kept position can appear any more. The position moves on only
when the other side has the batch, so a place that was away gets everything when it is back.
"""

import json
from datetime import datetime
from typing import Any, Final

from gongshi.audit.models import AuditEvent, Forwarding
from gongshi.audit.outlets import Message, Outlet, Severity
from gongshi.audit.plain_rows import plain_row
from gongshi.audit.sealing import settled_position
from gongshi.audit.stored import rows_between
from gongshi.kernel import clock

BATCH: Final = 500


def forward(outlet: Outlet) -> int:
    """Tell one place all that it has not got; gives how many events. A failure is noted, not raised."""
    mark, _ = Forwarding.objects.get_or_create(outlet=outlet.address)
    sent = 0
    while (end := _end(mark.position)) > mark.position:
        messages = [_message(row) for row in _events(mark.position, end)]
        try:
            outlet.send(messages)
        except OSError as error:
            _note_failure(mark, error)
            break
        mark.position, mark.sent_at, mark.failure, mark.failing_since = end, clock.now(), "", None
        mark.save()
        sent += len(messages)
    return sent


def _end(start: int) -> int:
    """Where the next batch ends: between two transactions, so that a position says all."""
    waiting = AuditEvent.objects.filter(position__gte=start, position__lt=settled_position())
    positions = [*waiting.order_by("position", "id").values_list("position", flat=True)[: BATCH + 1]]
    if len(positions) <= BATCH:
        return positions[-1] + 1 if positions else start
    first, beyond = positions[0], positions[-1]
    return beyond if beyond > first else beyond + 1


def _events(start: int, end: int) -> list[dict[str, Any]]:
    return [plain_row(AuditEvent, row) for row in rows_between(AuditEvent, start, end)]


def _message(event: dict[str, Any]) -> Message:
    severity = Severity.NOTICE if event["succeeded"] == "true" else Severity.WARNING
    text = json.dumps(event, ensure_ascii=False)
    return Message(datetime.fromisoformat(event["at"]), event["action"].replace(":", "."), text, severity)


def _note_failure(mark: Forwarding, error: OSError) -> None:
    mark.failure = str(error)[:300] or type(error).__name__
    mark.failing_since = mark.failing_since or clock.now()
    mark.save()
