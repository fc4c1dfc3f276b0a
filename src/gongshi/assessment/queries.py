"""Reads of the scores, scoped to who asks."""

from django.db.models import ExpressionWrapper, F, FloatField, OuterRef, QuerySet, Subquery

from gongshi.assessment.models import MonthlyScore
from gongshi.assessment.rules import Permission
from gongshi.identity.models import Person
from gongshi.identity.rules import is_bureau_administrator, is_operator
from gongshi.kernel.authority import may


def scores_visible_to(person: Person) -> QuerySet[MonthlyScore]:
    """All for bureau and operators, else the own department's; `online_change` is since the month before."""
    if not may(person, Permission.ReadScores):
        return MonthlyScore.objects.none()
    before = MonthlyScore.objects.filter(department=OuterRef("department"), month__lt=OuterRef("month"))
    earlier = Subquery(before.order_by("-month").values("online_rate")[:1], output_field=FloatField())
    scores = MonthlyScore.objects.select_related("department").annotate(
        online_change=ExpressionWrapper(F("online_rate") - earlier, output_field=FloatField())
    )
    if is_bureau_administrator(person) or is_operator(person):
        return scores
    return scores.filter(department=person.department_id)
