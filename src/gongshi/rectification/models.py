"""Orders to mend a point. Their history is in the record: every step is an event."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from gongshi.catalogue.models import Camera
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.quality.diagnosis.faults import LABELS
from gongshi.quality.models import Inspection
from gongshi.rectification.codes import UNMENDED, Capacity, OrderState, Urging

DESCRIPTION_LENGTH = 500


class Order(models.Model):
    """整改单: one point out of order. A point has one at a time."""

    number = models.CharField("整改单号", max_length=20, unique=True)
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="rectifications", verbose_name="点位")
    source_department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="数源部门"
    )
    faults = ArrayField(models.CharField(max_length=16), default=list, verbose_name="异常")
    description = models.CharField("问题说明", max_length=DESCRIPTION_LENGTH)
    # The inspection that gave rise to it, while it is kept.
    cause = models.ForeignKey(
        Inspection, models.SET_NULL, null=True, related_name="+", verbose_name="依据的检测"
    )
    # Nobody when a rule opened it.
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="发起人")
    opened_at = models.DateTimeField("发起时间")
    due_on = models.DateField("整改期限")
    state = models.CharField("状态", max_length=8, choices=OrderState, default=OrderState.OPEN)
    urging = models.PositiveSmallIntegerField("催办", choices=Urging, default=Urging.NONE)
    mended_at = models.DateTimeField("报完成时间", null=True)
    proved_at = models.DateTimeField("复检合格时间", null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="销号人")
    closed_at = models.DateTimeField("销号时间", null=True)
    conclusion = models.CharField("结论", max_length=DESCRIPTION_LENGTH, blank=True)

    class Meta:
        verbose_name = "整改单"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["camera"], condition=~models.Q(state="closed"), name="one_open_order_a_camera"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed")
                | (models.Q(closed_at__isnull=False) & ~models.Q(conclusion="")),
                name="a_closed_order_has_its_conclusion",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="order_by_term"),
            models.Index(fields=["source_department"], name="order_of_source"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("rectification:order", args=[self.number])

    @property
    def fault_names(self) -> str:
        return "、".join(LABELS.get(code, code) for code in self.faults)

    @property
    def last_day(self) -> date:
        """The day on which the term was kept or will be judged: until mended, today."""
        if self.state in UNMENDED or self.mended_at is None:
            return clock.today()
        return self.mended_at.astimezone(clock.LOCAL_ZONE).date()

    @property
    def is_overdue(self) -> bool:
        return self.state != OrderState.CLOSED and self.last_day > self.due_on


class Addressee(models.Model):
    """A department that is to mend the point, in one or more capacities, and its last answer."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="addressees")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="责任单位")
    capacities = ArrayField(models.CharField(max_length=10, choices=Capacity), verbose_name="责任")
    answer = models.CharField("答复", max_length=DESCRIPTION_LENGTH, blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "责任单位"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "department"], name="a_department_once_an_order")
        ]

    def __str__(self) -> str:
        return f"{self.department}（{self.capacity_names}）"

    @property
    def capacity_names(self) -> str:
        return "、".join(Capacity(each).label for each in self.capacities)
