"""Carries out a run, some points at a time, so that it may be killed at any moment (ADR 0032)."""

import base64
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from django.db import DataError, IntegrityError, transaction
from django.db.models import F

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.models import Camera
from gongshi.catalogue.status_actions import note_status
from gongshi.kernel import clock
from gongshi.quality.codes import NOT_TESTED, ONLINE, Outcome, RunState, Trouble
from gongshi.quality.diagnosis.verdicts import IN_ORDER, NOTHING_CAME
from gongshi.quality.looking import Seen, Target, look
from gongshi.quality.models import Inspection, InspectionRun, RunPoint, Thumbnail
from gongshi.quality.policy import thresholds
from gongshi.quality.queries import is_hour_of, path_to_inspect
from gongshi.quality.signals import cameras_inspected

log = logging.getLogger(__name__)

# A job looks at so many times `at_once` points, so that other jobs have their turn between.
ROUNDS = 4
# What was found is kept together in one transaction: at most so much, and as old, is done again after a kill.
KEPT_TOGETHER = 50
KEPT_EVERY_S = 2.0
# When so many of a round cannot be reached and none can, the network of the one who looks is doubted first,
# unless a camera answered within so many minutes.
DOUBTED_FROM = 10
ANSWERED_WITHIN_MINUTES = 10
# Numbers that are none, or that no column holds.
UNSTORABLE = (DataError, IntegrityError, ArithmeticError, ValueError)


def carry_out(run: InspectionRun) -> bool:
    """Look at the next points of a run; gives whether there are more to be looked at now.

    May run again, or beside itself: a point is kept by whoever takes its row away, once.
    """
    run = InspectionRun.objects.select_related("plan").get(pk=run.pk)
    if run.state != RunState.RUNNING:
        return False
    if run.plan is not None and not run.plan.is_active:
        RunPoint.objects.filter(run=run).delete()
    elif run.plan is not None and run.asked_by_id is None and not is_hour_of(run.plan, clock.now()):
        return False
    cameras = _next_cameras(run)
    reachable: dict[int, Target] = {}
    seen: list[Seen] = []
    for camera in cameras.values():
        path, trouble = path_to_inspect(camera)
        if path is None:
            seen.append(Seen(camera.pk, trouble))
        else:
            reachable[camera.pk] = Target(camera.pk, path.main_url)
    keep(run, cameras, seen)
    found = look(
        list(reachable.values()), at_once=run.at_once, window_s=run.window_s, thresholds=thresholds()
    )
    for some in _together(_believed(found)):
        keep_what_can_be(run, cameras, some)
    if RunPoint.objects.filter(run=run).exists():
        return True
    _finish(run)
    return False


def _next_cameras(run: InspectionRun) -> dict[int, Camera]:
    """The points that come next; those withdrawn meanwhile are left out of the run."""
    gone = RunPoint.objects.filter(run=run).exclude(camera__publication=Publication.PUBLISHED)
    with transaction.atomic():
        dropped, _ = gone.delete()
        InspectionRun.objects.filter(pk=run.pk).update(total=F("total") - dropped)
    points = RunPoint.objects.filter(run=run).order_by("camera_id")
    keys = list(points.values_list("camera_id", flat=True)[: run.at_once * ROUNDS])
    return {camera.pk: camera for camera in Camera.objects.filter(pk__in=keys).prefetch_related("paths")}


def _believed(found: Iterable[Seen]) -> Iterator[Seen]:
    """What was found; where nothing at all could be reached, the cameras are not said to be offline."""
    silent: list[Seen] = []
    has_answered = False
    for seen in found:
        if not has_answered and seen.trouble == Trouble.UNREACHABLE:
            silent.append(seen)
            continue
        has_answered = True
        yield seen
    if has_answered or len(silent) < DOUBTED_FROM or _anybody_answered_lately():
        yield from silent
    else:
        yield from (replace(each, trouble=Trouble.OWN_NETWORK) for each in silent)


def _anybody_answered_lately() -> bool:
    since = clock.now() - timedelta(minutes=ANSWERED_WITHIN_MINUTES)
    return Inspection.objects.filter(at__gte=since, outcome__in=ONLINE).exists()


def _together(found: Iterable[Seen]) -> Iterator[list[Seen]]:
    some: list[Seen] = []
    since = time.monotonic()
    for seen in found:
        some.append(seen)
        if len(some) >= KEPT_TOGETHER or time.monotonic() - since > KEPT_EVERY_S:
            yield some
            some, since = [], time.monotonic()
    yield some


def keep_what_can_be(run: InspectionRun, cameras: dict[int, Camera], seen: list[Seen]) -> None:
    """Keep it; whatever one camera sent that cannot be stored must not stop the others, nor the run."""
    try:
        keep(run, cameras, seen)
    except UNSTORABLE:
        if len(seen) > 1:
            for each in seen:
                keep_what_can_be(run, cameras, [each])
            return
        log.exception("what camera %d sent cannot be kept", seen[0].camera_id)
        keep(run, cameras, [Seen(seen[0].camera_id, Trouble.UNREADABLE)])


@transaction.atomic
def keep(run: InspectionRun, cameras: dict[int, Camera], seen: list[Seen]) -> None:
    """Keep what was found of points whose row is still there, and take their rows away."""
    if not seen:
        return
    open_points = RunPoint.objects.select_for_update().filter(
        run=run, camera__in=[each.camera_id for each in seen]
    )
    ours = dict(open_points.order_by("pk").values_list("camera_id", "pk"))
    seen = [each for each in seen if each.camera_id in ours]
    RunPoint.objects.filter(pk__in=ours.values()).delete()
    inspections = Inspection.objects.bulk_create(
        [_inspection(run, cameras[each.camera_id], each) for each in seen]
    )
    Thumbnail.objects.bulk_create(
        Thumbnail(
            inspection=inspection, made_at=inspection.at, picture=base64.b64encode(each.thumbnail).decode()
        )
        for inspection, each in zip(inspections, seen, strict=True)
        if each.thumbnail
    )
    InspectionRun.objects.filter(pk=run.pk).update(done=F("done") + len(seen))
    note_status(
        online=[each.camera_id for each in inspections if each.outcome in ONLINE],
        offline=[each.camera_id for each in inspections if each.outcome == Outcome.OFFLINE],
    )
    cameras_inspected.send(Inspection, inspections=inspections)


def _inspection(run: InspectionRun, camera: Camera, seen: Seen) -> Inspection:
    outcome = _outcome(seen)
    diagnosis = seen.diagnosis or NOTHING_CAME
    inspection = Inspection(
        run=run,
        camera=camera,
        source_department_id=camera.source_department_id,
        at=clock.now(),
        outcome=outcome,
        trouble=seen.trouble,
    )
    if outcome != Outcome.UNTESTED:
        inspection.faults, inspection.numbers = list(diagnosis.faults), dict(diagnosis.numbers)
        inspection.result_code = diagnosis.result_code
    if seen.measures:
        measures = seen.measures
        inspection.codec, inspection.width, inspection.height = (
            measures.codec,
            measures.width,
            measures.height,
        )
        inspection.first_frame_ms = round(measures.first_frame_s * 1000)
        inspection.bitrate, inspection.frame_rate = round(measures.bitrate / 1000), measures.fps
        inspection.gop_s = measures.gop_s
        if measures.clock_error_s is not None:
            inspection.clock_error_s = round(measures.clock_error_s)
    return inspection


def _outcome(seen: Seen) -> Outcome:
    if seen.diagnosis is None:
        return Outcome.UNTESTED if seen.trouble in NOT_TESTED else Outcome.OFFLINE
    return (
        Outcome.INTACT
        if seen.diagnosis.result_code == IN_ORDER and not seen.diagnosis.faults
        else Outcome.FAULTY
    )


@transaction.atomic
def _finish(run: InspectionRun) -> None:
    run = InspectionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state == RunState.DONE:
        return
    run.state, run.done_at = RunState.DONE, clock.now()
    run.save(update_fields=["state", "done_at"])
    after = {"total": run.total, "done": run.done}
    record(AuditAction.InspectionDone, actor=None, thing=run, after=after)
