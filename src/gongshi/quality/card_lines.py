"""What inspections tell on a point's card of the map."""

from collections.abc import Iterator

from gongshi.atlas.card import Line
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.quality.queries import inspections_visible_to


def last_inspection(person: Person, camera: Camera) -> Iterator[Line]:
    """The latest inspection that this person may read."""
    last = inspections_visible_to(person).filter(camera=camera).order_by("-at", "-id").first()
    if last is not None:
        when = clock.local_text(last.at)[:16]
        yield Line("最近检测", f"{when} {last.get_outcome_display()}", last.get_absolute_url())
