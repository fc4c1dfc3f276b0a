"""Who may compile, review and read the catalogue (§5.1a)."""

from enum import StrEnum

import rules

from gongshi.catalogue.import_models import Import
from gongshi.catalogue.models import Camera, Submission
from gongshi.identity.models import Department, Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.identity.rules import (
    has_business_role,
    is_bureau_administrator,
    is_data_specialist,
    is_department_head,
    is_operator,
    is_source_reviewer,
    is_system_administrator,
)
from gongshi.kernel.authority import may


class Permission(StrEnum):
    CompileFor = "catalogue:camera:compile"
    ConfirmImport = "catalogue:import:confirm"
    ReadCatalogue = "catalogue:camera:read"
    ReadNetworkFields = "catalogue:camera:read_network"
    ReadFiling = "catalogue:filing:read"
    ReadScores = "catalogue:score:read"
    KeepScoreWeights = "catalogue:score_weight:keep"
    RecordFiling = "catalogue:filing:record"
    ReadChecks = "catalogue:check:read"
    KeepCodeScheme = "catalogue:code_scheme:keep"
    ReadWithdrawn = "catalogue:camera:read_withdrawn"
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
def is_of_the_department(person: Person, department: Department | None) -> bool:
    """None asks for the menu entry only."""
    return department is None or person.department_id == department.pk


@rules.predicate
def compiled_it(person: Person, submission: Submission | None) -> bool:
    """None asks for the menu entry only."""
    return submission is None or compiles_for(person, submission.department)


@rules.predicate
def uploaded_it(person: Person, whole: Import | None) -> bool:
    """Who uploaded the file, as long as he compiles for that department; nobody else knows what is in it."""
    return whole is None or (
        whole.asked_by_id == person.pk and may(person, Permission.CompileFor, whole.department)
    )


rules.add_perm(
    Permission.CompileFor, (is_data_specialist & compiles_for) | (is_bureau_administrator & has_no_specialist)
)
rules.add_perm(Permission.ReadCatalogue, has_business_role)
rules.add_perm(
    Permission.ReadFiling,
    is_bureau_administrator | ((is_data_specialist | is_department_head) & compiles_for),
)
rules.add_perm(
    Permission.ReadScores,
    is_bureau_administrator | is_data_specialist | is_source_reviewer | is_department_head,
)
rules.add_perm(Permission.KeepScoreWeights, is_bureau_administrator)
rules.add_perm(
    Permission.RecordFiling,
    (is_data_specialist & compiles_for) | (is_bureau_administrator & has_no_specialist),
)
rules.add_perm(
    Permission.ReadNetworkFields,
    is_bureau_administrator | is_operator | (is_of_its_units & has_business_role),
)
rules.add_perm(
    Permission.ReadChecks,
    is_data_specialist | is_bureau_administrator | is_source_reviewer | is_system_administrator,
)
rules.add_perm(
    Permission.KeepCodeScheme, is_system_administrator | (is_source_reviewer & is_of_the_department)
)
rules.add_perm(Permission.ReadWithdrawn, is_bureau_administrator | is_data_specialist)
rules.add_perm(Permission.ReadSubmission, is_bureau_administrator | (is_data_specialist & compiled_it))
rules.add_perm(Permission.ReviewSubmissions, is_bureau_administrator)
rules.add_perm(Permission.ConfirmImport, uploaded_it)
