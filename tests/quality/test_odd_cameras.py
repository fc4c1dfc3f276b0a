"""Whatever a camera sends, the others of its run are looked at and kept."""

import pytest

from gongshi.catalogue.models import Camera
from gongshi.media.probe import ProbeResult
from gongshi.quality.carrying_out import keep_what_can_be
from gongshi.quality.diagnosis.verdicts import Diagnosis
from gongshi.quality.looking import Seen
from gongshi.quality.models import Inspection, RunPoint
from tests.quality.making import JPEG, begun, intact, make_cameras, make_plan

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("numbers", "nonsense"),
    [
        ({"black": (float("nan"), 95)}, {}),
        ({}, {"bitrate": 1e16}),
        ({}, {"first_frame_s": float("inf")}),
        ({}, {"codec": "a codec of a long name"}),
    ],
)
def test_what_of_one_camera_cannot_be_kept_stops_no_other(
    numbers: dict[str, tuple[float, float]], nonsense: dict[str, object]
) -> None:
    first, broken, last = make_cameras(3)
    measures: dict[str, object] = {"codec": "h264", "width": 1280, "height": 720, "fps": 25.0, "gop_s": 1.0}
    measures |= {"bitrate": 2e6, "first_frame_s": 0.4} | nonsense
    odd = Seen(broken.pk, "", ProbeResult(**measures), Diagnosis((), numbers), JPEG)  # type: ignore[arg-type]
    run = begun(make_plan())
    keep_what_can_be(run, Camera.objects.in_bulk(), [intact(first), odd, intact(last)])
    found = dict(run.inspections.values_list("camera_id", "outcome"))
    assert found == {first.pk: "intact", broken.pk: "offline", last.pk: "intact"}
    assert Inspection.objects.get(camera=broken).trouble == "unreadable"
    run.refresh_from_db()
    assert run.done == 3 and not RunPoint.objects.exists()
