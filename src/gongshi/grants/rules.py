"""Who may see, give and end grants."""

from enum import StrEnum

import rules

from gongshi.grants.models import Grant
from gongshi.identity.models import Person
from gongshi.identity.rules import (
    has_business_role,
    is_bureau_administrator,
    is_data_specialist,
    is_operator,
    is_source_reviewer,
)


class Permission(StrEnum):
    Activate = "grants:grant:activate"
    Discard = "grants:grant:discard"
    Prepare = "grants:grant:prepare"
    ReadGrants = "grants:grant:read"
    Revoke = "grants:grant:revoke"


@rules.predicate
def is_of_source_department(person: Person, grant: Grant | None) -> bool:
    return grant is not None and person.department_id == grant.camera.source_department_id


@rules.predicate
def is_of_using_department(person: Person, grant: Grant | None) -> bool:
    return grant is not None and person.department_id == grant.department_id


sees_every_grant = is_bureau_administrator | is_operator

# Giving is the bureau's decision (§6.5.1, §7.2): approval prepares, acceptance activates.
rules.add_perm(Permission.Prepare, is_bureau_administrator)
rules.add_perm(Permission.Activate, is_bureau_administrator)
# The bureau did not accept, operators could not deliver, or the asking department took its demand back.
rules.add_perm(
    Permission.Discard, is_bureau_administrator | is_operator | (is_data_specialist & is_of_using_department)
)
rules.add_perm(Permission.ReadGrants, has_business_role)
rules.add_perm(
    Permission.Revoke,
    is_bureau_administrator | ((is_source_reviewer | is_data_specialist) & is_of_source_department),
)
