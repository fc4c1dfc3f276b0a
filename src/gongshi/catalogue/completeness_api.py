"""编目完整性 over JSON."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from gongshi.catalogue.completeness_actions import set_score_weight
from gongshi.catalogue.completeness_queries import places, ranking_visible_to
from gongshi.catalogue.completeness_views import weight_of
from gongshi.catalogue.completeness_weights import Weight, table_in_force
from gongshi.catalogue.rules import Permission
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise

router = Router(tags=["编目完整性"])


class RankOut(Schema):
    """`low`: points below 80. Means are null until the scores are reckoned."""

    place: int
    code: str
    name: str
    points: int
    completeness: float | None
    validity: float | None
    low: int


class WeightOut(Schema):
    """`by_class`: for 一、二、三类点."""

    key: str
    label: str
    kind: str
    by_class: tuple[int, int, int]
    is_default: bool


class WeightIn(Schema):
    by_class: tuple[int, int, int]


@router.get("/completeness", response=list[RankOut])
def rank_departments(request: HttpRequest) -> list[dict[str, Any]]:
    """The source departments by the mean of their points, the best first; places are the city's."""
    person = signed_in(request)
    authorise(person, Permission.ReadScores)
    place = places()
    names = ("code", "name", "points", "completeness", "validity", "low")
    return [
        {name: getattr(department, name) for name in names} | {"place": place[department.pk]}
        for department in ranking_visible_to(person)
    ]


@router.get("/completeness/weights", response=list[WeightOut])
def list_weights(request: HttpRequest) -> list[Weight]:
    """What fields count and failed rules cost."""
    authorise(signed_in(request), Permission.ReadScores)
    return table_in_force()


@router.put("/completeness/weights/{key}", response=WeightOut)
def set_weight(request: HttpRequest, key: str, body: WeightIn) -> Weight:
    """修改权重, by the bureau; the scores follow by a job."""
    person = signed_in(request)
    authorise(person, Permission.KeepScoreWeights)
    set_score_weight(actor=person, key=key, by_class=body.by_class)
    return weight_of(key)
