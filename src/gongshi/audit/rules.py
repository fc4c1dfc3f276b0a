"""Who may read the record. People come from the room above, so only the name of the role is known here."""

from enum import StrEnum

import rules


class Permission(StrEnum):
    ReadEvents = "audit:event:read"
    ReadWholeRegister = "audit:access_record:read_all"


# Nobody but the auditor, and he reads only (三权分立).
is_auditor = rules.predicate(lambda person: "audit_administrator" in person.roles, name="is_auditor")

rules.add_perm(Permission.ReadEvents, is_auditor)
rules.add_perm(Permission.ReadWholeRegister, is_auditor)
