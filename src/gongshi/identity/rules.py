"""Who may do what with departments and accounts; the role predicates that other rooms build on."""

from collections.abc import Iterable
from enum import StrEnum

import rules

from gongshi.identity.models import AccountProposal, Department, DepartmentKind, Person, RoleAssignment
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role


class Permission(StrEnum):
    ConfirmAccounts = "identity:review:confirm"
    DecideProposals = "identity:proposal:decide"
    EditPerson = "identity:person:edit"
    ManageDepartments = "identity:department:manage"
    ManagePeople = "identity:person:manage"
    ProposeAccounts = "identity:proposal:propose"
    ProposeAdministrators = "identity:proposal:propose_administrators"
    ReadPeople = "identity:person:read"
    ReadProposals = "identity:proposal:read"
    ReadReviews = "identity:review:read"
    UnmaskPhone = "identity:phone:unmask"
    WithdrawProposal = "identity:proposal:withdraw"


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

is_separated_administrator = is_system_administrator | is_security_administrator | is_audit_administrator


@rules.predicate
def keeps_accounts_of(person: Person, department: Department | None) -> bool:
    """Own department, or a unit that it supervises; None asks for the menu entry only."""
    return department is None or person.department_id in {department.pk, department.supervisor_id}


@rules.predicate
def keeps_this_account(person: Person, other: Person | None) -> bool:
    return other is None or keeps_accounts_of(person, other.department)


@rules.predicate
def is_somebody_else(person: Person, other: Person | None) -> bool:
    return other is None or person.pk != other.pk


@rules.predicate
def is_not_concerned(person: Person, proposal: AccountProposal | None) -> bool:
    """Neither proposed it nor is its subject: two people make an account (§10a)."""
    return proposal is None or person.pk not in {proposal.proposer_id, proposal.person_id}


@rules.predicate
def has_proposed(person: Person, proposal: AccountProposal | None) -> bool:
    return proposal is None or person.pk == proposal.proposer_id


@rules.predicate
def nobody_else_keeps_it(_: Person, department: Department | None) -> bool:
    """Neither the department nor its supervisor has a data specialist, not even a locked one.

    Else who locks the only one alone would give the department another one alone.
    """
    if department is None:
        return True
    units = [department.pk, department.supervisor_id or department.pk]
    specialists = RoleAssignment.objects.filter(role=Role.DATA_SPECIALIST, person__retired_at=None)
    return not specialists.filter(person__department__in=units).exists()


def permission_to_propose(roles: Iterable[str]) -> Permission:
    """Who asks for these roles, or for somebody who holds them: for administrators only administrators."""
    separated = SEPARATED_ADMINISTRATORS & set(roles)
    return Permission.ProposeAdministrators if separated else Permission.ProposeAccounts


rules.add_perm(Permission.ManageDepartments, is_system_administrator)
# Alone the security administrator only locks and unlocks, and opens the first account of a department.
rules.add_perm(Permission.ManagePeople, is_security_administrator & is_somebody_else)
rules.add_perm(Permission.ReadPeople, is_separated_administrator | (is_data_specialist & keeps_this_account))
rules.add_perm(Permission.EditPerson, is_security_administrator | (is_data_specialist & keeps_this_account))
rules.add_perm(Permission.UnmaskPhone, is_security_administrator | (is_data_specialist & keeps_this_account))
rules.add_perm(Permission.ProposeAccounts, is_data_specialist & keeps_accounts_of)
# Whoever of the three proposes another administrator, the security administrator decides: still two people.
rules.add_perm(Permission.ProposeAdministrators, is_separated_administrator)
rules.add_perm(Permission.ReadProposals, is_separated_administrator | is_data_specialist)
rules.add_perm(Permission.DecideProposals, is_security_administrator & is_not_concerned)
rules.add_perm(Permission.WithdrawProposal, (is_separated_administrator | is_data_specialist) & has_proposed)
rules.add_perm(Permission.ReadReviews, is_separated_administrator | is_data_specialist)
rules.add_perm(
    Permission.ConfirmAccounts,
    # The security administrator answers where there is no specialist, and for the specialist's own account.
    (is_data_specialist & keeps_accounts_of) | is_security_administrator,
)
