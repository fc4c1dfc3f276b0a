"""Reads of the record, scoped to who asks."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.audit.rules import Reader, answers_for_department, reads_whole_register
from gongshi.kernel.errors import NotFound


class LetterPairs(Func):
    """The pairs of letters of a text, or of two: words of two letters are found by them (migration 0004)."""

    function = "audit_letter_pairs"
    output_field = ArrayField(TextField())  # type: ignore[assignment]


def events() -> QuerySet[AuditEvent]:
    """Everything, for the auditor, newest first."""
    return AuditEvent.objects.order_by("-at", "-id")


def event_of(event_id: int) -> AuditEvent:
    """Raises NotFound."""
    event = AuditEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound("没有这条审计日志，或已按保存期限导出归档。")
    return event


def events_of(things: Q) -> QuerySet[AuditEvent]:
    """What happened to certain things, oldest first, for the pages of those things."""
    return AuditEvent.objects.filter(things).order_by("id")


def by_actor(events: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """Those of people whose name or account has this text in it; two letters at least."""
    pairs = events.alias(actor_pairs=LetterPairs(F("actor_name"), F("actor_account")))
    found = pairs.filter(actor_pairs__contains=LetterPairs(Value(text)))
    return found.filter(Q(actor_name__icontains=text) | Q(actor_account__icontains=text))


def by_object(events: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """Those that happened to things whose label has this text in it; two letters at least."""
    pairs = events.alias(object_pairs=LetterPairs(F("object_label")))
    found = pairs.filter(object_pairs__contains=LetterPairs(Value(text)))
    return found.filter(object_label__icontains=text)


def register(reader: Reader) -> QuerySet[AccessRecord]:
    """信息调用登记 with how each look ended, newest first.

    A source department sees the looks at its cameras, a department those of its people, the bureau and the
    auditor all.
    """
    records = AccessRecord.objects.select_related("outcome").order_by("-opened_at", "-id")
    return records.filter(_scope(reader))


def _scope(reader: Any) -> Q:
    if reads_whole_register(reader):
        return Q()
    if answers_for_department(reader):
        own = reader.department_id
        return Q(source_department_id=own) | Q(department_id=own)
    return Q(pk__in=[])
