"""考核: the scores of departments, month by month."""

from django.db.models import QuerySet

from gongshi.assessment import queries
from gongshi.assessment.filters import ScoreFilter
from gongshi.assessment.models import MonthlyScore
from gongshi.assessment.policy import AIMS, aims
from gongshi.assessment.rules import Permission
from gongshi.assessment.tables import ScoreTable
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.lists import ListPage


class ScoreList(ListPage):
    title = "考核评分"
    permission = Permission.ReadScores
    table_class = ScoreTable
    filterset_class = ScoreFilter
    empty_icon = "activity"
    empty_title = "还没有考核评分"
    empty_text = "质量检测开始后，各部门每月的评分会出现在这里。"

    @property
    def sub(self) -> str:  # type: ignore[override]
        told = "、".join(
            f"{ScoreTable.base_columns[name].verbose_name} {aim}{AIMS[name].unit}"
            for name, aim in aims().items()
        )
        return f"目标：{told}；未达目标的标红"

    def get_queryset(self) -> QuerySet[MonthlyScore]:
        return queries.scores_visible_to(signed_in(self.request))
