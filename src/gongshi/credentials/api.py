"""Passwords, locks, undertakings and the steps after a log-in, over JSON."""

from datetime import date, datetime

from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.pagination import paginate

from gongshi.credentials import lockout, passwords, queries, undertaking
from gongshi.credentials.models import Guard, UndertakingAcceptance, UndertakingVersion
from gongshi.credentials.rules import Permission
from gongshi.credentials.second_factor_queries import person_by_account
from gongshi.credentials.steps import look_again, missing_step
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise

router = Router(tags=["凭证"])


class StepOut(Schema):
    """`step` is what to do before all else: password, second_factor, undertaking, or "" for nothing."""

    step: str
    sentence: str


class ChangePasswordIn(Schema):
    old: str
    new: str


class ReasonIn(Schema):
    reason: str


class NewPasswordOut(Schema):
    """Told this one time."""

    password: str


class LockOut(Schema):
    id: int
    kind: str
    account: str | None = Field(None, alias="person.account")
    address: str | None
    failures: int
    last_failed_at: datetime
    locked_until: datetime


class UndertakingOut(Schema):
    number: int
    text: str
    in_force_on: date


class SignatureIn(Schema):
    """`version` is the one that was read, `name` the signer's own name."""

    version: int
    name: str


class UndertakingIn(Schema):
    text: str
    in_force_on: date


class AcceptanceOut(Schema):
    account: str = Field(alias="person.account")
    name: str = Field(alias="person.name")
    department_name: str
    version: int = Field(alias="version.number")
    accepted_at: datetime
    address: str | None


@router.get("/step", response=StepOut)
def missing(request: HttpRequest) -> dict[str, str]:
    """What the signed-in person must do first."""
    step = missing_step(request, signed_in(request))
    return {"step": step.name, "sentence": step.sentence} if step else {"step": "", "sentence": ""}


@router.post("/password", response={204: None})
def change_password(request: HttpRequest, body: ChangePasswordIn) -> Status[None]:
    """修改密码; this session goes on under a new key, all others end."""
    person = signed_in(request)
    passwords.change_password(actor=person, **body.dict())
    update_session_auth_hash(request, person)
    look_again(request)
    return Status(204, None)


@router.post("/passwords/{account}/reset", response=NewPasswordOut)
def reset_password(request: HttpRequest, account: str, body: ReasonIn) -> dict[str, str]:
    """重置密码, by the security administrator."""
    actor = signed_in(request)
    authorise(actor, Permission.ResetPassword)
    person = person_by_account(account)
    return {"password": passwords.reset_password(actor=actor, person=person, reason=body.reason)}


@router.get("/locks", response=list[LockOut])
@paginate
def list_locks(request: HttpRequest) -> QuerySet[Guard]:
    """锁定的账号 and addresses, for the security administrator and the auditor."""
    authorise(signed_in(request), Permission.ReadLocks)
    return queries.locks()


@router.post("/locks/{lock_id}/lift", response={204: None})
def lift_lock(request: HttpRequest, lock_id: int, body: ReasonIn) -> Status[None]:
    """解除锁定, by the security administrator."""
    actor = signed_in(request)
    authorise(actor, Permission.LiftLock)
    lockout.lift_lock(actor=actor, guard=queries.lock_of(lock_id), reason=body.reason)
    return Status(204, None)


@router.get("/undertaking", response=UndertakingOut)
def undertaking_in_force(request: HttpRequest) -> UndertakingVersion:
    """The 承诺书 that holds today."""
    signed_in(request)
    return undertaking.version_in_force()


@router.post("/undertaking", response={204: None})
def sign_undertaking(request: HttpRequest, body: SignatureIn) -> Status[None]:
    """签署承诺书."""
    undertaking.sign_undertaking(actor=signed_in(request), **body.dict())
    look_again(request)
    return Status(204, None)


@router.get("/undertakings", response=list[UndertakingOut])
@paginate
def list_undertakings(request: HttpRequest) -> QuerySet[UndertakingVersion]:
    """All versions of the 承诺书."""
    authorise(signed_in(request), Permission.ReadUndertakings)
    return queries.versions()


@router.post("/undertakings", response={201: UndertakingOut})
def publish_undertaking(request: HttpRequest, body: UndertakingIn) -> Status[UndertakingVersion]:
    """发布承诺书新版本, by the security administrator."""
    return Status(201, undertaking.publish_undertaking(actor=signed_in(request), **body.dict()))


@router.get("/acceptances", response=list[AcceptanceOut])
@paginate
def list_acceptances(request: HttpRequest) -> QuerySet[UndertakingAcceptance]:
    """Who accepted which version: all, or the own department's people for its data specialist."""
    person = signed_in(request)
    authorise(person, Permission.ReadAcceptances)
    return queries.acceptances(person)
