"""Who may keep items, make demands, and decide lanes (§6)."""

from enum import StrEnum

import rules

from gongshi.demand.models import BusinessItem, Demand, DemandState, Lane
from gongshi.identity.models import Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.identity.rules import (
    has_business_role,
    is_bureau_administrator,
    is_data_specialist,
    is_operator,
    is_source_reviewer,
)


class Permission(StrEnum):
    KeepItems = "demand:item:keep"
    ReadItems = "demand:item:read"

    ConfirmLane = "demand:lane:confirm"
    DraftDemand = "demand:demand:draft"
    EditDraft = "demand:draft:edit"
    ReadDemand = "demand:demand:read"
    ReviewLane = "demand:lane:review"
    UnmaskPhone = "demand:phone:unmask"
    WithdrawDemand = "demand:demand:withdraw"


@rules.predicate
def is_of_its_department(person: Person, thing: Demand | BusinessItem | None) -> bool:
    """None asks for the menu entry only."""
    if thing is None or person.department_id == thing.department_id:
        return True
    # What ended before that department became part of the own one.
    return person.department_id == thing.department.merged_into_id


@rules.predicate
def is_of_source_department(person: Person, lane: Lane | None) -> bool:
    return lane is None or (
        lane.source_department_id is not None and person.department_id == lane.source_department_id
    )


@rules.predicate
def source_has_no_reviewer(person: Person, lane: Lane | None) -> bool:
    """Without a reviewer other than who submitted the work falls to the bureau; None asks for the menu."""
    if lane is None:
        return True
    if lane.source_department is None:
        return False
    reviewers = holders(Role.SOURCE_REVIEWER, lane.source_department)
    return not reviewers.exclude(pk=lane.demand.submitted_by_id or 0).exists()


@rules.predicate
def is_source_of_a_lane(person: Person, demand: Demand | None) -> bool:
    return demand is not None and demand.lanes.filter(source_department=person.department_id).exists()


@rules.predicate
def is_draft(_: Person, demand: Demand | None) -> bool:
    return demand is not None and demand.state == DemandState.DRAFT


reads_demands = has_business_role & (
    is_of_its_department | is_source_of_a_lane | is_bureau_administrator | is_operator
)

rules.add_perm(Permission.KeepItems, is_data_specialist & is_of_its_department)
rules.add_perm(Permission.ReadItems, has_business_role & is_of_its_department)
rules.add_perm(Permission.DraftDemand, is_data_specialist & is_of_its_department)
rules.add_perm(Permission.EditDraft, is_data_specialist & is_of_its_department & is_draft)
rules.add_perm(Permission.WithdrawDemand, is_data_specialist & is_of_its_department)
rules.add_perm(Permission.ReadDemand, reads_demands)
# A draft stays at home.
rules.add_perm(Permission.UnmaskPhone, reads_demands & (is_of_its_department | ~is_draft))
rules.add_perm(
    Permission.ConfirmLane,
    (is_source_reviewer & is_of_source_department) | (is_bureau_administrator & source_has_no_reviewer),
)
rules.add_perm(Permission.ReviewLane, is_bureau_administrator)
