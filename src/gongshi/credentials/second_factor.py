"""The second factor (等保 level 3, 身份鉴别 d): codes of an authenticator app, beside them recovery codes.

The tables and the stage of the login are allauth's. The acts are ours: each asks for the password again and
is one transaction with its event; a code is taken once, whichever process is asked.
"""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction
from django.db.models import QuerySet

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.credentials import lockout, one_time_codes
from gongshi.credentials.passwords import confirm_password
from gongshi.credentials.policy import SECOND_FACTOR_FOR_VIEWERS
from gongshi.credentials.rules import Permission
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.identity.signals import rights_ended
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid

Kind = Authenticator.Type
# Whoever administers, compiles, decides or implements; who only watches, where the installation asks for it.
ALWAYS = frozenset(Role) - {Role.VIEWER, Role.DEPARTMENT_HEAD}
WRONG_CODE = "验证码不正确、已用过或已过期，请核对手机时间后填写新的验证码。"


def needs_second_factor(person: Person) -> bool:
    """Whether this person may not go on without one: a query for viewers and heads, none for the others."""
    return bool(person.roles & ALWAYS) or SECOND_FACTOR_FOR_VIEWERS.value() == 1


def has_second_factor(person: Person) -> bool:
    """Whether this person is asked for a code after the password."""
    return second_factor_of(person) is not None


def second_factor_of(person: Person) -> Authenticator | None:
    """What the person holds. Recovery codes alone are no factor."""
    return _held(person).filter(type=Kind.TOTP).first()


def recovery_codes_left(person: Person) -> int:
    held = _held(person).filter(type=Kind.RECOVERY_CODES).first()
    return len(RecoveryCodes(held).get_unused_codes()) if held else 0


def set_second_factor(*, actor: Person, secret: str, code: str, password: str) -> list[str]:
    """Take the app that shows `code` for `secret` as the own second factor, instead of the one before.

    Gives ten recovery codes, which are shown this once. Raises Invalid for a wrong password or code.
    """
    authorise(actor, Permission.KeepOwnSecondFactor)
    confirm_password(person=actor, password=password)
    with transaction.atomic():
        _lock(actor)
        step = one_time_codes.matching_step(secret, code, after=0)
        if step is None:
            raise Invalid(WRONG_CODE, field="code")
        replaced = has_second_factor(actor)
        _held(actor).delete()
        Authenticator.objects.create(
            user=actor, type=Kind.TOTP, data={"secret": encrypt(secret), "last_step": step}
        )
        record(AuditAction.SecondFactorSet, actor=actor, thing=actor, reason="更换" if replaced else "启用")
        return _new_recovery_codes(actor)


def renew_recovery_codes(*, actor: Person, password: str) -> list[str]:
    """Ten new recovery codes; the old ones are good no longer. Raises Invalid, Conflict without a factor."""
    authorise(actor, Permission.KeepOwnSecondFactor)
    confirm_password(person=actor, password=password)
    with transaction.atomic():
        _lock(actor)
        if not has_second_factor(actor):
            raise Conflict("您还没有启用二次验证，请先启用。")
        _held(actor).filter(type=Kind.RECOVERY_CODES).delete()
        record(AuditAction.RecoveryCodesRenewed, actor=actor, thing=actor)
        return _new_recovery_codes(actor)


def remove_second_factor(*, actor: Person, password: str) -> None:
    """Give up the own second factor. Raises Conflict where the role demands one, or there is none."""
    authorise(actor, Permission.KeepOwnSecondFactor)
    confirm_password(person=actor, password=password)
    with transaction.atomic():
        _lock(actor)
        if needs_second_factor(actor):
            raise Conflict("您的角色必须使用二次验证，不能停用；更换手机请用“更换验证器”。")
        if not has_second_factor(actor):
            raise Conflict("您没有启用二次验证，无需停用。")
        _held(actor).delete()
        record(AuditAction.SecondFactorRemoved, actor=actor, thing=actor)


@transaction.atomic
def reset_second_factor(*, actor: Person | None, person: Person, reason: str) -> None:
    """Take the second factor from somebody who has lost it, and end what he has open; he sets a new one.

    `actor=None` is who runs the installation. Raises Invalid without a reason, Conflict when there is none.
    """
    if actor:
        authorise(actor, Permission.ResetSecondFactor, person)
    if not reason.strip():
        raise Invalid("请填写重置理由，例如“手机丢失，已当面核验身份”。", field="reason")
    _lock(person)
    if not has_second_factor(person):
        raise Conflict(f"{person.name}没有启用二次验证，无需重置。")
    _held(person).delete()
    record(AuditAction.SecondFactorReset, actor=actor, thing=person, reason=reason.strip())
    rights_ended.send(sender=Person, person=person, why="二次验证已被重置")


def use_code(*, person: Person, code: str) -> Authenticator:
    """Take a code at the login, of the app or a recovery code, and give what it belongs to.

    Raises Invalid for a wrong one, which counts as a wrong password does, and LockedOut after too many.
    """
    authorise(person, Permission.KeepOwnSecondFactor)  # not who was locked since he gave his password
    taken = lockout.guarded(person.account, "验证码", lambda: _take(person, code))
    if taken is None:
        raise Invalid(WRONG_CODE, field="code")
    return taken


@transaction.atomic
def _take(person: Person, code: str) -> Authenticator | None:
    accepts: dict[str, Callable[[Authenticator, str], bool]] = {
        Kind.TOTP: _accepts_code,
        Kind.RECOVERY_CODES: _accepts_recovery_code,
    }
    held = _held(person).select_for_update().order_by("-type")
    taken = next((factor for factor in held if accepts[factor.type](factor, code)), None)
    if taken and taken.type == Kind.RECOVERY_CODES:
        left = recovery_codes_left(person)
        record(AuditAction.RecoveryCodeUsed, actor=person, thing=person, after={"left": left})
    return taken


def _accepts_code(factor: Authenticator, code: str) -> bool:
    """The last step that was used is kept in the row, which is locked: no process takes a code again."""
    step = one_time_codes.matching_step(decrypt(factor.data["secret"]), code, after=factor.data["last_step"])
    if step is None:
        return False
    factor.data["last_step"] = step
    factor.save(update_fields=["data"])
    return True


def _accepts_recovery_code(factor: Authenticator, code: str) -> bool:
    return bool(RecoveryCodes(factor).validate_code(code))


def _new_recovery_codes(person: Person) -> list[str]:
    return [f"{code[:4]}-{code[4:]}" for code in RecoveryCodes.activate(person).generate_codes()]


def _held(person: Person) -> QuerySet[Authenticator]:
    held: QuerySet[Authenticator] = Authenticator.objects.filter(user=person)
    return held.filter(type__in=[Kind.TOTP, Kind.RECOVERY_CODES])


def _lock(person: Person) -> None:
    Person.objects.select_for_update().get(pk=person.pk)
