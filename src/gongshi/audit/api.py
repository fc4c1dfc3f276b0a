"""The record over JSON: events for the auditor, the register for whom it concerns."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django_filters import FilterSet
from ninja import Query, Router, Schema, Status
from ninja.pagination import paginate

from gongshi.audit import auditing, queries
from gongshi.audit.filters import AccessRecordFilter, AuditEventFilter
from gongshi.audit.models import AccessRecord, AuditEvent, Bundle, Seal, Verification
from gongshi.audit.rules import Permission
from gongshi.audit.views import reader, sheet_of
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


class SealOut(Schema):
    number: int
    sealed_at: datetime
    rows: int
    algorithm: str
    previous: str
    digest: str
    signature: str
    key_id: str


class DailySealOut(Schema):
    day: date
    outlet: str
    seal_number: int
    digest: str
    sent_at: datetime


class ForwardingOut(Schema):
    """A place outside to which events are told; `failure` is empty while it takes them."""

    outlet: str
    sent_at: datetime | None
    failure: str
    failing_since: datetime | None


class SealingOut(Schema):
    """`unsealed` rows wait for a seal; `late_since` is null while nobody need worry."""

    last: SealOut | None
    unsealed: int
    late_since: datetime | None
    daily: list[DailySealOut]
    forwardings: list[ForwardingOut]


class VerificationIn(Schema):
    """Both days may be left open."""

    since: date | None = None
    until: date | None = None


class VerificationOut(VerificationIn):
    id: int
    state: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    rows: int
    seals: int
    is_whole: bool | None
    findings: list[str]
    failure: str


class BundleIn(Schema):
    """Months as `2026-11`, both included."""

    from_month: str
    until_month: str


class BundleOut(BundleIn):
    id: int
    state: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    rows: int
    size: int
    digest: str
    failure: str
    confirmed_at: datetime | None
    confirmed_by: str


class ConfirmationIn(Schema):
    """The SHA-256 of the kept copy in hex."""

    digest: str


@router.get("/events", response=list[AuditEventOut])
@paginate(CountedPagination)
def list_events(request: HttpRequest, asked: Query[EventsAsked]) -> QuerySet[AuditEvent]:
    """审计日志, newest first. `count` beyond 10000 means “and more”: narrow the days."""
    authorise(request.user, Permission.ReadEvents)
    return _chosen(AuditEventFilter, asked, queries.events()).qs


@router.get("/events/{int:event_id}", response=WholeEventOut)
def read_event(request: HttpRequest, event_id: int) -> AuditEvent:
    """One event with all that it changed."""
    authorise(request.user, Permission.ReadEvents)
    return queries.event_of(event_id)


@router.get("/register", response=list[AccessRecordOut])
@paginate(CountedPagination)
def list_register(request: HttpRequest, asked: Query[LooksAsked]) -> QuerySet[AccessRecord]:
    """信息调用登记 as far as it concerns the person, newest first. `count` as of the events."""
    authorise(request.user, Permission.ReadRegister)
    return _chosen(AccessRecordFilter, asked, queries.register(reader(request))).qs


@router.get("/register/sheet")
def take_out_sheet(request: HttpRequest, asked: Query[LooksAsked]) -> HttpResponse:
    """信息调用登记表: the same looks as a workbook in the layout of the paper form; an event."""
    authorise(request.user, Permission.ReadRegister)
    who = reader(request)
    return sheet_of(who, _chosen(AccessRecordFilter, asked, queries.register(who)))


@router.get("/seals", response=list[SealOut])
@paginate(CountedPagination)
def list_seals(request: HttpRequest) -> QuerySet[Seal]:
    """封条, newest first."""
    authorise(request.user, Permission.ReadSeals)
    return queries.seals()


@router.get("/sealing", response=SealingOut)
def read_sealing(request: HttpRequest) -> queries.SealingState:
    """How the sealing goes: what waits, since when it is late, what was told outside, what failed."""
    authorise(request.user, Permission.ReadSeals)
    return queries.sealing_state()


@router.post("/verifications", response={201: VerificationOut})
def ask_verification(request: HttpRequest, asked: VerificationIn) -> Status[Verification]:
    """Have the record verified; ask for the verification until its state is `done` or `failed`."""
    return Status(201, auditing.ask_verification(actor=request.user, **asked.model_dump()))


@router.get("/verifications", response=list[VerificationOut])
@paginate
def list_verifications(request: HttpRequest) -> QuerySet[Verification]:
    """校验, newest first."""
    authorise(request.user, Permission.ReadSeals)
    return queries.verifications()


@router.get("/verifications/{int:verification_id}", response=VerificationOut)
def read_verification(request: HttpRequest, verification_id: int) -> Verification:
    authorise(request.user, Permission.ReadSeals)
    return queries.verification_of(verification_id)


@router.get("/bundles", response=list[BundleOut])
@paginate
def list_bundles(request: HttpRequest) -> QuerySet[Bundle]:
    """审计归档, newest first."""
    authorise(request.user, Permission.ExportRecord)
    return queries.bundles()


@router.post("/bundles", response={201: BundleOut})
def ask_bundle(request: HttpRequest, asked: BundleIn) -> Status[Bundle]:
    """Have months of the record written into one file that `tools/verify_bundle.py` verifies."""
    return Status(201, auditing.ask_bundle(actor=request.user, **asked.model_dump()))


@router.get("/bundles/{int:bundle_id}", response=BundleOut)
def read_bundle(request: HttpRequest, bundle_id: int) -> Bundle:
    authorise(request.user, Permission.ExportRecord)
    return queries.bundle_of(bundle_id)


@router.get("/bundles/{int:bundle_id}/file")
def download_bundle(request: HttpRequest, bundle_id: int) -> FileResponse:
    """The zip, as long as it is not confirmed."""
    authorise(request.user, Permission.ExportRecord)
    path = auditing.download_bundle(actor=request.user, bundle=queries.bundle_of(bundle_id))
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


@router.post("/bundles/{int:bundle_id}/confirmation", response=BundleOut)
def confirm_bundle(request: HttpRequest, bundle_id: int, given: ConfirmationIn) -> Bundle:
    """The auditor keeps the file safely; the server's copy is deleted."""
    authorise(request.user, Permission.ExportRecord)
    bundle = queries.bundle_of(bundle_id)
    return auditing.confirm_bundle(actor=request.user, bundle=bundle, digest=given.digest)


def _chosen(filters: type[FilterSet], asked: Schema, rows: QuerySet[Any]) -> FilterSet:
    """The filters of the page with what is asked for. Raises Invalid with the field at fault."""
    chosen = filters(asked.model_dump(exclude_none=True), rows)
    for field, problems in chosen.form.errors.items():
        raise Invalid("；".join(str(problem) for problem in problems), field=field)
    return chosen
