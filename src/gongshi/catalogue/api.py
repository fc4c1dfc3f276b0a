"""The catalogue over JSON: the same actions, queries and rules as the pages."""

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import paginate

from gongshi.catalogue import queries
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.compiling_api import router as compiling_router
from gongshi.catalogue.draft_actions import draft_point, drop_change, submit_draft
from gongshi.catalogue.filters import CameraFilter
from gongshi.catalogue.import_api import router as import_router
from gongshi.catalogue.models import UNITS, AccessPath, Camera, Change, Submission
from gongshi.catalogue.proposals import cells_of, differences
from gongshi.catalogue.rules import Permission
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.errors import Invalid, NotFound
from gongshi.kernel.paging import CountedPagination
from gongshi.kernel.problems import Problem, WorkbookRefused

router = Router(tags=["视频资源目录"])
router.add_router("/imports", import_router)
router.add_router("", compiling_router)


class ProblemOut(Schema):
    """`row` as the spreadsheet counts, null for the whole file and for a point that is in none."""

    row: int | None
    column: str
    message: str

    @staticmethod
    def resolve_row(problem: Problem) -> int | None:
        return problem.row or None


class RefusalOut(Schema):
    error: dict[str, Any]
    problems: list[ProblemOut]


class PointIn(Schema):
    """A point in the words of the template, head → text; of a published one (`camera_id`) what differs."""

    cells: dict[str, str]
    camera_id: int | None = None
    ground: str = ""


class HandInIn(Schema):
    title: str = ""


class SubmittedOut(Schema):
    id: int
    number: str
    changes: int


class SubmissionOut(Schema):
    id: int
    number: str
    title: str
    department: str = Field(alias="department.name")
    compiled_by: str = Field(alias="compiled_by.name")
    state: str
    failure: str
    submitted_at: datetime | None
    decided_at: datetime | None
    change_count: int
    returned_count: int


class DifferenceOut(Schema):
    """`before` is null in a new camera."""

    label: str
    before: str | None
    after: str


class ChangeOut(Schema):
    id: int
    kind: str
    code: str
    verdict: str
    ground: str
    reason: str
    differences: list[DifferenceOut]


class DraftedOut(ChangeOut):
    """`submission_id` is the draft in which the change waits to be handed in."""

    submission_id: int


class SubmissionDetailOut(SubmissionOut):
    warnings: list[str]
    changes: list[ChangeOut]

    @staticmethod
    def resolve_changes(submission: Submission) -> list[dict[str, Any]]:
        names = DepartmentNames.load()
        return [_change(change, names) for change in submission.changes.all()]


class PublishingOut(Schema):
    """How far a publishing is: `done` of `total` points are written, and all become valid together.

    `state` is "publishing" until then; when it is "submitted" again, `failure` tells why.
    """

    state: str
    failure: str
    total: int
    done: int


class ReturnedIn(Schema):
    id: int
    reason: str


class DecisionIn(Schema):
    """`returned` names changes that go back although the rest is approved."""

    verdict: Literal["approve", "return"]
    reason: str = ""
    returned: list[ReturnedIn] = []


class CameraOut(Schema):
    id: int
    code: str
    name: str
    device_type: str
    point_class: str
    region: str
    address: str
    longitude: float
    latitude: float
    owner: str = Field(alias="owner.name")
    source_department: str = Field(alias="source_department.name")
    transmission: str
    sharing_level: str
    opening_level: str
    status: str
    publication: str
    completeness: int | None
    validity: int | None
    version: int
    published_at: datetime


class ArchiveFieldOut(Schema):
    group: str
    label: str
    value: str


class PathOut(Schema):
    """How a camera is reached, in codes. The address itself is shown to nobody."""

    platform: str
    network_zone: str
    protocol: str
    history_source: str
    has_address: bool


class CameraDetailOut(CameraOut):
    """`archive` has the network fields only for who may read them; for others `paths` is null."""

    archive: list[ArchiveFieldOut]
    paths: list[PathOut] | None

    @staticmethod
    def resolve_archive(camera: Camera, context: dict[str, Any]) -> list[queries.ArchiveField]:
        return queries.archive_of(signed_in(context["request"]), camera)

    @staticmethod
    def resolve_paths(camera: Camera, context: dict[str, Any]) -> list[AccessPath] | None:
        may_read = may(signed_in(context["request"]), Permission.ReadNetworkFields, camera)
        return list(camera.paths.all()) if may_read else None


@router.post("/submissions", response={201: SubmittedOut, 422: RefusalOut})
def submit(
    request: HttpRequest, file: File[UploadedFile], department: Form[str], title: Form[str] = ""
) -> Status[Any]:
    """编目提交: a workbook for one department, by its code. All or nothing: 422 tells row and column."""
    person = signed_in(request)
    compiled = queries.departments_compiled_by(person).filter(code=department).first()
    if compiled is None:
        raise NotFound(f"没有编码为 {department} 的部门，或您不能为其编目。", field="department")
    try:
        submission = submit_import(
            actor=person, department=compiled, title=title, file=file, file_name=file.name or ""
        )
    except WorkbookRefused as refusal:
        return _refused(refusal)
    return Status(
        201, {"id": submission.pk, "number": submission.number, "changes": submission.changes.count()}
    )


@router.get("/submissions", response=list[SubmissionOut])
@paginate
def list_submissions(request: HttpRequest) -> QuerySet[Submission]:
    """编目批次, newest first."""
    person = signed_in(request)
    authorise(person, Permission.ReadSubmission)
    return queries.with_counts(queries.submissions_visible_to(person))


@router.get("/submissions/{submission_id}", response=SubmissionDetailOut)
def show_submission(request: HttpRequest, submission_id: int) -> Submission:
    """One submission with every change before and after."""
    return _submission(request, submission_id)


@router.get("/submissions/{submission_id}/publishing", response=PublishingOut)
def show_publishing(request: HttpRequest, submission_id: int) -> dict[str, Any]:
    """How far the publishing of a large submission is."""
    submission = _submission(request, submission_id)
    progress = queries.progress_of(submission)
    return {
        "state": submission.state,
        "failure": submission.failure,
        "total": progress.total if progress else 0,
        "done": progress.done if progress else 0,
    }


@router.post("/submissions/{submission_id}/decision", response={200: SubmissionDetailOut, 202: SubmissionOut})
def decide(request: HttpRequest, submission_id: int, decision: DecisionIn) -> Status[Any]:
    """编目审核: publish all, all but some, or return all.

    Many points are published by a job: 202, and `…/publishing` tells how far it is.
    """
    submission = decide_submission(
        actor=signed_in(request),
        submission=_submission(request, submission_id),
        verdict=decision.verdict,
        reason=decision.reason,
        returned=[(each.id, each.reason) for each in decision.returned],
    )
    return Status(202 if submission.is_publishing else 200, _submission(request, submission.pk))


@router.post("/submissions/{submission_id}/handing-in", response=SubmissionDetailOut)
def hand_in(request: HttpRequest, submission_id: int, wanted: HandInIn) -> Submission:
    """提交审核: hand in one's own draft."""
    person, submission = signed_in(request), _submission(request, submission_id)
    return _submission(request, submit_draft(actor=person, submission=submission, title=wanted.title).pk)


@router.post("/changes", response={201: DraftedOut, 422: RefusalOut})
def draft(request: HttpRequest, point: PointIn) -> Status[Any]:
    """逐个编目: put one point into one's own draft. 422 tells each cell at fault."""
    person, names = signed_in(request), DepartmentNames.load()
    camera = None if point.camera_id is None else show_camera(request, point.camera_id)
    drafted = queries.own_draft_changes(person).filter(camera=camera).first() if camera else None
    cells = (cells_of(camera, drafted, names) if camera else {}) | point.cells
    try:
        change = draft_point(actor=person, cells=cells, camera=camera, ground=point.ground)
    except WorkbookRefused as refusal:
        return _refused(refusal)
    return Status(201, _change(change, names) | {"submission_id": change.submission_id})


@router.post("/changes/{change_id}/removal", response={204: None})
def remove(request: HttpRequest, change_id: int) -> Status[None]:
    """Take a point out of one's own draft."""
    person = signed_in(request)
    authorise(person, Permission.CompileFor)
    change = queries.own_draft_changes(person).filter(pk=change_id).first()
    if change is None:
        raise NotFound("您的草稿中没有这个点位。")
    drop_change(actor=person, change=change)
    return Status(204, None)


@router.get("/cameras", response=list[CameraOut])
@paginate(CountedPagination)
def list_cameras(request: HttpRequest) -> QuerySet[Camera]:
    """The published cameras. Filters as on the page (§6.2): q, owner, source_department, address, region …"""
    person = signed_in(request)
    authorise(person, Permission.ReadCatalogue)
    cameras = queries.listed_cameras(person, request.GET.get("publication", "")).select_related(
        "owner", "source_department"
    )
    found = CameraFilter(request.GET, queryset=cameras)
    if not found.is_valid():
        field, messages = next(iter(found.errors.items()))
        raise Invalid(f"筛选条件 {field} 有误：{messages[0]}", field=field)
    return found.qs


@router.get("/cameras/{camera_id}", response=CameraDetailOut)
def show_camera(request: HttpRequest, camera_id: int) -> Camera:
    """一机一档."""
    person = signed_in(request)
    authorise(person, Permission.ReadCatalogue)
    camera = queries.cameras_known_to(person).select_related(*UNITS).filter(pk=camera_id).first()
    if camera is None:
        raise NotFound("没有这个视频点位，或尚未发布。")
    return camera


def _refused(refusal: WorkbookRefused) -> Status[Any]:
    error = {"code": refusal.code, "message": refusal.message, "field": refusal.field}
    return Status(422, {"error": error, "problems": refusal.problems})


def _submission(request: HttpRequest, key: int) -> Submission:
    visible = queries.with_counts(queries.submissions_visible_to(signed_in(request)))
    submission = visible.filter(pk=key).first()
    if submission is None:
        raise NotFound("没有这个编目批次，或您无权查看。")
    return submission


def _change(change: Change, names: DepartmentNames) -> dict[str, Any]:
    return {
        "id": change.pk,
        "kind": change.kind,
        "code": change.code,
        "verdict": change.verdict,
        "ground": change.ground,
        "reason": change.reason,
        "differences": differences(change, names, with_network=True),
    }
