"""Who may use the map and its lists (§6.2)."""

from enum import StrEnum

import rules

from gongshi.atlas.models import PointList
from gongshi.identity.models import Person
from gongshi.identity.rules import has_business_role


class Permission(StrEnum):
    ReadMap = "atlas:map:read"
    CreatePointList = "atlas:point_list:create"
    KeepPointList = "atlas:point_list:keep"
    ReadPointList = "atlas:point_list:read"


@rules.predicate
def is_of_its_department(person: Person, point_list: PointList | None) -> bool:
    return point_list is not None and person.department_id == point_list.department_id


rules.add_perm(Permission.ReadMap, has_business_role)
rules.add_perm(Permission.CreatePointList, has_business_role)
rules.add_perm(Permission.KeepPointList, has_business_role & is_of_its_department)
rules.add_perm(Permission.ReadPointList, has_business_role & is_of_its_department)
