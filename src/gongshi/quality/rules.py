"""Who plans, starts and reads inspections (§5.2: the bureau assesses; who has a camera sees its quality)."""

from enum import StrEnum

import rules

from gongshi.identity.models import Person
from gongshi.identity.rules import has_business_role, is_bureau_administrator, is_operator
from gongshi.quality.models import Inspection


class Permission(StrEnum):
    Inspect = "quality:inspection:begin"
    KeepPlans = "quality:plan:keep"
    ReadInspections = "quality:inspection:read"
    ReadPlans = "quality:plan:read"
    SeeThumbnail = "quality:thumbnail:see"


@rules.predicate
def has_the_camera(person: Person, inspection: Inspection | None) -> bool:
    """The department is the camera's owner or source department now."""
    return inspection is not None and person.department_id in {
        inspection.camera.owner_id,
        inspection.camera.source_department_id,
    }


sees_every_inspection = is_bureau_administrator | is_operator

rules.add_perm(Permission.KeepPlans, is_bureau_administrator)
rules.add_perm(Permission.ReadPlans, sees_every_inspection)
rules.add_perm(Permission.Inspect, sees_every_inspection)
# The query is by camera: whoever has none sees an empty list.
rules.add_perm(Permission.ReadInspections, has_business_role)
rules.add_perm(Permission.SeeThumbnail, is_bureau_administrator | (has_business_role & has_the_camera))
