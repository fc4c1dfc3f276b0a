"""Reads of locks and undertakings."""

from django.db.models import Q, QuerySet

from gongshi.credentials.models import Guard, GuardKind, UndertakingAcceptance, UndertakingVersion
from gongshi.identity.models import Person
from gongshi.identity.rules import is_audit_administrator, is_security_administrator
from gongshi.kernel import clock
from gongshi.kernel.errors import NotFound


def locks() -> QuerySet[Guard]:
    """What is locked now: accounts that exist, and addresses."""
    standing = Guard.objects.filter(locked_until__gt=clock.now())
    real = standing.filter(Q(person__isnull=False) | Q(kind=GuardKind.ADDRESS))
    return real.select_related("person__department")


def lock_of(pk: int) -> Guard:
    """A lock that stands. Raises NotFound."""
    found = locks().filter(pk=pk).first()
    if found is None:
        raise NotFound("没有这个锁定，可能已解除或到期。请返回列表查看。")
    return found


def lock_of_account(account: str) -> Guard:
    """The lock of an account. Raises NotFound."""
    found = locks().filter(kind=GuardKind.ACCOUNT, person__account=account).first()
    if found is None:
        raise NotFound("这个账号没有被锁定，请核对账号。")
    return found


def versions() -> QuerySet[UndertakingVersion]:
    return UndertakingVersion.objects.select_related("publisher__department")


def acceptances(person: Person) -> QuerySet[UndertakingAcceptance]:
    """All for the security administrator and the auditor, for others those of the own department's people."""
    found = UndertakingAcceptance.objects.select_related("person__department", "version")
    sees_all = is_security_administrator(person) or is_audit_administrator(person)
    return found if sees_all else found.filter(person__department=person.department_id)
