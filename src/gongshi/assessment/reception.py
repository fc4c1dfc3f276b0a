"""What the news of inspections causes here."""

from collections.abc import Sequence
from typing import Any

from gongshi.assessment.counting import count_inspections
from gongshi.quality.models import Inspection


def count(inspections: Sequence[Inspection], **_: Any) -> None:
    """Receives `quality.signals.cameras_inspected`."""
    count_inspections(inspections)
