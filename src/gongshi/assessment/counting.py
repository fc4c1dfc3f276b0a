"""Counting what inspections found into the month's scores, as it is found, and the points each night."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import Avg, Count

from gongshi.assessment.models import MonthlyScore
from gongshi.catalogue.codes import PointClass, Publication
from gongshi.catalogue.models import Camera
from gongshi.kernel import clock
from gongshi.quality.codes import ONLINE, Outcome
from gongshi.quality.models import Inspection

COUNTED = ("inspections", "online", "key_online", "key_intact", "other_online", "other_intact")
ADD = f"""
    INSERT INTO assessment_monthlyscore (department_id, month, {", ".join(COUNTED)})
    VALUES (%s, %s, {", ".join(["%s"] * len(COUNTED))})
    ON CONFLICT (department_id, month) DO UPDATE SET
    {", ".join(f"{name} = assessment_monthlyscore.{name} + EXCLUDED.{name}" for name in COUNTED)}
"""  # noqa: S608


def count_inspections(inspections: Sequence[Inspection]) -> None:
    """Add to the scores what these found, in the transaction that keeps them."""
    counts: dict[tuple[int, date], Counter[str]] = {}
    for inspection in inspections:
        month = inspection.at.astimezone(clock.LOCAL_ZONE).date().replace(day=1)
        of_month = counts.setdefault((inspection.source_department_id, month), Counter())
        of_month.update(_counted_by(inspection))
    with connection.cursor() as cursor:
        # In one order, so that two workers never wait for each other.
        for (department, month), found in sorted(counts.items()):
            if found:
                cursor.execute(ADD, [department, month, *(found[name] for name in COUNTED)])


def _counted_by(inspection: Inspection) -> Iterable[str]:
    """The columns to which one inspection adds."""
    if inspection.outcome == Outcome.UNTESTED:
        return
    yield "inspections"
    if inspection.outcome in ONLINE:
        kind = "key" if inspection.camera.point_class == PointClass.CLASS_1 else "other"
        yield from ("online", f"{kind}_online")
        if inspection.outcome == Outcome.INTACT:
            yield f"{kind}_intact"


@transaction.atomic
def count_points() -> int:
    """Note this month's points and how complete their archives are; gives how many departments have any."""
    month = clock.today().replace(day=1)
    published = Camera.objects.filter(publication=Publication.PUBLISHED).order_by()
    found = published.values("source_department").annotate(
        points=Count("pk"), completeness=Avg("completeness")
    )
    scores = [
        MonthlyScore(
            department_id=each["source_department"],
            month=month,
            points=each["points"],
            completeness=None if each["completeness"] is None else round(each["completeness"], 1),
        )
        for each in sorted(found, key=lambda each: each["source_department"])
    ]
    MonthlyScore.objects.bulk_create(
        scores,
        update_conflicts=True,
        unique_fields=["department", "month"],
        update_fields=["points", "completeness"],
    )
    # Who had points at the beginning of the month and has none any more, as after a merger.
    without = MonthlyScore.objects.filter(month=month, points__gt=0)
    without.exclude(department__in=[score.department_id for score in scores]).update(
        points=0, completeness=None
    )
    return len(scores)
