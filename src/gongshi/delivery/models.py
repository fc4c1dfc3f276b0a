"""Work orders: what operators switch on, the bureau accepts, and the requesting department judges."""

from django.db import models
from django.urls import reverse

from gongshi.demand.models import DeliveryResult, Demand, DemandLine, Lane
from gongshi.grants.models import Grant, Way
from gongshi.identity.models import Person


class WorkOrderState(models.TextChoices):
    ISSUED = "issued", "待领取"
    IN_PROGRESS = "in_progress", "实施中"
    DELIVERED = "delivered", "待验收"
    ACCEPTED = "accepted", "已验收"
    # Nothing could be switched on, or the demand was withdrawn.
    TERMINATED = "terminated", "已终止"


class WorkOrder(models.Model):
    """The approved lines of one demand and way, for the operations team (§6.5.1, §7.1).

    Until it is accepted, lines of lanes that are approved later are added to it, so that a lane that fails
    its acceptance always finds its order open. Structured data has no way.
    """

    number = models.CharField("工单编号", max_length=20, unique=True)
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="work_orders", verbose_name="需求")
    way = models.CharField("方式", max_length=10, choices=Way, null=True)  # noqa: DJ001
    state = models.CharField("状态", max_length=12, choices=WorkOrderState, default=WorkOrderState.ISSUED)
    issued_at = models.DateTimeField("派发时间")
    claimed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="work_orders", verbose_name="实施人"
    )
    claimed_at = models.DateTimeField("领取时间", null=True)
    delivered_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "实施工单"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "way"],
                condition=models.Q(state__in=["issued", "in_progress", "delivered"]),
                nulls_distinct=False,
                name="one_open_order_per_demand_and_way",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("delivery:order", args=[self.pk])


class WorkOrderLine(models.Model):
    """One camera to switch on, and the grant that waits for it."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="lines")
    demand_line = models.OneToOneField(DemandLine, models.PROTECT, related_name="work_order_line")
    grant = models.OneToOneField(Grant, models.PROTECT, related_name="work_order_line")
    result = models.CharField("结果", max_length=14, choices=DeliveryResult, default=DeliveryResult.OPEN)
    reason = models.CharField("原因", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", null=True)

    class Meta:
        verbose_name = "工单点位"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(result="undeliverable") | ~models.Q(reason=""),
                name="an_undelivered_line_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.demand_line.camera.name}"


class Acceptance(models.Model):
    """验收 (§7.2): the bureau's judgement of what was delivered for one lane."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="acceptances")
    lane = models.ForeignKey(Lane, models.PROTECT, related_name="acceptances")
    passed = models.BooleanField("通过")
    reason = models.CharField("意见", max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="验收人")
    at = models.DateTimeField("验收时间")

    class Meta:
        verbose_name = "验收"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(passed=True) | ~models.Q(reason=""), name="failing_needs_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {'通过' if self.passed else '不通过'}"


class Feedback(models.Model):
    """满意度打分 (§7.2): the requesting department's score and advice for one work order."""

    order = models.OneToOneField(WorkOrder, models.CASCADE, related_name="feedback")
    score = models.PositiveSmallIntegerField("满意度", choices=[(n, f"{n} 分") for n in range(5, 0, -1)])
    advice = models.CharField("建议", max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="评价人")
    at = models.DateTimeField("评价时间")

    class Meta:
        verbose_name = "满意度评价"
        constraints = [
            models.CheckConstraint(condition=models.Q(score__range=(1, 5)), name="score_is_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.score}"
