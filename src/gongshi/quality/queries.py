"""Reads of plans, runs and inspections, scoped to who asks."""

from datetime import datetime, timedelta

from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet

from gongshi.catalogue.codes import NetworkZone, Platform, Protocol, Publication
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.catalogue.queries import cameras_visible_to
from gongshi.identity.models import Person
from gongshi.kernel.authority import may
from gongshi.kernel.clock import LOCAL_ZONE
from gongshi.kernel.errors import NotFound
from gongshi.quality.codes import RunState, Trouble
from gongshi.quality.models import Inspection, InspectionPlan, InspectionRun, Thumbnail
from gongshi.quality.rules import Permission, sees_every_inspection

# The network in which the workers stand; cameras elsewhere need a worker there.
OUR_ZONES = frozenset({NetworkZone.GOVERNMENT})
# The timer of a minute comes some seconds sooner or later: a daily plan must not begin later day by day.
EARLY = timedelta(seconds=30)
PLATFORMS_BY_CHOICE = [Platform.SHARING, Platform.BUREAU, Platform.BIG_DATA]


def inspections_visible_to(person: Person) -> QuerySet[Inspection]:
    """All for bureau and operators; else those of cameras that the department owns or is source of."""
    if not may(person, Permission.ReadInspections):
        return Inspection.objects.none()
    found = Inspection.objects.select_related("camera", "source_department")
    if sees_every_inspection(person):
        return found
    mine = person.department_id
    return found.filter(Q(camera__source_department=mine) | Q(camera__owner=mine))


def inspection_of(person: Person, pk: int) -> Inspection:
    """Raises NotFound, also for what the person may not know of."""
    found = inspections_visible_to(person).select_related(
        "camera__source_department", "camera__owner", "run__plan", "source_department"
    )
    inspection = found.annotate(has_thumbnail=has_thumbnail()).filter(pk=pk).first()
    if inspection is None:
        raise NotFound("没有找到该检测记录，或它不在您可查看的范围。请从质量考核列表进入。")
    return inspection


def has_thumbnail() -> Exists:
    """Whether an inspection's picture is still kept, without reading it."""
    return Exists(Thumbnail.objects.filter(inspection=OuterRef("pk")))


def plans_visible_to(person: Person) -> QuerySet[InspectionPlan]:
    if not may(person, Permission.ReadPlans):
        return InspectionPlan.objects.none()
    return InspectionPlan.objects.select_related("department", "created_by__department")


def plan_of(person: Person, pk: int) -> InspectionPlan:
    """Raises NotFound."""
    plan = plans_visible_to(person).filter(pk=pk).first()
    if plan is None:
        raise NotFound("没有这个检测计划，或您无权查看。请从检测计划列表进入。")
    return plan


def runs_visible_to(person: Person) -> QuerySet[InspectionRun]:
    if not may(person, Permission.ReadPlans):
        return InspectionRun.objects.none()
    return InspectionRun.objects.select_related("plan", "asked_by__department")


def run_of(person: Person, pk: int) -> InspectionRun:
    """Raises NotFound."""
    run = runs_visible_to(person).filter(pk=pk).first()
    if run is None:
        raise NotFound("没有这个检测批次，或您无权查看。请从检测计划进入。")
    return run


def camera_to_inspect(person: Person, **wanted: object) -> Camera:
    """A published camera. Raises NotFound."""
    camera = cameras_visible_to(person).filter(**wanted).first()
    if camera is None:
        raise NotFound("没有这个视频点位，或尚未发布，请核对视频编号。", field="code")
    return camera


def cameras_of(plan: InspectionPlan) -> QuerySet[Camera]:
    """The published points that a plan names now."""
    named = {
        "source_department": plan.department_id,
        "region": plan.region,
        "point_class": plan.point_class,
    }
    given = {field: value for field, value in named.items() if value}
    return Camera.objects.filter(publication=Publication.PUBLISHED, **given)


def is_hour_of(plan: InspectionPlan, moment: datetime) -> bool:
    """Whether the plan may be carried out at this moment: from 22 to 6 is the night, equal is always."""
    hour = moment.astimezone(LOCAL_ZONE).hour
    begin, end = plan.from_hour, plan.until_hour
    if begin == end:
        return True
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def is_due(plan: InspectionPlan, moment: datetime) -> bool:
    """Whether its time has come round. What was begun in the future was begun by a clock that was wrong."""
    if plan.last_begun_at is None:
        return True
    since = moment - plan.last_begun_at
    return since < timedelta() or since >= timedelta(hours=plan.every_hours) - EARLY


def running() -> QuerySet[InspectionRun]:
    return InspectionRun.objects.filter(state=RunState.RUNNING).select_related("plan").order_by("pk")


def path_to_inspect(camera: Camera) -> tuple[AccessPath | None, str]:
    """The path by which we can look, or why there is none. Needs `paths` prefetched to cost no query."""
    paths = [path for path in camera.paths.all() if path.protocol == Protocol.RTSP and path.main_url]
    near = [path for path in paths if path.network_zone in OUR_ZONES]
    if near:
        return min(near, key=lambda path: PLATFORMS_BY_CHOICE.index(Platform(path.platform))), ""
    return None, Trouble.OTHER_ZONE if paths else Trouble.NO_PATH


def fault_counts(run: InspectionRun) -> dict[str, int]:
    """How often each fault was found in a run."""
    each = Func(F("faults"), function="unnest", output_field=CharField())
    found = run.inspections.order_by().exclude(faults=[]).annotate(fault=each)
    return dict(found.values_list("fault").annotate(Count("pk")))
