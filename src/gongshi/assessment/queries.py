"""Reads of the scores, scoped to who asks."""

from django.db.models import DateField, ExpressionWrapper, F, FloatField, Func, OuterRef, QuerySet, Subquery
from django.db.models.expressions import CombinedExpression

from gongshi.assessment.models import MonthlyScore
from gongshi.assessment.policy import AIMS
from gongshi.assessment.rules import Permission
from gongshi.identity.models import Person
from gongshi.identity.rules import is_bureau_administrator, is_operator
from gongshi.kernel.authority import may

# What is aimed at → by how much it is more than the month before.
CHANGES = {name: f"{name.removesuffix('_rate')}_change" for name in AIMS}


def scores_visible_to(person: Person) -> QuerySet[MonthlyScore]:
    """All for bureau and operators, else the own department's; `online_change` … since the month before."""
    if not may(person, Permission.ReadScores):
        return MonthlyScore.objects.none()
    changes = {change: _change_of(name) for name, change in CHANGES.items()}
    scores = MonthlyScore.objects.select_related("department").annotate(**changes)
    if is_bureau_administrator(person) or is_operator(person):
        return scores
    return scores.filter(department=person.department_id)


def _change_of(name: str) -> "ExpressionWrapper[CombinedExpression]":
    """None where one of the two months has no such number."""
    month_before = Func(
        OuterRef("month"), template="(%(expressions)s - interval '1 month')::date", output_field=DateField()
    )
    before = MonthlyScore.objects.filter(department=OuterRef("department"), month=month_before)
    earlier = Subquery(before.values(name), output_field=FloatField())
    return ExpressionWrapper(F(name) - earlier, output_field=FloatField())
