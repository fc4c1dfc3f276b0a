"""How complete the catalogue of each department is: the ranking."""

from dataclasses import dataclass

from django.db.models import Avg, Count, Q, QuerySet

from gongshi.catalogue.codes import Publication
from gongshi.catalogue.completeness import heads_of, score_of, sentences_of
from gongshi.catalogue.models import Camera
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department, Person
from gongshi.identity.rules import is_bureau_administrator
from gongshi.kernel.authority import may

# A point below it is shown as one to be completed.
LOW = 80


def ranking() -> QuerySet[Department]:
    """Every source department with published points: their number and mean scores, the best first."""
    published = Q(sourced_cameras__publication=Publication.PUBLISHED)
    low = Q(sourced_cameras__completeness__lt=LOW) | Q(sourced_cameras__validity__lt=LOW)
    return (
        Department.objects.filter(published)
        .annotate(
            points=Count("sourced_cameras"),
            completeness=Avg("sourced_cameras__completeness"),
            validity=Avg("sourced_cameras__validity"),
            low=Count("sourced_cameras", filter=low),
        )
        .order_by("-completeness", "-validity", "code")
    )


def ranking_visible_to(person: Person) -> QuerySet[Department]:
    """All for the bureau; for others the own department and those that it leads."""
    if not may(person, Permission.ReadScores):
        return Department.objects.none()
    if is_bureau_administrator(person):
        return ranking()
    return ranking().filter(Q(pk=person.department_id) | Q(supervisor=person.department_id))


@dataclass(frozen=True)
class ShownScore:
    """What keeps a point from a hundred, in words."""

    missing: list[str]
    failed: list[str]


def score_shown(person: Person, camera: Camera) -> ShownScore | None:
    """What is missing and wrong in an archive, for who may read all of it; without the values themselves."""
    if not may(person, Permission.ReadNetworkFields, camera):
        return None
    score = score_of(camera)
    return ShownScore(heads_of(score.missing), sentences_of(score.failed))


def places() -> dict[int, int]:
    """Department → its place in the ranking of all; one query. Equal ones share a place."""
    found: dict[int, int] = {}
    last: tuple[object, object] | None = None
    place = 0
    for number, department in enumerate(ranking(), start=1):
        scores = vars(department)["completeness"], vars(department)["validity"]
        if last != scores:
            place, last = number, scores
        found[department.pk] = place
    return found
