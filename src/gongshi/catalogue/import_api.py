"""编目导入 over JSON: the same actions, queries and rules as the pages."""

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import paginate

from gongshi.catalogue import import_storage, queries
from gongshi.catalogue.import_actions import (
    ask_import,
    assign_columns,
    confirm_import,
    give_up_import,
    take_out_copy,
)
from gongshi.catalogue.import_models import Import, ImportRow, PieceKind, RowKind
from gongshi.catalogue.import_queries import as_change, imports_visible_to
from gongshi.catalogue.proposals import differences
from gongshi.catalogue.rules import Permission
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import NotFound
from gongshi.kernel.exporting import as_file

router = Router(tags=["编目导入"])


class ImportOut(Schema):
    """Counts are of rows, as far as the file is checked. `submission_id` is there when it is handed in."""

    id: int
    department: str = Field(alias="department.name")
    asked_by: str = Field(alias="asked_by.name")
    asked_at: datetime
    title: str
    file_name: str
    size: int
    state: str
    failure: str
    rows_expected: int
    rows_done: int
    new: int
    changed: int
    revived: int
    same: int
    faulty: int
    doubtful: int
    differing: int
    unknown_heads: list[str]
    missing_heads: list[str]
    has_copy: bool
    submission_id: int | None


class AskedOut(ImportOut):
    """`is_new` is false when the same file was uploaded before: then this is the import of that time."""

    is_new: bool


class RowProblemOut(Schema):
    column: str
    message: str
    severity: str


class RowDifferenceOut(Schema):
    """`before` is null in a new camera."""

    label: str
    before: str | None
    after: str


class ImportRowOut(Schema):
    """`differs`: the catalogue went on since it was shown first, and now this is found."""

    number: int
    code: str
    kind: str
    differs: bool
    differences: list[RowDifferenceOut]
    problems: list[RowProblemOut]

    @staticmethod
    def resolve_problems(row: ImportRow) -> list[dict[str, str]]:
        return [
            {"column": column, "message": message, "severity": severity}
            for column, message, severity in row.problems
        ]

    @staticmethod
    def resolve_differences(row: ImportRow, context: dict[str, Any]) -> list[Any]:
        if not row.proposed:
            return []
        request = context["request"]
        if not hasattr(request, "department_names"):
            request.department_names = DepartmentNames.load()
        return differences(as_change(row), request.department_names, with_network=True)


class ConfirmationIn(Schema):
    """`all` hands in nothing as long as one row is at fault; `good` leaves such rows out."""

    rows: Literal["all", "good"] = "all"


class ColumnsIn(Schema):
    """The head of the file → the column of the catalogue; an empty one is none of ours."""

    heads: dict[str, str]


@router.post("", response={202: AskedOut})
def ask(
    request: HttpRequest, file: File[UploadedFile], department: Form[str], title: Form[str] = ""
) -> Status[Any]:
    """Upload a workbook for one department, by its code; a job checks it. The same file is taken once."""
    person = signed_in(request)
    compiled = queries.departments_compiled_by(person).filter(code=department).first()
    if compiled is None:
        raise NotFound(f"没有编码为 {department} 的部门，或您不能为其编目。", field="department")
    whole, is_new = ask_import(
        actor=person, department=compiled, title=title, file=file, file_name=file.name or ""
    )
    whole.is_new = is_new  # type: ignore[attr-defined]
    return Status(202, whole)


@router.get("", response=list[ImportOut])
@paginate
def list_imports(request: HttpRequest) -> QuerySet[Import]:
    """The imports of the departments for which one compiles, newest first."""
    person = signed_in(request)
    authorise(person, Permission.CompileFor)
    return imports_visible_to(person)


@router.get("/{import_id}", response=ImportOut)
def show_import(request: HttpRequest, import_id: int) -> Import:
    """How far an import is, and what was found."""
    return _visible(request, import_id)


@router.get("/{import_id}/rows", response=list[ImportRowOut])
@paginate
def list_rows(request: HttpRequest, import_id: int, kind: RowKind | None = None) -> QuerySet[ImportRow]:
    """What was found of each row: before and after, and problems."""
    rows = ImportRow.objects.filter(whole=_visible(request, import_id)).order_by("number")
    return rows if kind is None else rows.filter(kind=kind)


@router.post("/{import_id}/confirmation", response={202: ImportOut})
def confirm(request: HttpRequest, import_id: int, wanted: ConfirmationIn) -> Status[Any]:
    """Hand in what was shown; a job does it."""
    confirm_import(
        actor=signed_in(request), whole=_visible(request, import_id), good_rows_only=wanted.rows == "good"
    )
    return Status(202, _visible(request, import_id))


@router.post("/{import_id}/giving-up", response=ImportOut)
def give_up(request: HttpRequest, import_id: int) -> Import:
    """End an import without handing it in; its file is deleted."""
    give_up_import(actor=signed_in(request), whole=_visible(request, import_id))
    return _visible(request, import_id)


@router.put("/{import_id}/columns", response={202: ImportOut})
def assign(request: HttpRequest, import_id: int, wanted: ColumnsIn) -> Status[Any]:
    """Say which columns of the catalogue the file's own are, for this and the department's next files."""
    assign_columns(actor=signed_in(request), whole=_visible(request, import_id), heads=wanted.heads)
    return Status(202, _visible(request, import_id))


@router.get("/{import_id}/copy", response={200: None})
def download_copy(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The annotated copy, for who uploaded the file."""
    whole = _visible(request, import_id)
    take_out_copy(actor=signed_in(request), whole=whole)
    return as_file(StreamingHttpResponse(import_storage.stream(whole, PieceKind.COPY)), "xlsx", "标注副本")


def _visible(request: HttpRequest, key: int) -> Import:
    person = signed_in(request)
    authorise(person, Permission.CompileFor)
    found = imports_visible_to(person).filter(pk=key).first()
    if found is None:
        raise NotFound("没有这次导入，或您无权查看。")
    return found
