"""质量考核 over JSON: the same actions, queries and rules as the pages."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from ninja.pagination import paginate

from gongshi.identity.models import Department
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid, NotFound
from gongshi.kernel.paging import CountedPagination
from gongshi.quality import actions, plan_actions, policy, queries
from gongshi.quality.diagnosis.faults import PICTURE_FAULTS, Fault
from gongshi.quality.filters import InspectionFilter
from gongshi.quality.models import Inspection, InspectionPlan, InspectionRun
from gongshi.quality.rules import Permission

router = Router(tags=["质量考核"])


class FaultOut(Schema):
    """What is looked for; it is a fault above `threshold`, or below it unless `worse_above`."""

    code: str
    label: str
    result_code: int
    measured: str
    unit: str
    worse_above: bool
    threshold: int


class InspectionOut(Schema):
    """`result_code` is the city police's: 0 正常, 1 黑屏 …; null when the camera was not tested."""

    id: int
    camera_id: int
    code: str
    name: str
    source_department: str
    at: datetime
    outcome: str
    trouble: str
    faults: list[str]
    result_code: int | None
    first_frame_ms: int | None
    bitrate: int | None
    frame_rate: float | None
    width: int | None
    height: int | None
    gop_s: float | None
    codec: str
    recording_days: int | None
    clock_error_s: int | None

    @staticmethod
    def resolve_code(inspection: Inspection) -> str:
        return inspection.camera.code

    @staticmethod
    def resolve_name(inspection: Inspection) -> str:
        return inspection.camera.name

    @staticmethod
    def resolve_source_department(inspection: Inspection) -> str:
        return inspection.source_department.name


class InspectionDetailOut(InspectionOut):
    """`numbers`: by code of the fault, what was measured and the threshold of that day."""

    run_id: int | None
    numbers: dict[str, tuple[float, float]]
    has_thumbnail: bool


class PlanIn(Schema):
    """`department` is the code of a source department; empty values mean all points."""

    name: str
    department: str = ""
    region: str = ""
    point_class: str = ""
    every_hours: int
    from_hour: int = 0
    until_hour: int = 0
    at_once: int = 20
    window_s: int = 6
    is_active: bool = True


class PlanOut(PlanIn):
    id: int
    last_begun_at: datetime | None

    @staticmethod
    def resolve_department(plan: InspectionPlan) -> str:
        return plan.department.code if plan.department else ""


class RunOut(Schema):
    id: int
    plan_id: int | None
    state: str
    begun_at: datetime
    done_at: datetime | None
    total: int
    done: int


@router.get("/faults", response=list[FaultOut])
def list_faults(request: HttpRequest) -> list[dict[str, Any]]:
    """诊断项目: every fault that is looked for, with its threshold in force."""
    authorise(signed_in(request), Permission.ReadInspections)
    in_force = policy.thresholds()
    return [_fault(fault, in_force[fault.code]) for fault in PICTURE_FAULTS]


@router.get("/inspections", response=list[InspectionOut])
@paginate(CountedPagination)
def list_inspections(request: HttpRequest) -> QuerySet[Inspection]:
    """检测记录, newest first. Filters as on the page: code, outcome, fault, source_department, at_after …"""
    person = signed_in(request)
    authorise(person, Permission.ReadInspections)
    found = InspectionFilter(request.GET, queryset=queries.inspections_visible_to(person))
    if not found.is_valid():
        field, messages = next(iter(found.errors.items()))
        raise Invalid(f"筛选条件 {field} 有误：{messages[0]}", field=field)
    return found.qs


@router.get("/inspections/{int:inspection_id}", response=InspectionDetailOut)
def show_inspection(request: HttpRequest, inspection_id: int) -> Inspection:
    """One inspection with its numbers."""
    person = signed_in(request)
    authorise(person, Permission.ReadInspections)
    return queries.inspection_of(person, inspection_id)


@router.get("/inspections/{int:inspection_id}/thumbnail")
def show_thumbnail(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """The small picture, a JPEG; each look is registered (信息调用登记)."""
    person = signed_in(request)
    authorise(person, Permission.ReadInspections)
    inspection = queries.inspection_of(person, inspection_id)
    return HttpResponse(actions.see_thumbnail(actor=person, inspection=inspection), content_type="image/jpeg")


@router.post("/cameras/{int:camera_id}/inspection", response={202: RunOut})
def inspect_camera(request: HttpRequest, camera_id: int) -> Status[InspectionRun]:
    """立即检测 one camera; the answer's run tells when it is done."""
    person = signed_in(request)
    authorise(person, Permission.Inspect)
    camera = queries.camera_to_inspect(person, pk=camera_id)
    return Status(202, actions.inspect_camera(actor=person, camera=camera))


@router.get("/plans", response=list[PlanOut])
@paginate
def list_plans(request: HttpRequest) -> QuerySet[InspectionPlan]:
    """检测计划."""
    person = signed_in(request)
    authorise(person, Permission.ReadPlans)
    return queries.plans_visible_to(person)


@router.post("/plans", response={201: PlanOut})
def create_plan(request: HttpRequest, body: PlanIn) -> Status[InspectionPlan]:
    """新建检测计划."""
    person = signed_in(request)
    authorise(person, Permission.KeepPlans)
    return Status(201, plan_actions.create_plan(actor=person, terms=_terms(body)))


@router.get("/plans/{int:plan_id}", response=PlanOut)
def show_plan(request: HttpRequest, plan_id: int) -> InspectionPlan:
    """One plan."""
    return _plan(request, plan_id)


@router.put("/plans/{int:plan_id}", response=PlanOut)
def edit_plan(request: HttpRequest, plan_id: int, body: PlanIn) -> InspectionPlan:
    """修改检测计划."""
    plan = _plan(request, plan_id)
    authorise(request.user, Permission.KeepPlans, plan)
    return plan_actions.edit_plan(actor=signed_in(request), plan=plan, terms=_terms(body))


@router.post("/plans/{int:plan_id}/run", response={202: RunOut})
def begin_plan(request: HttpRequest, plan_id: int) -> Status[InspectionRun]:
    """立即执行 a plan."""
    plan = _plan(request, plan_id)
    return Status(202, actions.begin_plan(actor=signed_in(request), plan=plan))


@router.get("/runs", response=list[RunOut])
@paginate
def list_runs(request: HttpRequest) -> QuerySet[InspectionRun]:
    """检测批次, newest first."""
    person = signed_in(request)
    authorise(person, Permission.ReadPlans)
    return queries.runs_visible_to(person)


@router.get("/runs/{int:run_id}", response=RunOut)
def show_run(request: HttpRequest, run_id: int) -> InspectionRun:
    """How far one run is."""
    person = signed_in(request)
    authorise(person, Permission.ReadPlans)
    return queries.run_of(person, run_id)


def _plan(request: HttpRequest, plan_id: int) -> InspectionPlan:
    person = signed_in(request)
    authorise(person, Permission.ReadPlans)
    return queries.plan_of(person, plan_id)


def _terms(body: PlanIn) -> plan_actions.PlanTerms:
    department = None
    if body.department:
        department = Department.objects.filter(code=body.department, is_active=True).first()
        if department is None:
            raise NotFound(f"没有编码为 {body.department} 的部门，请核对。", field="department")
    return plan_actions.PlanTerms(**body.dict() | {"department": department})


def _fault(fault: Fault, threshold: int) -> dict[str, Any]:
    shown = {name: getattr(fault, name) for name in FaultOut.model_fields}
    return shown | {"threshold": threshold}
