"""Who may do what with departments and accounts; the role predicates that other rooms build on."""

from enum import StrEnum

import rules

from gongshi.identity.models import DepartmentKind, Person
from gongshi.identity.roles import Role


class Permission(StrEnum):
    ManageDepartments = "identity:department:manage"
    ManagePeople = "identity:person:manage"
    ReadPeople = "identity:person:read"


def holds(role: Role) -> rules.Predicate:
    """A predicate: the person holds this role."""
    return rules.predicate(lambda person: role in person.roles, name=f"holds_{role}")


is_data_specialist = holds(Role.DATA_SPECIALIST)
is_source_reviewer = holds(Role.SOURCE_REVIEWER)
is_operator = holds(Role.OPERATOR)
is_viewer = holds(Role.VIEWER)
is_department_head = holds(Role.DEPARTMENT_HEAD)
is_system_administrator = holds(Role.SYSTEM_ADMINISTRATOR)
is_security_administrator = holds(Role.SECURITY_ADMINISTRATOR)
is_audit_administrator = holds(Role.AUDIT_ADMINISTRATOR)


@rules.predicate
def is_bureau_administrator(person: Person) -> bool:
    """The role counts only in a big-data bureau."""
    return Role.BUREAU_ADMINISTRATOR in person.roles and person.department.kind == DepartmentKind.BUREAU


# 三权分立: whoever holds one of the three administrations has no part in the business.
has_business_role = (
    is_data_specialist
    | is_source_reviewer
    | is_bureau_administrator
    | is_operator
    | is_viewer
    | is_department_head
)

rules.add_perm(Permission.ManageDepartments, is_system_administrator)
rules.add_perm(Permission.ManagePeople, is_security_administrator)
rules.add_perm(
    Permission.ReadPeople, is_security_administrator | is_audit_administrator | is_system_administrator
)
