"""The record over JSON, for the auditor."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.pagination import paginate

from gongshi.audit import queries
from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.audit.rules import Permission
from gongshi.kernel.authority import authorise

router = Router(tags=["安全审计"])


class AuditEventOut(Schema):
    id: int
    at: datetime
    actor_account: str
    actor_name: str
    actor_department: str
    action: str
    object_type: str
    object_id: str
    object_label: str
    succeeded: bool
    reason: str
    address: str | None
    request_id: str
    entry_hash: str


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


@router.get("/events", response=list[AuditEventOut])
@paginate
def list_events(request: HttpRequest) -> QuerySet[AuditEvent]:
    """审计日志, newest first."""
    authorise(request.user, Permission.ReadEvents)
    return queries.events()


@router.get("/register", response=list[AccessRecordOut])
@paginate
def list_register(request: HttpRequest) -> QuerySet[AccessRecord]:
    """信息调用登记, newest first."""
    authorise(request.user, Permission.ReadWholeRegister)
    return queries.register()
