"""Reads of the record, scoped to who asks."""

from django.db.models import Q, QuerySet

from gongshi.audit.models import AccessRecord, AuditEvent


def events() -> QuerySet[AuditEvent]:
    """Everything, for the auditor."""
    return AuditEvent.objects.all()


def events_of(things: Q) -> QuerySet[AuditEvent]:
    """What happened to certain things, oldest first, for the pages of those things."""
    return AuditEvent.objects.filter(things).order_by("id")


def register() -> QuerySet[AccessRecord]:
    """信息调用登记 with how each look ended."""
    return AccessRecord.objects.select_related("outcome")
