"""Reads of the record, scoped to who asks."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, Q, QuerySet, TextField

from gongshi.audit import sealing
from gongshi.audit.latest_first import ORDER, LatestFirst
from gongshi.audit.models import AccessRecord, AuditEvent, Bundle, DailySeal, Forwarding, Seal, Verification
from gongshi.audit.rules import Reader, answers_for_department, reads_whole_register
from gongshi.kernel.errors import NotFound

# So many of each stand beside the seals.
LATEST: Final = 5


class Doubled(Func):
    """A text, or two, with each letter twice: so words of two letters have trigrams (migration 0004)."""

    function = "audit_doubled"
    output_field = TextField()


class Words(Func):
    """The words of Latin letters and digits in a text, or two: the parts of a number (migration 0004)."""

    function = "audit_words"
    output_field = SearchVectorField()


def doubled(text: str) -> str:
    """What `Doubled` makes of a text."""
    return "".join(letter * 2 for letter in text.lower())


def words(text: str) -> SearchQuery | None:
    """All words of a text, of which the last may be only begun; None when it has other letters or none."""
    found = re.findall(r"[a-z0-9]+", text.lower())
    return (
        SearchQuery(" & ".join(found) + ":*", search_type="raw", config="simple")
        if text.isascii() and found
        else None
    )


def events() -> QuerySet[AuditEvent]:
    """Everything, for the auditor, newest first."""
    return LatestFirst(AuditEvent).order_by(*ORDER)


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
    asked = words(text)
    if asked is not None:
        named = events.alias(actor_words=Words(F("actor_name"), F("actor_account")))
        found = named.filter(actor_words=asked)
        return found.filter(Q(actor_name__icontains=text) | Q(actor_account__icontains=text))
    texts = events.alias(actor_letters=Doubled(F("actor_name"), F("actor_account")))
    return texts.filter(actor_letters__contains=doubled(text))


def by_object(events: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """Those that happened to things whose label has this text in it; two letters at least.

    Numbers are found by whole parts, of which the last may be only begun: XQ-2026-0001, 000123.
    """
    asked = words(text)
    if asked is not None:
        found = events.alias(object_words=Words(F("object_label"))).filter(object_words=asked)
        return found.filter(object_label__icontains=text)
    texts = events.alias(object_letters=Doubled(F("object_label")))
    return texts.filter(object_letters__contains=doubled(text))


def register(reader: Reader) -> QuerySet[AccessRecord]:
    """信息调用登记 with how each look ended, newest first.

    A source department sees the looks at its cameras, a department those of its people, each with those
    of the departments merged into it; the bureau and the auditor all.
    """
    records = AccessRecord.objects.select_related("outcome").order_by("-opened_at", "-id")
    return records.filter(_scope(reader))


def _scope(reader: Any) -> Q:
    if reads_whole_register(reader):
        return Q()
    if answers_for_department(reader):
        own = _departments_of(reader)
        return Q(source_department_id__in=own) | Q(department_id__in=own)
    return Q(pk__in=[])


def _departments_of(reader: Reader) -> list[int]:
    """The reader's department and those that became part of it; numbers, so that the indexes serve both."""
    merged = reader.department.merged.values_list("pk", flat=True)
    return [reader.department_id, *merged]


def seals() -> QuerySet[Seal]:
    """All seals, newest first, without their outlines."""
    return Seal.objects.order_by("-number").defer("outline")


@dataclass(frozen=True)
class SealingState:
    """How the sealing goes; `late_since` is None while nobody need worry."""

    last: Seal | None
    unsealed: int
    late_since: datetime | None
    daily: list[DailySeal]
    forwardings: list[Forwarding]
    verifications: list[Verification]


def sealing_state() -> SealingState:
    return SealingState(
        last=seals().first(),
        unsealed=sealing.unsealed(),
        late_since=sealing.late_since(),
        daily=list(DailySeal.objects.all()[:LATEST]),
        forwardings=list(Forwarding.objects.all()),
        verifications=list(verifications()[:LATEST]),
    )


def verifications() -> QuerySet[Verification]:
    return Verification.objects.all()


def verification_of(verification_id: int) -> Verification:
    """Raises NotFound."""
    found = Verification.objects.filter(pk=verification_id).first()
    if found is None:
        raise NotFound("没有这次校验，请返回“封条与校验”页面查看。")
    return found


def bundles() -> QuerySet[Bundle]:
    return Bundle.objects.all()


def bundle_of(bundle_id: int) -> Bundle:
    """Raises NotFound."""
    found = Bundle.objects.filter(pk=bundle_id).first()
    if found is None:
        raise NotFound("没有这份归档，请返回“审计归档”页面查看。")
    return found
