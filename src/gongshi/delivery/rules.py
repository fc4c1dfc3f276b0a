"""Who may carry out, accept and judge work orders (§7)."""

from enum import StrEnum

import rules

from gongshi.delivery.models import WorkOrder
from gongshi.identity.models import Person
from gongshi.identity.rules import is_bureau_administrator, is_data_specialist, is_operator, is_viewer


class Permission(StrEnum):
    Accept = "delivery:work_order:accept"
    CarryOut = "delivery:work_order:carry_out"
    GiveFeedback = "delivery:work_order:give_feedback"
    ReadWorkOrders = "delivery:work_order:read"


@rules.predicate
def is_of_requesting_department(person: Person, order: WorkOrder | None) -> bool:
    return order is not None and person.department_id == order.demand.department_id


rules.add_perm(Permission.CarryOut, is_operator)
rules.add_perm(Permission.Accept, is_bureau_administrator)
rules.add_perm(Permission.GiveFeedback, (is_data_specialist | is_viewer) & is_of_requesting_department)
rules.add_perm(
    Permission.ReadWorkOrders,
    is_operator | is_bureau_administrator | ((is_data_specialist | is_viewer) & is_of_requesting_department),
)
