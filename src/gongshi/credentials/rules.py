"""Who may see and lift locks, reset passwords, and keep the undertaking."""

from enum import StrEnum

import rules

from gongshi.identity.models import Person
from gongshi.identity.rules import is_audit_administrator, is_data_specialist, is_security_administrator


class Permission(StrEnum):
    AcceptUndertaking = "credentials:undertaking:accept"
    ChangeOwnPassword = "credentials:password:change_own"
    KeepOwnSecondFactor = "credentials:second_factor:keep_own"
    LiftLock = "credentials:lock:lift"
    PublishUndertaking = "credentials:undertaking:publish"
    ReadAcceptances = "credentials:acceptance:read"
    ReadLocks = "credentials:lock:read"
    ReadSecondFactors = "credentials:second_factor:read"
    ReadUndertakings = "credentials:undertaking:read"
    ResetPassword = "credentials:password:reset"
    ResetSecondFactor = "credentials:second_factor:reset"


@rules.predicate
def is_another(person: Person, other: Person | None) -> bool:
    return other is None or other.pk != person.pk


rules.add_perm(Permission.AcceptUndertaking, rules.always_allow)
rules.add_perm(Permission.ChangeOwnPassword, rules.always_allow)
rules.add_perm(Permission.KeepOwnSecondFactor, rules.always_allow)
rules.add_perm(Permission.LiftLock, is_security_administrator)
rules.add_perm(Permission.PublishUndertaking, is_security_administrator)
rules.add_perm(
    Permission.ReadAcceptances, is_security_administrator | is_audit_administrator | is_data_specialist
)
rules.add_perm(Permission.ReadLocks, is_security_administrator | is_audit_administrator)
rules.add_perm(Permission.ReadSecondFactors, is_security_administrator | is_audit_administrator)
rules.add_perm(Permission.ReadUndertakings, is_security_administrator | is_audit_administrator)
rules.add_perm(Permission.ResetPassword, is_security_administrator & is_another)
rules.add_perm(Permission.ResetSecondFactor, is_security_administrator & is_another)
