"""What somebody has to look into and answer for. Its history is in the record: every step is an event."""

from django.db import models
from django.urls import reverse

from gongshi.alerts.kinds import alert_kinds
from gongshi.identity.models import Person


class AlertState(models.TextChoices):
    OPEN = "open", "待处理"
    EXPLAINED = "explained", "已说明"
    CLOSED = "closed", "已关闭"


class Alert(models.Model):
    """One thing out of order, for one person and day; what happens again that day is counted."""

    kind = models.CharField("类型", max_length=64, choices=alert_kinds)
    # Whom it is about; nobody when it is about the installation.
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="alerts", verbose_name="涉及人员"
    )
    sentence = models.CharField("情况", max_length=300)
    address = models.GenericIPAddressField("来源地址", null=True)
    times = models.PositiveIntegerField("次数", default=1)
    day = models.DateField("日期")
    first_at = models.DateTimeField("首次发生", db_index=True)
    last_at = models.DateTimeField("最近发生")
    state = models.CharField("状态", max_length=16, choices=AlertState, default=AlertState.OPEN)
    handler = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="handled_alerts", verbose_name="处理人"
    )
    # Who is asked to explain, what, and his answer.
    explainer = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="asked_alerts", verbose_name="说明人"
    )
    question = models.CharField("要求说明的问题", max_length=300, blank=True)
    explanation = models.CharField("说明", max_length=500, blank=True)
    explained_at = models.DateTimeField("说明时间", null=True)
    conclusion = models.CharField("处理结论", max_length=500, blank=True)
    closed_at = models.DateTimeField("关闭时间", null=True)

    class Meta:
        verbose_name = "告警"
        ordering = ["-last_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "person", "day"],
                condition=~models.Q(state="closed"),
                nulls_distinct=False,
                name="one_open_alert_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(handler__isnull=True)
                | models.Q(person__isnull=True)
                | ~models.Q(handler=models.F("person")),
                name="nobody_handles_an_alert_about_himself",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed")
                | (models.Q(handler__isnull=False, closed_at__isnull=False) & ~models.Q(conclusion="")),
                name="a_closed_alert_has_handler_and_conclusion",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="explained")
                | (models.Q(explainer__isnull=False) & ~models.Q(explanation="")),
                name="an_explained_alert_has_its_explanation",
            ),
        ]
        indexes = [
            models.Index(
                fields=["explainer"], condition=models.Q(explainer__isnull=False), name="alerts_to_explain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("alerts:alert", args=[self.pk])

    def url_of_explanation(self) -> str:
        """The page on which who was asked explains; he may not see the alert's own page."""
        return reverse("alerts:explain", args=[self.pk])
