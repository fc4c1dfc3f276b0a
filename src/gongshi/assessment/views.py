"""考核: the scores of departments, month by month."""

from django.db.models import QuerySet

from gongshi.assessment import queries
from gongshi.assessment.filters import ScoreFilter
from gongshi.assessment.models import MonthlyScore
from gongshi.assessment.rules import Permission
from gongshi.assessment.tables import ScoreTable
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.lists import ListPage


class ScoreList(ListPage):
    title = "考核评分"
    sub = "各部门每月的在线率、完好率和档案完整性；红色为未达目标"
    permission = Permission.ReadScores
    table_class = ScoreTable
    filterset_class = ScoreFilter
    empty_icon = "activity"
    empty_title = "还没有考核评分"
    empty_text = "质量检测开始后，各部门每月的评分会出现在这里。"

    def get_queryset(self) -> QuerySet[MonthlyScore]:
        return queries.scores_visible_to(signed_in(self.request))
