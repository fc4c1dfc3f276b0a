"""Who opens, answers, and closes orders of rectification (§5.2: the bureau urges, who has it mends)."""

from enum import StrEnum

import rules

from gongshi.identity.models import Person
from gongshi.identity.rules import (
    has_business_role,
    is_bureau_administrator,
    is_data_specialist,
)
from gongshi.rectification.models import Order


class Permission(StrEnum):
    Answer = "rectification:order:answer"
    Close = "rectification:order:close"
    Open = "rectification:order:open"
    ReadOrders = "rectification:order:read"


@rules.predicate
def answers_for_an_addressee(person: Person, order: Order | None) -> bool:
    """For the own department, or for a unit that it supervises and that has no part in this system."""
    return order is None or any(
        person.department_id in {each.department_id, each.department.supervisor_id}
        for each in order.addressees.all()
    )


# The query is by department: whoever has no point sees an empty list.
rules.add_perm(Permission.ReadOrders, has_business_role)
rules.add_perm(Permission.Open, is_bureau_administrator)
rules.add_perm(Permission.Close, is_bureau_administrator)
rules.add_perm(Permission.Answer, is_data_specialist & answers_for_an_addressee)
