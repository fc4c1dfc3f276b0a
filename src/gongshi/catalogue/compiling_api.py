"""Withdrawing, changing many points, history, rules of checking: over JSON, with the actions of the pages."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.pagination import paginate

from gongshi.catalogue import queries
from gongshi.catalogue.bulk import Alike
from gongshi.catalogue.bulk_actions import draft_alike, draft_withdrawal, look_at_alike
from gongshi.catalogue.checks import CHECKS, Check
from gongshi.catalogue.models import UNITS, Change, CodeScheme, Submission
from gongshi.catalogue.proposals import Difference, differences
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.scheme_actions import set_code_scheme
from gongshi.catalogue.selection import as_conditions, keys_matching
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.errors import NotFound
from gongshi.kernel.problems import Problem, WorkbookRefused

router = Router(tags=["视频资源目录"])


class Points(Schema):
    """Points by their numbers or, with `filter` in the words of the list, all that match; 20,000 at most."""

    camera_ids: list[int] = []
    filter: dict[str, str | list[str]] | None = None

    def keys(self, person: Person) -> list[int]:
        return self.camera_ids if self.filter is None else keys_matching(person, as_conditions(self.filter))


class WithdrawalIn(Points):
    ground: str


class AlikeIn(Points):
    """New texts by head of the columns that change; `seen`: how many points the caller was told differ."""

    cells: dict[str, str]
    ground: str = ""
    seen: int | None = None
    only_look: bool = False


class DraftOut(Schema):
    id: int
    number: str
    department: str
    changes: int

    @staticmethod
    def resolve_department(draft: Submission) -> str:
        return draft.department.name

    @staticmethod
    def resolve_changes(draft: Submission) -> int:
        return draft.changes.count()


class PointProblemOut(Schema):
    code: str
    message: str
    rule: str


class AlikeOut(Schema):
    """`counts`: by head, in how many points it differs; with `problems` nothing can be drafted."""

    selected: int
    differing: int
    unchanged: int
    counts: dict[str, int]
    problems: list[PointProblemOut]

    @staticmethod
    def resolve_problems(found: Alike) -> list[dict[str, str]]:
        return [_problem(problem) for problem in found.errors[:1000]]


class RefusedOut(Schema):
    error: dict[str, Any]
    problems: list[PointProblemOut]


class VersionDifferenceOut(Schema):
    """`before` is null in a new camera."""

    label: str
    before: str | None
    after: str


class VersionOut(Schema):
    """One version of a camera; network fields only for who may read them."""

    version: int
    kind: str
    published_at: datetime
    submission: str
    title: str
    ground: str
    compiled_by: str
    decided_by: str
    differences: list[VersionDifferenceOut]


class CheckOut(Schema):
    code: str
    severity: str
    heads: str
    sentence: str


class SchemeOut(Schema):
    department: str
    department_id: int
    pattern: str
    explanation: str
    set_at: datetime

    @staticmethod
    def resolve_department(scheme: CodeScheme) -> str:
        return scheme.department.name


class SchemeIn(Schema):
    """# is a digit, @ a capital letter; an empty pattern takes the scheme away."""

    pattern: str
    explanation: str = ""


@router.post("/withdrawals", response={201: list[DraftOut], 422: RefusedOut})
def withdraw(request: HttpRequest, wanted: WithdrawalIn) -> Status[Any]:
    """撤回: put the withdrawal of points into one's own drafts, one for each source department."""
    person = signed_in(request)
    authorise(person, Permission.CompileFor)
    try:
        drafts = draft_withdrawal(actor=person, camera_ids=wanted.keys(person), ground=wanted.ground)
    except WorkbookRefused as refusal:
        return _refused(refusal)
    return Status(201, drafts)


@router.post("/bulk-edits", response={200: AlikeOut, 201: list[DraftOut], 422: RefusedOut})
def edit_alike(request: HttpRequest, wanted: AlikeIn) -> Status[Any]:
    """批量修改: put the same change of many points into one's own drafts, one for each source department.

    With `only_look` nothing is kept: 200 tells what would differ.
    """
    person = signed_in(request)
    authorise(person, Permission.CompileFor)
    keys = wanted.keys(person)
    try:
        if wanted.only_look:
            return Status(200, look_at_alike(actor=person, camera_ids=keys, cells=wanted.cells))
        drafts = draft_alike(
            actor=person,
            camera_ids=keys,
            cells=wanted.cells,
            ground=wanted.ground,
            seen=wanted.seen,
        )
    except WorkbookRefused as refusal:
        return _refused(refusal)
    return Status(201, drafts)


@router.get("/cameras/{camera_id}/history", response=list[VersionOut])
@paginate
def history(request: HttpRequest, camera_id: int) -> list[dict[str, Any]]:
    """变更历史 of a camera, newest version first."""
    person = signed_in(request)
    authorise(person, Permission.ReadCatalogue)
    camera = queries.cameras_known_to(person).select_related(*UNITS).filter(pk=camera_id).first()
    if camera is None:
        raise NotFound("没有这个视频点位，或尚未发布。")
    names, with_network = DepartmentNames.load(), may(person, Permission.ReadNetworkFields, camera)
    return [_version(change, names, with_network) for change in queries.published_changes_of(camera)]


@router.get("/checks", response=list[CheckOut])
def list_checks(request: HttpRequest) -> tuple[Check, ...]:
    """校验规则: what points are checked by."""
    authorise(signed_in(request), Permission.ReadChecks)
    return CHECKS


@router.get("/code-schemes", response=list[SchemeOut])
@paginate
def list_schemes(request: HttpRequest) -> Any:
    """自编编号规则 of the departments that have one."""
    authorise(signed_in(request), Permission.ReadChecks)
    return queries.code_schemes()


@router.put("/code-schemes/{department_id}", response={200: SchemeOut, 204: None})
def put_scheme(request: HttpRequest, department_id: int, wanted: SchemeIn) -> Status[Any]:
    """Set or, with an empty pattern, take away a department's scheme."""
    person = signed_in(request)
    authorise(person, Permission.KeepCodeScheme)
    department = queries.departments_with_scheme_kept_by(person).filter(pk=department_id).first()
    if department is None:
        raise NotFound("没有这个部门，或其编号规则不由您设置。")
    scheme = set_code_scheme(
        actor=person, department=department, pattern=wanted.pattern, explanation=wanted.explanation
    )
    return Status(200, scheme) if scheme else Status(204, None)


def _version(change: Change, names: DepartmentNames, with_network: bool) -> dict[str, Any]:
    submission = change.submission
    found: list[Difference] = differences(change, names, with_network=with_network)
    return {
        "version": change.base_version + 1,
        "kind": change.kind,
        "published_at": submission.decided_at,
        "submission": submission.number,
        "title": submission.title,
        "ground": change.ground,
        "compiled_by": submission.compiled_by.name,
        "decided_by": submission.decided_by.name if submission.decided_by else "",
        "differences": found,
    }


def _refused(refusal: WorkbookRefused) -> Status[Any]:
    error = {"code": refusal.code, "message": refusal.message, "field": refusal.field}
    return Status(422, {"error": error, "problems": [_problem(problem) for problem in refusal.problems]})


def _problem(problem: Problem) -> dict[str, str]:
    return {"code": problem.column, "message": problem.message, "rule": problem.code}
