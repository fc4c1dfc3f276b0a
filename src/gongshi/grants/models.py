"""The grant: this department, this camera, this way, these people, this purpose, from and until."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from gongshi.catalogue.models import AccessPath, Camera
from gongshi.identity.models import Department, Person


class Way(models.TextChoices):
    """App. B: how streams are shared."""

    ACCOUNT = "account", "方式一：账号"
    TERMINAL = "terminal", "方式二：终端"
    LINE = "line", "方式三：专线"


class Basis(models.TextChoices):
    DEMAND = "demand", "需求"
    STANDING = "standing", "本单位点位"
    INSPECTION = "inspection", "质量检查"
    EMERGENCY = "emergency", "应急"


class GrantState(models.TextChoices):
    PREPARED = "prepared", "待生效"
    ACTIVE = "active", "生效中"
    SUSPENDED = "suspended", "已暂停"
    EXPIRED = "expired", "已到期"
    REVOKED = "revoked", "已撤销"
    # Prepared for a work order, but never became valid.
    DISCARDED = "discarded", "未生效"


ENDED = (GrantState.EXPIRED, GrantState.REVOKED, GrantState.DISCARDED)


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, moment: datetime) -> "GrantQuerySet":
        """The grants that open something at this moment."""
        return self.filter(state=GrantState.ACTIVE, valid_from__lte=moment, valid_until__gt=moment)


class Grant(models.Model):
    """One camera for one department. For structured data the last three columns say what is received."""

    number = models.CharField("授权编号", max_length=20, unique=True)
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="grants", verbose_name="视频点位")
    path = models.ForeignKey(
        AccessPath, models.SET_NULL, null=True, related_name="+", verbose_name="接入路径"
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="grants", verbose_name="使用部门")
    way = models.CharField("方式", max_length=10, choices=Way, null=True)  # noqa: DJ001 - null is not a way
    live = models.BooleanField("实时", default=True)
    history = models.BooleanField("历史", default=False)
    viewers: "models.ManyToManyField[Person, GrantViewer]" = models.ManyToManyField(
        Person, through="GrantViewer", related_name="grants", verbose_name="使用人员"
    )
    purpose = models.CharField("用途", max_length=500)
    valid_from = models.DateTimeField("起")
    valid_until = models.DateTimeField("止")
    basis = models.CharField("依据", max_length=12, choices=Basis)
    # The demand's number, kept as text: the room of demands stands above this one.
    basis_number = models.CharField("依据编号", max_length=32, blank=True)
    state = models.CharField("状态", max_length=10, choices=GrantState, default=GrantState.PREPARED)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField("结束理由", max_length=300, blank=True)
    object_kinds = ArrayField(models.CharField(max_length=32), verbose_name="数据对象", null=True, blank=True)
    object_fields = ArrayField(
        models.CharField(max_length=64), verbose_name="数据字段", null=True, blank=True
    )
    receiving_system = models.CharField("接收系统", max_length=128, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "授权"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("valid_from")), name="grant_has_a_period"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="revoked") | ~models.Q(end_reason=""),
                name="revoking_needs_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ENDED, ended_at__isnull=False)
                | (~models.Q(state__in=ENDED) & models.Q(ended_at__isnull=True)),
                name="an_ended_grant_says_when",
            ),
            # Either a way of watching or a receiver of structured data, never both.
            models.CheckConstraint(
                condition=models.Q(way__isnull=False, object_kinds__isnull=True)
                | models.Q(way__isnull=True, object_kinds__isnull=False),
                name="grant_is_for_stream_or_structured",
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "camera"], condition=models.Q(state="active"), name="active_grant"
            ),
            models.Index(fields=["basis_number"], name="grant_of_basis"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.camera.name}"

    def get_absolute_url(self) -> str:
        return reverse("grants:grant", args=[self.pk])

    @property
    def content(self) -> str:
        """What the grant opens, in words."""
        if self.way is None:
            return f"结构化数据：{'、'.join(self.object_kinds or [])}"
        return "、".join(word for word, given in (("实时", self.live), ("历史", self.history)) if given)


class GrantViewer(models.Model):
    """A named person who may watch (使用人员)."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="grant_viewers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="grant_viewers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "person"], name="a_viewer_once_per_grant")]

    def __str__(self) -> str:
        return f"{self.grant}: {self.person}"
