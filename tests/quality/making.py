"""Plans, inspections and cameras that really send pictures, for tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.ruined import Strength, ruined
from benchmarks.scenery import HEIGHT, WIDTH, Pixels, on_screen
from benchmarks.scenes import TUNING
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.quality.actions import begin_plan
from gongshi.quality.carrying_out import carry_out, keep
from gongshi.quality.diagnosis.verdicts import Diagnosis
from gongshi.quality.looking import Seen
from gongshi.quality.models import Inspection, InspectionPlan, InspectionRun
from gongshi.quality.plan_actions import PlanTerms, create_plan
from tests.factories import make_camera, make_person

FRAME_RATE = 8
SECONDS = 4
STREET = TUNING[0]
JPEG = b"\xff\xd8\xff\xe0 a small picture \xff\xd9"


def make_plan(actor: Person | None = None, **terms: Any) -> InspectionPlan:
    given = {"name": "每日检测", "every_hours": 24, "at_once": 4, "window_s": 2} | terms
    return create_plan(actor=actor or make_person(Role.BUREAU_ADMINISTRATOR), terms=PlanTerms(**given))


def begun(plan: InspectionPlan) -> InspectionRun:
    return begin_plan(actor=plan.created_by, plan=plan)


def finished(run: InspectionRun) -> InspectionRun:
    """Carried out as by jobs, one after the other."""
    while carry_out(run):
        pass
    run.refresh_from_db()
    return run


def reach(camera: Camera, url: str) -> Camera:
    """Hang the camera at an address."""
    path = camera.paths.get()
    path.main_url = url
    path.save()
    return camera


def intact(camera: Camera) -> Seen:
    diagnosis = Diagnosis((), {"black": (0.2, 95), "blurred": (61.0, 50)})
    return Seen(camera.pk, "", None, diagnosis, JPEG)


def faulty(camera: Camera, *faults: str) -> Seen:
    return Seen(camera.pk, "", None, Diagnosis(faults, dict.fromkeys(faults, (99.0, 50))), JPEG)


def silent(camera: Camera) -> Seen:
    return Seen(camera.pk, "unreachable")


def inspected(camera: Camera, *faults: str, seen: Seen | None = None) -> Inspection:
    """What a run of all points keeps of this camera."""
    actor = make_person(Role.BUREAU_ADMINISTRATOR)
    plan = make_plan(actor, name=f"检测 {Inspection.objects.count()} {camera.pk}")
    run = begun(plan)
    keep(run, {camera.pk: camera}, [seen or faulty(camera, *faults) if faults or seen else intact(camera)])
    return Inspection.objects.get(run=run, camera=camera)


def make_cameras(count: int, **fields: Any) -> list[Camera]:
    return [make_camera(**fields) for _ in range(count)]


def write_clips(directory: Path) -> None:
    """`clean.mp4`, `frozen.mp4`, `black.mp4`: a street as a camera sends it, a key frame a second."""
    shot = STREET.shot(1)
    moments = [number / FRAME_RATE for number in range(SECONDS * FRAME_RATE)]
    taken = {moment: shot(moment) for moment in moments}
    _write(directory / "clean.mp4", [on_screen(taken[moment], moment) for moment in moments])
    for fault in ("frozen", "black"):
        frames = ruined(taken.__getitem__, fault, Strength.MIDDLE, 1, moments)
        _write(directory / f"{fault}.mp4", frames)


def _write(path: Path, frames: Sequence[Pixels]) -> None:
    options = {"preset": "ultrafast", "g": str(FRAME_RATE), "sc_threshold": "0", "bf": "0", "crf": "26"}
    with av.open(str(path), "w") as clip:
        video = clip.add_stream("libx264", rate=FRAME_RATE, options=options)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in frames:
            clip.mux(video.encode(av.VideoFrame.from_ndarray(frame.astype(np.uint8), "bgr24")))
        clip.mux(video.encode())
