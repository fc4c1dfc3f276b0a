"""What a department may already watch (我部门已可查看), by its grants in force."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from gongshi.catalogue.models import Camera
from gongshi.grants.models import Grant
from gongshi.grants.queries import rights_to_watch
from gongshi.identity.models import Person
from gongshi.kernel import clock

MOST_WATCHERS: Final = 20


@dataclass(frozen=True)
class Watcher:
    name: str
    until: datetime
    live: bool
    history: bool


def cameras_watched_by(person: Person) -> list[int]:
    """The cameras of which grants in force give pictures to this person's department, by whatever way."""
    pictures = Q(way__isnull=False) & (Q(live=True) | Q(history=True))
    grants = Grant.objects.in_force(clock.now()).filter(pictures, department=person.department_id)
    return list(grants.order_by().values_list("camera", flat=True).distinct())


def watchers_of(person: Person, camera: Camera) -> list[Watcher]:
    """Who of this person's department may watch a camera now, each by the grant that lasts longest."""
    rights = rights_to_watch().filter(grant__camera=camera, person__department=person.department_id)
    found = rights.order_by("person__name", "person", "-grant__valid_until").values_list(
        "person", "person__name", "grant__valid_until", "grant__live", "grant__history"
    )
    by_person: dict[int, Watcher] = {}
    for number, name, until, live, history in found:
        known = by_person.setdefault(number, Watcher(name, until, live, history))
        by_person[number] = Watcher(name, known.until, known.live or live, known.history or history)
    return list(by_person.values())
