"""考核评分 over JSON."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.pagination import paginate

from gongshi.assessment import queries
from gongshi.assessment.filters import ScoreFilter
from gongshi.assessment.models import MonthlyScore
from gongshi.assessment.policy import AIMS, aims
from gongshi.assessment.rules import Permission
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid

router = Router(tags=["考核"])


class ScoreOut(Schema):
    """Rates in per cent, null while nothing was counted; `month` is its first day; `key` is class 1.

    Changes are since the month before.
    """

    department: str = Field(alias="department.name")
    month: date
    points: int | None
    inspections: int
    online_rate: float | None
    online_change: float | None
    key_intact_rate: float | None
    key_intact_change: float | None
    other_intact_rate: float | None
    other_intact_change: float | None
    completeness: float | None
    completeness_change: float | None


class AimOut(Schema):
    """What is demanded of the field of a score that is named `score`."""

    score: str
    label: str
    aim: int
    unit: str


@router.get("/aims", response=list[AimOut])
def list_aims(request: HttpRequest) -> list[dict[str, Any]]:
    """考核目标, as they are in force."""
    authorise(signed_in(request), Permission.ReadScores)
    in_force = aims()
    return [
        {"score": name, "label": aim.label, "aim": in_force[name], "unit": aim.unit}
        for name, aim in AIMS.items()
    ]


@router.get("/scores", response=list[ScoreOut])
@paginate
def list_scores(request: HttpRequest) -> QuerySet[MonthlyScore]:
    """考核评分, latest month first. Filters as on the page: month (2026-11), department (its number)."""
    person = signed_in(request)
    authorise(person, Permission.ReadScores)
    found = ScoreFilter(request.GET, queryset=queries.scores_visible_to(person))
    if not found.is_valid():
        field, messages = next(iter(found.errors.items()))
        raise Invalid(f"筛选条件 {field} 有误：{messages[0]}", field=field)
    return found.qs
