"""Who may see and end grants."""

from enum import StrEnum

import rules

from gongshi.grants.models import Grant
from gongshi.identity.models import Person
from gongshi.identity.rules import (
    has_business_role,
    is_bureau_administrator,
    is_data_specialist,
    is_source_reviewer,
)


class Permission(StrEnum):
    ReadGrants = "grants:grant:read"
    Revoke = "grants:grant:revoke"


@rules.predicate
def is_of_source_department(person: Person, grant: Grant | None) -> bool:
    return grant is not None and person.department_id == grant.camera.source_department_id


rules.add_perm(Permission.ReadGrants, has_business_role)
rules.add_perm(
    Permission.Revoke,
    is_bureau_administrator | ((is_source_reviewer | is_data_specialist) & is_of_source_department),
)
