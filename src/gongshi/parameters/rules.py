"""Who may read and set parameters."""

from enum import StrEnum

import rules

from gongshi.identity.rules import is_audit_administrator, is_system_administrator


class Permission(StrEnum):
    ReadParameters = "parameters:parameter:read"
    SetParameter = "parameters:parameter:set"


rules.add_perm(Permission.ReadParameters, is_system_administrator | is_audit_administrator)
rules.add_perm(Permission.SetParameter, is_system_administrator)
