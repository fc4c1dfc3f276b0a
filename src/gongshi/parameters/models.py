"""Who set which parameter from what to what, and why; for those who may not read the audit log."""

from django.db import models

from gongshi.identity.models import Person

REASON_LENGTH = 300


class ParameterChange(models.Model):
    """One setting of a parameter."""

    key = models.CharField("参数", max_length=64, db_index=True)
    before = models.IntegerField("原值")
    after = models.IntegerField("新值")
    reason = models.CharField("理由", max_length=REASON_LENGTH)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="修改人")
    at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = "参数修改"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.key}: {self.before} → {self.after}"
