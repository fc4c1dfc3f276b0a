"""The record over JSON: events for the auditor, the register for whom it concerns."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters import FilterSet
from ninja import Query, Router, Schema
from ninja.pagination import paginate

from gongshi.audit import queries
from gongshi.audit.filters import AccessRecordFilter, AuditEventFilter
from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.audit.rules import Permission
from gongshi.audit.views import reader
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid
from gongshi.kernel.paging import CountedPagination

router = Router(tags=["安全审计"])


class AuditEventOut(Schema):
    id: int
    at: datetime
    actor_account: str
    actor_name: str
    actor_department: str
    actor_roles: str
    action: str
    object_type: str
    object_id: str
    object_label: str
    succeeded: bool
    reason: str
    address: str | None
    request_id: str
    entry_hash: str


class WholeEventOut(AuditEventOut):
    user_agent: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class OutcomeOut(Schema):
    started_at: datetime | None
    ended_at: datetime
    bytes: int
    ending: str


class AccessRecordOut(Schema):
    id: int
    opened_at: datetime
    kind: str
    reason: str
    camera_code: str
    camera_name: str
    source_department: str
    range_from: datetime | None
    range_to: datetime | None
    person_account: str
    person_name: str
    department_name: str
    grant_number: str
    basis: str
    address: str | None
    outcome: OutcomeOut | None = None

    @staticmethod
    def resolve_outcome(record: AccessRecord) -> object | None:
        return getattr(record, "outcome", None)


class EventsAsked(Schema):
    """The filters of the page; texts of two letters at least."""

    at_after: date | None = None
    at_before: date | None = None
    person: str = ""
    action: str = ""
    object: str = ""
    succeeded: bool | None = None
    address: str = ""
    request_id: str = ""


class LooksAsked(Schema):
    """The filters of the page."""

    opened_at_after: date | None = None
    opened_at_before: date | None = None
    person: str = ""
    department_name: str = ""
    source_department: str = ""
    camera: str = ""
    kind: str = ""
    grant_number: str = ""
    reason: str = ""


@router.get("/events", response=list[AuditEventOut])
@paginate(CountedPagination)
def list_events(request: HttpRequest, asked: Query[EventsAsked]) -> QuerySet[AuditEvent]:
    """审计日志, newest first. `count` beyond 10000 means “and more”: narrow the days."""
    authorise(request.user, Permission.ReadEvents)
    return _found(AuditEventFilter, asked, queries.events())


@router.get("/events/{event_id}", response=WholeEventOut)
def read_event(request: HttpRequest, event_id: int) -> AuditEvent:
    """One event with all that it changed."""
    authorise(request.user, Permission.ReadEvents)
    return queries.event_of(event_id)


@router.get("/register", response=list[AccessRecordOut])
@paginate(CountedPagination)
def list_register(request: HttpRequest, asked: Query[LooksAsked]) -> QuerySet[AccessRecord]:
    """信息调用登记 as far as it concerns the person, newest first. `count` as of the events."""
    authorise(request.user, Permission.ReadRegister)
    return _found(AccessRecordFilter, asked, queries.register(reader(request)))


def _found(filters: type[FilterSet], asked: Schema, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows that the page would show with these filters. Raises Invalid with the field at fault."""
    chosen = filters(asked.model_dump(exclude_none=True), rows)
    for field, problems in chosen.form.errors.items():
        raise Invalid("；".join(problems), field=field)
    return chosen.qs
