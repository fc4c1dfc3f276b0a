"""Who may compile, review and read the catalogue (§5.1a)."""

from enum import StrEnum

import rules

from gongshi.catalogue.models import Camera, Submission
from gongshi.identity.models import Department, Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.identity.rules import has_business_role, is_bureau_administrator, is_data_specialist, is_operator


class Permission(StrEnum):
    CompileFor = "catalogue:camera:compile"
    ReadCatalogue = "catalogue:camera:read"
    ReadNetworkFields = "catalogue:camera:read_network"
    ReadSubmission = "catalogue:submission:read"
    ReviewSubmissions = "catalogue:submission:review"


@rules.predicate
def compiles_for(person: Person, department: Department | None) -> bool:
    """Own department, or a third party that it supervises; None asks for the menu entry only."""
    if department is None:
        return True
    return person.department_id in {department.pk, department.supervisor_id}


@rules.predicate
def has_no_specialist(person: Person, department: Department | None) -> bool:
    """Neither the department nor its supervisor has a data specialist: its work falls to the bureau."""
    if department is None:
        return True
    specialists = holders(Role.DATA_SPECIALIST)
    return not specialists.filter(
        department__in=[department.pk, department.supervisor_id or department.pk]
    ).exists()


@rules.predicate
def is_of_its_units(person: Person, camera: Camera | None) -> bool:
    """Owner and source department, and whoever leads the source department's points (§5.1a)."""
    return camera is not None and person.department_id in {
        camera.owner_id,
        camera.source_department_id,
        camera.source_department.supervisor_id,
    }


@rules.predicate
def compiled_it(person: Person, submission: Submission | None) -> bool:
    """None asks for the menu entry only."""
    return submission is None or compiles_for(person, submission.department)


rules.add_perm(
    Permission.CompileFor, (is_data_specialist & compiles_for) | (is_bureau_administrator & has_no_specialist)
)
rules.add_perm(Permission.ReadCatalogue, has_business_role)
rules.add_perm(
    Permission.ReadNetworkFields,
    is_bureau_administrator | is_operator | (is_of_its_units & has_business_role),
)
rules.add_perm(Permission.ReadSubmission, is_bureau_administrator | (is_data_specialist & compiled_it))
rules.add_perm(Permission.ReviewSubmissions, is_bureau_administrator)
