"""Beginning inspections, and looking at what they kept (§5.2)."""

import base64
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import IntegerField, Value

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AccessKind, AccessOutcome, AccessRecord
from gongshi.audit.origin import current_origin
from gongshi.catalogue.clearance import is_cleared, why_not_cleared
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Forbidden, NotFound
from gongshi.quality.codes import RunState
from gongshi.quality.jobs import ask_to_carry_out
from gongshi.quality.models import Inspection, InspectionPlan, InspectionRun, RunPoint, Thumbnail
from gongshi.quality.policy import THUMBNAIL_DAYS
from gongshi.quality.queries import cameras_of, is_due, is_hour_of
from gongshi.quality.rules import Permission

BY_HAND_WINDOW_S = 6
BASIS = "质量考核"


def begin_due_plans() -> list[InspectionRun]:
    """Begin what is due by the clock; each plan in a transaction of its own.

    Their jobs are asked for afterwards: a worker's queue has a connection of its own and waits for no commit.
    """
    begun = [
        _begin_if_due(pk) for pk in InspectionPlan.objects.filter(is_active=True).values_list("pk", flat=True)
    ]
    return [run for run in begun if run is not None]


@transaction.atomic
def begin_plan(*, actor: Person, plan: InspectionPlan) -> InspectionRun:
    """Begin a plan now, whatever its hours. Raises Conflict while it runs or when it is switched off."""
    authorise(actor, Permission.Inspect, plan)
    plan = InspectionPlan.objects.select_for_update().get(pk=plan.pk)
    if not plan.is_active:
        raise Conflict("该检测计划已停用，请先启用再开始检测。")
    if plan.runs.filter(state=RunState.RUNNING).exists():
        raise Conflict("该检测计划正在进行，请等它完成后再开始。")
    run = _begin(plan, actor)
    ask_to_carry_out(run)
    return run


@transaction.atomic
def inspect_camera(*, actor: Person, camera: Camera) -> InspectionRun:
    """Look at one camera as soon as a worker can. Raises Conflict while somebody else has asked for it."""
    authorise(actor, Permission.Inspect, camera)
    run = inspect_again(camera=camera, actor=actor)
    if run is None:
        raise Conflict("该点位正在检测，请稍后在检测记录中查看结果。")
    return run


@transaction.atomic
def inspect_again(*, camera: Camera, actor: Person | None = None) -> InspectionRun | None:
    """As `inspect_camera`, for a room above that needs to know; None while it was asked for already."""
    camera = Camera.objects.select_for_update(of=("self",)).get(pk=camera.pk)
    if RunPoint.objects.filter(camera=camera, run__plan=None, run__state=RunState.RUNNING).exists():
        return None
    run = InspectionRun.objects.create(
        asked_by=actor, at_once=1, window_s=BY_HAND_WINDOW_S, begun_at=clock.now(), total=1
    )
    RunPoint.objects.create(run=run, camera=camera)
    record(AuditAction.InspectionAsked, actor=actor, thing=run, after={"camera": camera.code})
    ask_to_carry_out(run)
    return run


@transaction.atomic
def see_thumbnail(*, actor: Person, inspection: Inspection) -> bytes:
    """The picture of an inspection, a JPEG; the register has its row before it is given (Order 799 Art. 16).

    Raises Forbidden, also when the camera is above the person's clearance, and NotFound when it is gone.
    """
    authorise(actor, Permission.SeeThumbnail, inspection)
    camera = inspection.camera
    if not is_cleared(actor, camera):
        raise Forbidden(why_not_cleared(actor, camera), code="clearance")
    # Not even when nothing has deleted it in time.
    oldest = clock.now() - timedelta(days=THUMBNAIL_DAYS.value())
    thumbnail = Thumbnail.objects.filter(inspection=inspection, made_at__gt=oldest).first()
    if thumbnail is None:
        raise NotFound("该次检测没有缩略图，或已按保存期限删除。")
    picture = base64.b64decode(thumbnail.picture)
    _register(actor, inspection, len(picture))
    record(
        AuditAction.ThumbnailSeen,
        actor=actor,
        thing=inspection,
        label=str(camera),
        after={"camera": camera.code, "inspected_at": inspection.at},
    )
    return picture


def _register(person: Person, inspection: Inspection, size: int) -> None:
    """信息调用登记: who saw which picture, and that it is over."""
    camera, now = inspection.camera, clock.now()
    entry = AccessRecord.objects.create(
        opened_at=now,
        kind=AccessKind.THUMBNAIL,
        reason=f"核对质量检测结果（{inspection.get_outcome_display()}）",
        camera_code=camera.code,
        camera_name=camera.name,
        source_department=camera.source_department.name,
        source_department_id=camera.source_department_id,
        range_from=inspection.at,
        range_to=inspection.at,
        person_id=person.pk,
        person_account=person.account,
        person_name=person.name,
        department_id=person.department_id,
        department_name=person.department_name,
        grant_number="",
        basis=BASIS,
        address=current_origin().address,
    )
    AccessOutcome.objects.create(record=entry, started_at=now, ended_at=now, bytes=size, ending="已显示")


@transaction.atomic
def _begin_if_due(pk: int) -> InspectionRun | None:
    plan = InspectionPlan.objects.select_for_update(skip_locked=True).filter(pk=pk, is_active=True).first()
    now = clock.now()
    if plan is None or not is_hour_of(plan, now) or plan.runs.filter(state=RunState.RUNNING).exists():
        return None
    return _begin(plan, None) if is_due(plan, now) else None


def _begin(plan: InspectionPlan, actor: Person | None) -> InspectionRun:
    now = clock.now()
    run = InspectionRun.objects.create(
        plan=plan, asked_by=actor, at_once=plan.at_once, window_s=plan.window_s, begun_at=now, total=0
    )
    run.total = _note_points(run, plan)
    run.save(update_fields=["total"])
    plan.last_begun_at = now
    plan.save(update_fields=["last_begun_at"])
    record(AuditAction.PlanBegun, actor=actor, thing=run, after={"plan": plan.name, "points": run.total})
    return run


def _note_points(run: InspectionRun, plan: InspectionPlan) -> int:
    """One statement, however many points there are."""
    points = cameras_of(plan).order_by("pk").annotate(of_run=Value(run.pk, IntegerField()))
    select, values = points.values_list("of_run", "pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO quality_runpoint (run_id, camera_id) {select}", values)
        return int(cursor.rowcount)
