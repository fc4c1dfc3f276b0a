"""Inspections and plans."""

from tests.factories import make_camera
from tests.matrix.prepared import Prepared
from tests.quality.making import inspected, make_plan


def quality(made: Prepared) -> None:
    """An inspection with a picture; beside it a plan that can be begun and a camera that nobody looks at."""
    inspection, camera = inspected(make_camera(made.city.water), "black"), make_camera(made.city.water)
    plan = make_plan(name="每周检测")
    page, api = "quality/inspections/<int:pk>/", "api/v1/quality/inspections/<int:inspection_id>"
    made.about(page, f"{page}thumbnail/", pk=inspection.pk)
    made.about(api, f"{api}/thumbnail", inspection_id=inspection.pk)
    page, api = "quality/plans/<int:pk>/", "api/v1/quality/plans/<int:plan_id>"
    made.about(page, f"{page}edit/", f"{page}run/", pk=plan.pk)
    made.about(api, f"{api}/run", plan_id=plan.pk)
    made.about("quality/runs/<int:pk>/", pk=inspection.run_id)
    made.about("api/v1/quality/runs/<int:run_id>", run_id=inspection.run_id)
    made.about("quality/cameras/<slug:code>/inspection/", code=camera.code)
    made.about("api/v1/quality/cameras/<int:camera_id>/inspection", camera_id=camera.pk)
    made.takes("POST quality/inspections/new/", {"code": camera.code})
    terms = {
        "name": "夜间检测",
        "every_hours": 12,
        "from_hour": 22,
        "until_hour": 6,
        "at_once": 5,
        "window_s": 4,
    }
    for call in ("quality/plans/new/", f"{page}edit/", "api/v1/quality/plans"):
        made.takes(f"POST {call}", terms)
    made.takes(f"PUT {api}", terms)
