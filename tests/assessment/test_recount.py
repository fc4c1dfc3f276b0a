"""A month's score is what one gets who counts its inspections again, whatever was found when."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongshi.assessment.models import MonthlyScore
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Department
from gongshi.kernel import clock
from gongshi.quality.carrying_out import keep
from gongshi.quality.codes import Outcome
from gongshi.quality.looking import Seen
from gongshi.quality.models import InspectionRun, RunPoint
from tests.factories import make_camera, make_department
from tests.quality.making import faulty, intact, silent

pytestmark = pytest.mark.django_db

# The last minute of a month in Lishui, the first of the next, and the hours of which UTC says another month.
MOMENTS = [
    datetime(2026, 1, 31, 15, 59, 59, tzinfo=UTC),
    datetime(2026, 1, 31, 16, 0, tzinfo=UTC),
    datetime(2026, 1, 31, 23, 59, tzinfo=UTC),
    datetime(2026, 12, 31, 16, 30, tzinfo=UTC),
]
OF_CLASSES = ["1", "1", "2", "3", "1", "4"]
SEEN = {
    Outcome.INTACT: intact,
    Outcome.FAULTY: lambda camera: faulty(camera, "black"),
    Outcome.OFFLINE: silent,
    Outcome.UNTESTED: lambda camera: Seen(camera.pk, "other_zone"),
}
ROUNDS = st.lists(
    st.tuples(
        st.sampled_from(MOMENTS),
        st.dictionaries(st.integers(0, len(OF_CLASSES) - 1), st.sampled_from(list(Outcome)), min_size=1),
    ),
    max_size=5,
)
RECOUNT = """
    SELECT inspection.source_department_id,
        (date_trunc('month', inspection.at AT TIME ZONE 'Asia/Shanghai'))::date AS month,
        count(*),
        count(*) FILTER (WHERE outcome IN ('intact', 'faulty')),
        count(*) FILTER (WHERE outcome IN ('intact', 'faulty') AND point_class = '1'),
        count(*) FILTER (WHERE outcome = 'intact' AND point_class = '1'),
        count(*) FILTER (WHERE outcome IN ('intact', 'faulty') AND point_class <> '1'),
        count(*) FILTER (WHERE outcome = 'intact' AND point_class <> '1')
    FROM quality_inspection inspection JOIN catalogue_camera camera ON camera.id = inspection.camera_id
    WHERE outcome <> 'untested' GROUP BY 1, 2 ORDER BY 1, 2
"""
COUNTED = (
    "department_id",
    "month",
    "inspections",
    "online",
    "key_online",
    "key_intact",
    "other_online",
    "other_intact",
)


@pytest.fixture
def cameras() -> list[Camera]:
    departments: list[Department] = [make_department() for _ in range(3)]
    return [
        make_camera(departments[number % 3], point_class=point_class)
        for number, point_class in enumerate(OF_CLASSES)
    ]


def looked_at(cameras: list[Camera], outcomes: dict[int, Outcome]) -> None:
    """One run of these points, kept in two parts as a worker keeps them."""
    chosen = {cameras[number].pk: cameras[number] for number in outcomes}
    run = InspectionRun.objects.create(at_once=1, window_s=6, begun_at=clock.now(), total=len(chosen))
    RunPoint.objects.bulk_create(RunPoint(run=run, camera=camera) for camera in chosen.values())
    seen = [SEEN[outcome](cameras[number]) for number, outcome in outcomes.items()]
    keep(run, chosen, seen[::2])
    keep(run, chosen, seen)


def per_cent(part: int, whole: int) -> Decimal | None:
    share = Decimal(100 * part) / whole if whole else None
    return None if share is None else share.quantize(Decimal("0.1"), ROUND_HALF_EVEN)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(rounds=ROUNDS)
def test_scores_are_what_counting_the_inspections_again_gives(
    rounds: list[tuple[datetime, dict[int, Outcome]]], cameras: list[Camera]
) -> None:
    with transaction.atomic(), pytest.MonkeyPatch.context() as time:
        for moment, outcomes in rounds:
            time.setattr(clock, "now", lambda moment=moment: moment)
            looked_at(cameras, outcomes)
        with connection.cursor() as cursor:
            cursor.execute(RECOUNT)
            counted = cursor.fetchall()
        assert list(MonthlyScore.objects.order_by("department_id", "month").values_list(*COUNTED)) == counted
        for score, row in zip(MonthlyScore.objects.order_by("department_id", "month"), counted, strict=True):
            of_all, online, key, key_intact, other, other_intact = row[2:]
            wanted = (per_cent(online, of_all), per_cent(key_intact, key), per_cent(other_intact, other))
            assert (score.online_rate, score.key_intact_rate, score.other_intact_rate) == tuple(
                None if each is None else float(each) for each in wanted
            )
        transaction.set_rollback(True)
