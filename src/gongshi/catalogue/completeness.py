"""编目完整性: how complete and how valid the archive of a point is, 0 to 100 each (§5.1, §5.2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from gongshi.catalogue.checks import BY_CODE
from gongshi.catalogue.codes import PointClass, SharingLevel
from gongshi.catalogue.completeness_weights import DEFAULTS, PATHS, Weights, weights_in_force
from gongshi.catalogue.models import AccessPath, Camera, Change
from gongshi.catalogue.proposals import values_of
from gongshi.catalogue.reading import Proposal
from gongshi.catalogue.row_rules import ROW_RULES, Around
from gongshi.catalogue.validation import schemes_in_force
from gongshi.identity.department_names import DepartmentNames

FULL: Final = 100
CAMERAS_AT_ONCE: Final = 2_000
EMPTY: Final = (None, "")
# What is asked for only of points that are shared so.
ONLY_WHEN: Final = {
    "sharing_condition": SharingLevel.RESTRICTED.value,
    "no_sharing_ground": SharingLevel.NONE.value,
}


@dataclass(frozen=True)
class Score:
    """`missing` are fields by name, the weightiest first; `failed` are codes of checks."""

    completeness: int
    validity: int
    missing: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class Scorer:
    """Reckons scores with the weights in force: three queries once, none for a point."""

    def __init__(self) -> None:
        self._weights: Weights = weights_in_force()
        self._around = Around(DepartmentNames.load(), schemes_in_force())
        self._known: dict[tuple[str, str], tuple[dict[str, int], int]] = {}

    def score(self, camera: Camera, *, has_paths: bool) -> Score:
        """The score of a camera as it stands, saved or not."""
        values = values_of(camera)
        # A class that is none of ours is asked as much as the least public.
        point_class = camera.point_class if camera.point_class in PointClass.values else PointClass.CLASS_3
        asked, most = self._asked(point_class, values["sharing_level"])
        missing = [name for name in asked if (not has_paths if name == PATHS else values[name] in EMPTY)]
        missing.sort(key=lambda name: -asked[name])
        lost = sum(asked[name] for name in missing)
        costs = self._weights.rules[point_class]
        failed = sorted(self._failed(values) & costs.keys())
        return Score(
            # Only what is complete has a hundred.
            completeness=FULL * (most - lost) // most if most else FULL,
            validity=max(0, FULL - sum(costs[code] for code in failed)),
            missing=missing,
            failed=failed,
        )

    def _asked(self, point_class: str, sharing_level: str) -> tuple[dict[str, int], int]:
        """What fields count, and all together: for the few kinds of points that there are."""
        kind = point_class, sharing_level
        if kind not in self._known:
            asked = {
                name: weight
                for name, weight in self._weights.fields[point_class].items()
                if name not in ONLY_WHEN or sharing_level == ONLY_WHEN[name]
            }
            self._known[kind] = asked, sum(asked.values())
        return self._known[kind]

    def _failed(self, values: dict[str, Any]) -> set[str]:
        """The codes of the rules that one point breaks by itself."""
        proposal = Proposal(0, values)
        return {finding.code for rule in ROW_RULES for finding in rule(proposal, self._around)}


def score_pairs(pairs: Collection[tuple[Change, Camera]], scorer: Scorer) -> None:
    """Give the cameras that are about to be published their scores: as each will be with its change."""
    kept = [camera.pk for change, camera in pairs if camera.pk and PATHS not in change.proposed]
    reached = set(AccessPath.objects.filter(camera__in=kept).values_list("camera", flat=True))
    for change, camera in pairs:
        proposed = change.proposed.get(PATHS)
        has_paths = camera.pk in reached if proposed is None else bool(proposed)
        score = scorer.score(camera, has_paths=has_paths)
        camera.completeness, camera.validity = score.completeness, score.validity


def heads_of(fields: Iterable[str]) -> list[str]:
    """Fields by the heads that people know."""
    return [DEFAULTS[name].label for name in fields]


def sentences_of(codes: Iterable[str]) -> list[str]:
    """What the rules say, without anything of the point itself."""
    return [BY_CODE[code].sentence for code in codes]


def score_of(camera: Camera) -> Score:
    """How one published camera stands, reckoned anew, with what is missing and what is wrong."""
    return Scorer().score(camera, has_paths=AccessPath.objects.filter(camera=camera).exists())


def rescore(keys: Iterable[int], scorer: Scorer) -> int:
    """Bring the scores of these cameras up to date in three statements; gives how many differed."""
    cameras = list(Camera.objects.filter(pk__in=list(keys)))
    reached = set(
        AccessPath.objects.filter(camera__in=[camera.pk for camera in cameras]).values_list(
            "camera", flat=True
        )
    )
    scores = [(camera.pk, scorer.score(camera, has_paths=camera.pk in reached)) for camera in cameras]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalogue_camera SET completeness = now.completeness, validity = now.validity
            FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[]) AS now (id, completeness, validity)
            WHERE catalogue_camera.id = now.id AND (catalogue_camera.completeness, catalogue_camera.validity)
                IS DISTINCT FROM (now.completeness, now.validity)
            """,
            [
                [key for key, _ in scores],
                [score.completeness for _, score in scores],
                [score.validity for _, score in scores],
            ],
        )
        return int(cursor.rowcount)


def rescore_everything() -> int:
    """Bring all scores up to date, chunk by chunk, each by itself: whoever is killed begins again."""
    scorer, last, differed = Scorer(), 0, 0
    while keys := list(
        Camera.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CAMERAS_AT_ONCE]
    ):
        differed += rescore(keys, scorer)
        last = keys[-1]
    return differed
