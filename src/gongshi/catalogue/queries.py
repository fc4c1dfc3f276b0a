"""Reads of the catalogue, scoped to who asks."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from gongshi.catalogue.codes import Platform, Protocol, Publication
from gongshi.catalogue.columns import CAMERA_COLUMNS, Group
from gongshi.catalogue.models import (
    OPEN_SUBMISSIONS,
    UNITS,
    AccessPath,
    Camera,
    CatalogueEdition,
    Change,
    CodeScheme,
    Submission,
    SubmissionState,
    Verdict,
)
from gongshi.catalogue.publishing_models import Publishing
from gongshi.catalogue.rules import Permission
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department, Person
from gongshi.identity.queries import departments
from gongshi.identity.roles import Role
from gongshi.identity.rules import is_bureau_administrator, is_data_specialist, is_system_administrator
from gongshi.kernel.authority import may

# App. B: ways 1 and 2 reach what the 总平台 has, way 3 what the 汇聚平台 has.
PLATFORM_OF_WAY = {"account": Platform.SHARING, "terminal": Platform.SHARING, "line": Platform.BUREAU}
# Of several paths on one platform the one that we command best.
PROTOCOLS_BY_CHOICE = [Protocol.RTSP, Protocol.GB28181, Protocol.EXTERNAL]


@dataclass(frozen=True)
class ArchiveField:
    """One line of a camera's archive, in words; `group` is the heading it stands under."""

    label: str
    value: str
    group: str


def cameras_visible_to(person: Person) -> QuerySet[Camera]:
    """The published cameras for everybody with a business role, none for others."""
    if not may(person, Permission.ReadCatalogue):
        return Camera.objects.none()
    return Camera.objects.filter(publication=Publication.PUBLISHED)


def cameras_compiled_by(person: Person) -> QuerySet[Camera]:
    """The published cameras of the departments for which a person may compile."""
    compiled = departments_compiled_by(person).values("pk")
    return Camera.objects.filter(publication=Publication.PUBLISHED, source_department__in=compiled)


def withdrawn_cameras_known_to(person: Person) -> QuerySet[Camera]:
    """The withdrawn cameras: all for the bureau, for a compiler those that he may bring back."""
    withdrawn = Camera.objects.filter(publication=Publication.WITHDRAWN)
    if not may(person, Permission.ReadWithdrawn):
        return withdrawn.none()
    if is_bureau_administrator(person):
        return withdrawn
    return withdrawn.filter(source_department__in=departments_compiled_by(person).values("pk"))


def listed_cameras(person: Person, publication: str) -> QuerySet[Camera]:
    """What the list of the catalogue shows: the published ones or, when asked for, those withdrawn."""
    withdrawn = publication == Publication.WITHDRAWN
    return withdrawn_cameras_known_to(person) if withdrawn else cameras_visible_to(person)


def cameras_known_to(person: Person) -> QuerySet[Camera]:
    """The published ones, and those withdrawn of which this person knows."""
    return cameras_visible_to(person) | withdrawn_cameras_known_to(person)


def archive_of(person: Person, camera: Camera) -> list[ArchiveField]:
    """一机一档 of a camera; the network fields only for owner, source department, bureau and operators.

    One query when the camera's units are not loaded yet, and none with `select_related(*UNITS)`.
    """
    reads_network = may(person, Permission.ReadNetworkFields, camera)
    names = DepartmentNames(getattr(camera, unit) for unit in UNITS)
    return [
        ArchiveField(column.head, column.cell.show(getattr(camera, column.field), names), column.group)
        for group in Group
        for column in CAMERA_COLUMNS
        if column.group is group and (reads_network or not column.is_network)
    ]


def edition() -> int:
    """A number that rises with every publishing, in the transaction that publishes. 0 before the first."""
    return CatalogueEdition.objects.values_list("number", flat=True).first() or 0


def path_for(camera: Camera, way: str) -> AccessPath | None:
    """The path by which a way of sharing ("account", "terminal", "line") reaches the camera (App. B)."""
    platform = PLATFORM_OF_WAY[way]
    paths = [path for path in camera.paths.all() if path.platform == platform]
    return min(paths, key=lambda path: PROTOCOLS_BY_CHOICE.index(Protocol(path.protocol)), default=None)


def departments_compiled_by(person: Person) -> QuerySet[Department]:
    """The departments for which a person may compile: what `Permission.CompileFor` allows, as one query."""
    allowed = Q(pk__in=[])
    if is_data_specialist(person):
        allowed |= Q(pk=person.department_id) | Q(supervisor=person.department_id)
    if is_bureau_administrator(person):
        specialist = Q(people__role_assignments__role=Role.DATA_SPECIALIST, people__is_active=True)
        served = Department.objects.filter(specialist)
        allowed |= ~Q(pk__in=served.values("pk")) & (
            Q(supervisor=None) | ~Q(supervisor__in=served.values("pk"))
        )
    return departments().filter(allowed)


def code_schemes() -> QuerySet[CodeScheme]:
    """The departments' own schemes of codes; whoever compiles may know them."""
    return CodeScheme.objects.select_related("department", "set_by").order_by("department__code")


def departments_with_scheme_kept_by(person: Person) -> QuerySet[Department]:
    """What `Permission.KeepCodeScheme` allows, as one query."""
    if not may(person, Permission.KeepCodeScheme):
        return departments().none()
    return departments() if is_system_administrator(person) else departments().filter(pk=person.department_id)


def sources_of(person: Person, department: Department) -> set[int]:
    """The source departments that rows may name: the submission's own, who leads it, and whom it leads."""
    kin = Q(pk=department.pk) | Q(pk=department.supervisor_id) | Q(supervisor=department.pk)
    return set(departments_compiled_by(person).filter(kin).values_list("pk", flat=True))


def submissions_visible_to(person: Person) -> QuerySet[Submission]:
    """All for the bureau; for a data specialist those of the own department and of those it leads."""
    found = Submission.objects.select_related(
        "department", "compiled_by__department", "decided_by__department"
    )
    # A draft is its compiler's own business until he hands it in.
    found = found.exclude(~Q(compiled_by=person), state=SubmissionState.DRAFT)
    if is_bureau_administrator(person):
        return found
    if not person.is_active or not is_data_specialist(person):
        return found.none()
    own = Q(department=person.department_id) | Q(department__supervisor=person.department_id)
    return found.filter(own)


def progress_of(submission: Submission) -> Publishing | None:
    """How far the job is that publishes a submission; None when there is none, or no longer."""
    return Publishing.objects.filter(submission=submission).first() if submission.is_publishing else None


def with_counts(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Adds `change_count` and `returned_count`; newest first, which counting would forget."""
    return submissions.annotate(
        change_count=Count("changes"),
        returned_count=Count("changes", filter=Q(changes__verdict=Verdict.RETURNED)),
    ).order_by("-id")


def own_draft_changes(person: Person) -> QuerySet[Change]:
    """The points that this person has drafted and not handed in."""
    drafts = Submission.objects.filter(compiled_by=person, state=SubmissionState.DRAFT)
    found = Change.objects.filter(submission__in=drafts).select_related("submission__department", "camera")
    return found.prefetch_related("camera__paths")


def open_submissions() -> QuerySet[Submission]:
    """Those whose points wait for review, or to be published."""
    return Submission.objects.filter(state__in=OPEN_SUBMISSIONS)


def published_changes_of(camera: Camera) -> QuerySet[Change]:
    """How the camera came to be what it is, newest first: each change made the version after its base."""
    approved = Change.objects.filter(Q(camera=camera), verdict=Verdict.APPROVED).defer("proposed_paths")
    people = ("submission__compiled_by__department", "submission__decided_by__department")
    return approved.select_related(*people).order_by("-base_version")


def sources_without_reviewer(submission: Submission) -> list[Department]:
    """Source departments of the changes that have no source reviewer: their part falls to the bureau."""
    named = {
        change["proposed__source_department_id"] or change["camera__source_department"]
        for change in submission.changes.values(
            "proposed__source_department_id", "camera__source_department"
        ).distinct()
    }
    reviewers = Q(people__role_assignments__role=Role.SOURCE_REVIEWER, people__is_active=True)
    with_reviewer = Department.objects.filter(reviewers, pk__in=named)
    return list(Department.objects.filter(pk__in=named).exclude(pk__in=with_reviewer.values("pk")))
