"""Who reads the scores: the bureau all, others their own department's (§5.2)."""

from enum import StrEnum

import rules

from gongshi.identity.rules import has_business_role


class Permission(StrEnum):
    ReadScores = "assessment:score:read"


# The query is by department.
rules.add_perm(Permission.ReadScores, has_business_role)
