"""Who may read the record. People come from the room above: only the names of their roles are known."""

from enum import StrEnum
from typing import Any, Final, Protocol

import rules


class Permission(StrEnum):
    ReadEvents = "audit:event:read"
    ReadRegister = "audit:access_record:read"
    ReadSeals = "audit:seal:read"
    CheckRecord = "audit:record:check"
    ExportRecord = "audit:record:export"


class Reader(Protocol):
    """A person who reads the record, as this room knows him."""

    @property
    def department_id(self) -> int: ...
    @property
    def department(self) -> Any: ...
    @property
    def roles(self) -> frozenset[str]: ...


# Who answers for a department reads the looks at its cameras and those of its people.
ANSWERS_FOR_DEPARTMENT: Final = frozenset({"data_specialist", "source_reviewer", "department_head"})


AUDITOR: Final = "audit_administrator"


# Nobody but the auditor, and he reads only (三权分立).
is_auditor = rules.predicate(lambda person: AUDITOR in person.roles, name="is_auditor")
is_bureau = rules.predicate(
    lambda person: "bureau_administrator" in person.roles and person.department.kind == "bureau",
    name="is_bureau",
)
answers_for_department = rules.predicate(
    lambda person: bool(ANSWERS_FOR_DEPARTMENT & person.roles), name="answers_for_department"
)
reads_whole_register = is_auditor | is_bureau

rules.add_perm(Permission.ReadEvents, is_auditor)
rules.add_perm(Permission.ReadRegister, reads_whole_register | answers_for_department)
rules.add_perm(Permission.ReadSeals, is_auditor)
rules.add_perm(Permission.CheckRecord, is_auditor)
rules.add_perm(Permission.ExportRecord, is_auditor)
