"""Changing and resetting passwords, and how long they last (等保 level 3, 身份鉴别 a)."""

from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.credentials.lockout import guarded
from gongshi.credentials.models import PasswordSetting
from gongshi.credentials.policy import PASSWORD_DAYS
from gongshi.credentials.rules import Permission
from gongshi.credentials.signals import password_reset
from gongshi.identity.initial_password import initial_password
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid
from gongshi.notices.actions import notify

WARNING_DAYS: Final = 7
REASON_LENGTH: Final = 300


def days_left(person: Person) -> int | None:
    """Days until the password that its owner chose ends, 0 or less when it has; None: it was given to him."""
    setting = PasswordSetting.objects.filter(person=person).first()
    if setting is None or not setting.by_owner:
        return None
    age = clock.today() - setting.set_at.astimezone(clock.LOCAL_ZONE).date()
    return PASSWORD_DAYS.value() - age.days


def needs_new_password(person: Person) -> bool:
    """At the first log-in, after a reset, and when it has become too old."""
    left = days_left(person)
    return left is None or left <= 0


def is_expiring(left: int | None) -> bool:
    return left is not None and 0 < left <= WARNING_DAYS


def confirm_password(*, person: Person, password: str, field: str = "password") -> None:
    """Let pass who knows his password. Wrong ones count like those at the log-in.

    Raises Invalid, LockedOut; not to be called inside a transaction.
    """
    if guarded(person.account, "密码确认", lambda: person.check_password(password)) is not True:
        raise Invalid("密码不正确，请重新填写。", field=field)


def change_password(*, actor: Person, old: str, new: str) -> None:
    """Set one's own password. Raises Invalid with the field at fault (`old`, `new`), LockedOut."""
    authorise(actor, Permission.ChangeOwnPassword)
    confirm_password(person=actor, password=old, field="old")
    with transaction.atomic():
        _set(Person.objects.select_for_update().get(pk=actor.pk), new, by_owner=True)
        record(AuditAction.PasswordChanged, actor=actor, thing=actor)
    actor.refresh_from_db(fields=["password"])


@transaction.atomic
def reset_password(*, actor: Person | None, person: Person, reason: str) -> str:
    """Give a person a new password, which is told this one time, and which he has to change at once.

    His sessions end. `actor=None` is who runs the installation. Raises Invalid without a reason.
    """
    if actor:
        authorise(actor, Permission.ResetPassword, person)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid(f"请填写重置密码的理由，不超过 {REASON_LENGTH} 个字。", field="reason")
    person = Person.objects.select_for_update().get(pk=person.pk)
    new = initial_password()
    _set(person, new, by_owner=False)
    record(AuditAction.PasswordReset, actor=actor, thing=person, reason=reason)
    notify([person], "您的密码已被重置。如非您本人申请，请立即报告。")
    password_reset.send(sender=Person, person=person)
    return new


def note_own_password(*, person: Person) -> None:
    """Take the password that a person has as chosen by himself, now: a demonstration's, an import's."""
    _note(person, by_owner=True)


def _set(person: Person, new: str, *, by_owner: bool) -> None:
    try:
        validate_password(new, person)
    except ValidationError as error:
        raise Invalid("".join(error.messages), field="new") from None
    if not PasswordSetting.objects.filter(person=person, encoded=person.password).exists():
        _note(person, by_owner=False)  # the first one, which was given with the account
    person.set_password(new)
    person.save(update_fields=["password"])
    _note(person, by_owner=by_owner)


def _note(person: Person, *, by_owner: bool) -> None:
    PasswordSetting.objects.create(
        person=person, encoded=person.password, set_at=clock.now(), by_owner=by_owner
    )
