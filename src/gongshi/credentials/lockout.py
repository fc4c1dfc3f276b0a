"""Guessing is stopped (等保 level 3, 身份鉴别 b): by account, and by address when many accounts are tried.

A try is taken before the secret is looked at and given back when it was right, each in a short transaction
with the account's row locked: parallel guesses, other processes and lost caches have no more tries than one
who waits for each answer. What does not exist is counted like what does.
"""

import hashlib
import hmac
import ipaddress
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F

from gongshi.alerts.actions import raise_alert
from gongshi.alerts.kinds import AlertKind
from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.origin import current_origin
from gongshi.credentials.models import FailedGuess, Guard, GuardKind
from gongshi.credentials.policy import ACCOUNTS_PER_ADDRESS, FAILURES_UNTIL_LOCKED, LOCK_MINUTES
from gongshi.credentials.rules import Permission
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.encryption import masked
from gongshi.kernel.errors import Conflict, GongshiError, Invalid

Found = TypeVar("Found")

REASON_LENGTH = 300


class LockedOut(GongshiError):  # noqa: N818
    """Nothing of this account is looked at for a while; whether it exists is not told."""

    status = 429
    code = "locked_out"


def normalised(account: str) -> str:
    """The one account that all spellings of it mean: capitals, full-width letters, blanks around it."""
    return unicodedata.normalize("NFKC", account).strip().casefold()


def guarded(account: str, stage: str, check: Callable[[], Found | None]) -> Found | None:
    """Let somebody try a secret of this account; `check` gives something true when it was right.

    `stage` is what the record calls it: 密码, 验证码 …. Raises LockedOut, and then `check` was not called.
    Not to be called inside a transaction, which might take the count back.
    """
    key = _digest(normalised(account))
    address = current_origin().address
    person = person_of(account)
    try:
        guard = _take_a_try(key, person, address)
    except LockedOut:
        _record_failure(account, person, stage, reason="已锁定")
        raise
    found = check()
    if found:
        Guard.objects.filter(kind=GuardKind.ACCOUNT, key=key, failures__gt=0).update(
            failures=F("failures") - 1, locked_until=None
        )
    else:
        _count_failure(guard, account, stage, address)
    return found


def forget_failures(person: Person) -> None:
    """A log-in that came to its end: what was mistyped before does not count any more."""
    Guard.objects.filter(kind=GuardKind.ACCOUNT, key=_digest(person.account), failures__gt=0).update(
        failures=0, locked_until=None
    )


@transaction.atomic
def lift_lock(*, actor: Person | None, guard: Guard, reason: str) -> None:
    """解除锁定; `actor=None` is who runs the installation.

    Raises Invalid without a reason, Conflict when it is over already.
    """
    if actor:
        authorise(actor, Permission.LiftLock)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid(f"请填写解除锁定的理由，不超过 {REASON_LENGTH} 个字。", field="reason")
    guard = Guard.objects.select_for_update().get(pk=guard.pk)
    if guard.locked_until is None or guard.locked_until <= clock.now():
        raise Conflict("该锁定已经解除或到期，无需再次解除。")
    before, guard.locked_until, guard.failures = guard.locked_until, None, 0
    guard.save(update_fields=["locked_until", "failures"])
    if guard.kind == GuardKind.ADDRESS:
        FailedGuess.objects.filter(address_key=guard.key).delete()
    record(
        AuditAction.LockLifted,
        actor=actor,
        thing=guard.person or guard,
        label=str(guard),
        before={"locked_until": before},
        reason=reason,
    )


@transaction.atomic(durable=True)
def _take_a_try(key: str, person: Person | None, address: str | None) -> Guard:
    """Count the try before it is made; the guard says whether it is the last one. Raises LockedOut."""
    now = clock.now()
    address_guard = Guard.objects.filter(kind=GuardKind.ADDRESS, key=_address_key(address)).first()
    if address_guard and address_guard.locked_until and address_guard.locked_until > now:
        raise LockedOut("此网络地址登录失败过多，已暂停登录。请稍后再试，或联系安全管理员。")
    guard = _locked_guard(GuardKind.ACCOUNT, key, now, person=person)
    if guard.locked_until is not None and guard.locked_until > now:
        raise LockedOut("验证失败次数过多，已锁定。请稍后再试，或联系安全管理员。")
    minutes = timedelta(minutes=LOCK_MINUTES.value())
    if guard.locked_until is not None or guard.last_failed_at < now - minutes:
        guard.failures = 0
    guard.failures += 1
    guard.last_failed_at = now
    guard.locked_until = now + minutes if guard.failures >= FAILURES_UNTIL_LOCKED.value() else None
    guard.save(update_fields=["failures", "last_failed_at", "locked_until"])
    return guard


@transaction.atomic(durable=True)
def _count_failure(guard: Guard, account: str, stage: str, address: str | None) -> None:
    """The try that was taken stays taken; tell of it, and of the lock when it was the last one.

    Names of nobody are told of as well, so that the answer takes as long for them.
    """
    person = guard.person
    _record_failure(account, person, stage)
    if guard.locked_until is not None:
        after = {"locked_until": guard.locked_until}
        record(AuditAction.LockedOut, actor=None, thing=person or guard, after=after)
        whose = f"账号 {person.account}" if person else "一个不存在的账号"
        sentence = f"{whose}连续 {guard.failures} 次{stage}失败，已锁定。"
        raise_alert(AlertKind.AccountGuessed, person=person, sentence=sentence, address=address)
    _count_address(guard.key, address)


def _count_address(account_key: str, address: str | None) -> None:
    """Lock an address from which too many accounts were tried within the time of a lock."""
    if address is None:
        return
    now, key = clock.now(), _address_key(address)
    minutes = timedelta(minutes=LOCK_MINUTES.value())
    guard = _locked_guard(GuardKind.ADDRESS, key, now, address=address)
    FailedGuess.objects.create(at=now, account_key=account_key, address_key=key)
    recent = FailedGuess.objects.filter(address_key=key, at__gt=now - minutes)
    guard.failures = recent.values("account_key").distinct().count()
    guard.last_failed_at = now
    if guard.failures >= ACCOUNTS_PER_ADDRESS.value():
        guard.locked_until = now + minutes
        record(
            AuditAction.LockedOut,
            actor=None,
            thing=guard,
            label=address,
            after={"locked_until": guard.locked_until, "accounts": guard.failures},
        )
        sentence = f"地址 {address} 对 {guard.failures} 个账号登录失败，已锁定该地址。"
        raise_alert(AlertKind.AddressGuesses, person=None, sentence=sentence, address=address)
    guard.save(update_fields=["failures", "last_failed_at", "locked_until"])


def _locked_guard(
    kind: GuardKind, key: str, now: datetime, *, person: Person | None = None, address: str | None = None
) -> Guard:
    """The row, made when there is none, locked until the end of the transaction."""
    new = Guard(kind=kind, key=key, person=person, address=address, last_failed_at=now)
    Guard.objects.bulk_create([new], ignore_conflicts=True)
    return Guard.objects.select_for_update(of=("self",), no_key=True).get(kind=kind, key=key)


@transaction.atomic
def _record_failure(account: str, person: Person | None, stage: str, reason: str = "") -> None:
    # An account that is none is masked: it may be a password typed into the wrong field.
    label = str(person) if person else f"不存在的账号 {masked(normalised(account)[:32])}"
    record(
        AuditAction.LoginFailed,
        actor=None,
        thing=person or Person(),
        label=label,
        succeeded=False,
        reason=f"{stage}：{reason}" if reason else stage,
    )


def person_of(account: str) -> Person | None:
    """Who this account belongs to, in whatever spelling."""
    name = normalised(account)
    if not name.isascii() or "\0" in name:
        return None
    return Person.objects.select_related("department").filter(account=name).first()


def _digest(text: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _address_key(address: str | None) -> str:
    """An IPv4 address, or the /64 of an IPv6 address, which one customer has as a whole."""
    if address is None:
        return ""
    given = ipaddress.ip_address(address)
    network = ipaddress.ip_network((given, 64), strict=False) if given.version == 6 else given
    return str(network)
