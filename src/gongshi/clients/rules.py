"""Who keeps the clients: the security administrator, as with accounts; the auditor reads."""

from enum import StrEnum

import rules

from gongshi.identity.rules import is_audit_administrator, is_security_administrator


class Permission(StrEnum):
    ManageClients = "clients:client:manage"
    ReadClients = "clients:client:read"


rules.add_perm(Permission.ManageClients, is_security_administrator)
rules.add_perm(Permission.ReadClients, is_security_administrator | is_audit_administrator)
