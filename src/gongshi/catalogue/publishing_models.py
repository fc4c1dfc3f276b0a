"""How far the publishing of a large submission is (ADR 0036)."""

from django.db import models

from gongshi.catalogue.models import Submission


class Publishing(models.Model):
    """How far a job is that publishes a submission; there as long as it waits or works."""

    submission = models.OneToOneField(
        Submission, models.CASCADE, primary_key=True, related_name="publishing", verbose_name="编目批次"
    )
    total = models.PositiveIntegerField("待发布")
    done = models.PositiveIntegerField("已写入", default=0)

    class Meta:
        verbose_name = "发布进度"

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // max(self.total, 1))
