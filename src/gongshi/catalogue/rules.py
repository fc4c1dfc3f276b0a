"""Who may compile, review and read the catalogue (§5.1a)."""

from enum import StrEnum

import rules

from gongshi.catalogue.models import Camera, Submission
from gongshi.identity.models import Department, Person
from gongshi.identity.rules import has_business_role, is_bureau_administrator, is_data_specialist, is_operator


class Permission(StrEnum):
    CompileFor = "catalogue:camera:compile"
    ReadCatalogue = "catalogue:camera:read"
    ReadNetworkFields = "catalogue:camera:read_network"
    ReadSubmission = "catalogue:submission:read"
    ReviewSubmissions = "catalogue:submission:review"


@rules.predicate
def compiles_for(person: Person, department: Department | None) -> bool:
    """Own department, or a third party that the own department supervises; None asks for the menu entry only."""
    if department is None:
        return True
    return person.department_id in {department.pk, department.supervisor_id}


@rules.predicate
def is_of_its_units(person: Person, camera: Camera | None) -> bool:
    return camera is not None and person.department_id in {camera.owner_id, camera.source_department_id}


@rules.predicate
def is_of_compiling_department(person: Person, submission: Submission | None) -> bool:
    return submission is not None and person.department_id == submission.department_id


rules.add_perm(Permission.CompileFor, is_data_specialist & compiles_for)
rules.add_perm(Permission.ReadCatalogue, has_business_role)
rules.add_perm(
    Permission.ReadNetworkFields,
    is_bureau_administrator | is_operator | (is_of_its_units & has_business_role),
)
rules.add_perm(
    Permission.ReadSubmission, is_bureau_administrator | (is_data_specialist & is_of_compiling_department)
)
rules.add_perm(Permission.ReviewSubmissions, is_bureau_administrator)
