"""What a month's inspections came to, department by department."""

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, NullIf, Round

from gongshi.identity.models import Department


def _rate(label: str, part: str, whole: str) -> models.GeneratedField:
    """Per cent with one decimal, kept by the database so that lists sort by it; null while nothing counts."""
    share = Cast(F(part), models.FloatField()) * 1000 / NullIf(F(whole), Value(0))
    return models.GeneratedField(
        expression=Round(share) / 10,
        output_field=models.FloatField(null=True),
        db_persist=True,
        verbose_name=label,
    )


class MonthlyScore(models.Model):
    """One department and month. `key` points are of class 1 (一类).

    What could not be looked at is not counted; 在线率 is of the rest, 完好率 of those that were online.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="数源部门")
    # The first day of it, in Lishui's calendar.
    month = models.DateField("月份")
    # As they were when last looked at in that month; null before that.
    points = models.PositiveIntegerField("点位数", null=True)
    completeness = models.FloatField("档案完整性", null=True)
    inspections = models.PositiveIntegerField("检测次数", default=0)
    online = models.PositiveIntegerField("在线次数", default=0)
    key_online = models.PositiveIntegerField("一类在线次数", default=0)
    key_intact = models.PositiveIntegerField("一类完好次数", default=0)
    other_online = models.PositiveIntegerField("其他在线次数", default=0)
    other_intact = models.PositiveIntegerField("其他完好次数", default=0)
    online_rate = _rate("在线率", "online", "inspections")
    key_intact_rate = _rate("一类完好率", "key_intact", "key_online")
    other_intact_rate = _rate("其他完好率", "other_intact", "other_online")

    class Meta:
        verbose_name = "月度考核"
        ordering = ["-month", "department__code"]
        constraints = [
            models.UniqueConstraint(fields=["department", "month"], name="a_department_once_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.month:%Y-%m}"
