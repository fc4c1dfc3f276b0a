"""Forgets what has been kept long enough: pictures after a month, inspections after more than a year."""

from datetime import timedelta

from django.db.models import QuerySet

from gongshi.kernel import clock
from gongshi.quality.codes import RunState
from gongshi.quality.models import Inspection, InspectionRun, Thumbnail
from gongshi.quality.policy import INSPECTION_DAYS, THUMBNAIL_DAYS

BATCH = 5_000


def forget() -> tuple[int, int]:
    """Delete pictures and inspections whose term is over; gives how many of each. In small transactions."""
    now = clock.now()
    pictures = Thumbnail.objects.filter(made_at__lte=now - timedelta(days=THUMBNAIL_DAYS.value()))
    oldest = now - timedelta(days=INSPECTION_DAYS.value())
    forgotten = _delete(pictures), _delete(Inspection.objects.filter(at__lt=oldest).order_by("at"))
    InspectionRun.objects.filter(state=RunState.DONE, done_at__lt=oldest).delete()
    return forgotten


def _delete(rows: "QuerySet[Thumbnail] | QuerySet[Inspection]") -> int:
    total = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        total += len(keys)
    return total
