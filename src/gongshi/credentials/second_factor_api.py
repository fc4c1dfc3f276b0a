"""二次验证 over JSON."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.pagination import paginate

from gongshi.credentials import one_time_codes, proposals, second_factor, steps
from gongshi.credentials.rules import Permission
from gongshi.credentials.second_factor_queries import people_with_factors, person_by_account
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise

router = Router(tags=["二次验证"])


class SecondFactorOut(Schema):
    is_set: bool
    is_needed: bool
    recovery_codes_left: int


class ProposalOut(Schema):
    """`uri` is what authenticator apps read from a QR code, `secret` what one types instead."""

    secret: str
    uri: str


class PasswordIn(Schema):
    """The own password, once more."""

    password: str


class CodeIn(PasswordIn):
    """`code` is what the app shows for the secret that was proposed in this session."""

    code: str


class RecoveryCodesOut(Schema):
    """Shown this once; each is good once."""

    recovery_codes: list[str]


class HolderOut(Schema):
    account: str
    name: str
    department: str
    roles: list[str]
    factor_since: datetime | None
    factor_used_at: datetime | None

    @staticmethod
    def resolve_department(person: Person) -> str:
        return person.department_name

    @staticmethod
    def resolve_roles(person: Person) -> list[str]:
        return sorted(person.roles)


class ResetIn(Schema):
    reason: str


@router.get("/second-factor", response=SecondFactorOut)
def own_second_factor(request: HttpRequest) -> dict[str, bool | int]:
    """The own second factor."""
    person = signed_in(request)
    return {
        "is_set": second_factor.has_second_factor(person),
        "is_needed": second_factor.needs_second_factor(person),
        "recovery_codes_left": second_factor.recovery_codes_left(person),
    }


@router.post("/second-factor/proposal", response=ProposalOut)
def propose_second_factor(request: HttpRequest) -> dict[str, str]:
    """A secret to be taken into an authenticator app."""
    secret = proposals.propose(request.session)
    return {"secret": secret, "uri": one_time_codes.enrolment_uri(secret, signed_in(request).account)}


@router.post("/second-factor", response={201: RecoveryCodesOut})
def set_second_factor(request: HttpRequest, body: CodeIn) -> Status[dict[str, list[str]]]:
    """启用或更换二次验证."""
    secret = proposals.proposed(request.session)
    codes = second_factor.set_second_factor(actor=signed_in(request), secret=secret, **body.dict())
    proposals.forget(request.session)
    steps.look_again(request)
    return Status(201, {"recovery_codes": codes})


@router.post("/second-factor/recovery-codes", response={201: RecoveryCodesOut})
def renew_recovery_codes(request: HttpRequest, body: PasswordIn) -> Status[dict[str, list[str]]]:
    """重新生成恢复码."""
    codes = second_factor.renew_recovery_codes(actor=signed_in(request), **body.dict())
    return Status(201, {"recovery_codes": codes})


@router.post("/second-factor/removal", response={204: None})
def remove_second_factor(request: HttpRequest, body: PasswordIn) -> Status[None]:
    """停用二次验证; refused where the role demands one."""
    second_factor.remove_second_factor(actor=signed_in(request), **body.dict())
    return Status(204, None)


@router.get("/second-factors", response=list[HolderOut])
@paginate
def second_factors(request: HttpRequest) -> QuerySet[Person]:
    """Who holds a second factor, for the security administrator and the auditor."""
    authorise(signed_in(request), Permission.ReadSecondFactors)
    return people_with_factors()


@router.post("/second-factors/{account}/reset", response={204: None})
def reset_second_factor(request: HttpRequest, account: str, body: ResetIn) -> Status[None]:
    """重置二次验证, by the security administrator."""
    authorise(signed_in(request), Permission.ReadSecondFactors)
    person = person_by_account(account)
    second_factor.reset_second_factor(actor=signed_in(request), person=person, reason=body.reason)
    return Status(204, None)
