"""Inspections of the cameras' pictures: plans, their runs, what was found (§5.2)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse

from gongshi.catalogue.codes import PointClass
from gongshi.catalogue.models import Camera
from gongshi.identity.models import REGION_CHOICES, Department, Person
from gongshi.kernel.encryption import EncryptedTextField
from gongshi.quality.codes import Outcome, RunState, Trouble

NAME_LENGTH = 64
MOST_AT_ONCE = 200


class InspectionPlan(models.Model):
    """Which points are looked at, how often and at what hours. Whatever it does not name is every point."""

    name = models.CharField("计划名称", max_length=NAME_LENGTH, unique=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="数源部门"
    )
    region = models.CharField("行政区域", max_length=6, choices=REGION_CHOICES, blank=True)
    point_class = models.CharField("点位分类", max_length=1, choices=PointClass, blank=True)
    every_hours = models.PositiveSmallIntegerField("检测周期（小时）")
    # Hours of Lishui's day in which a run may begin and go on; from 22 to 6 is the night, equal is always.
    from_hour = models.PositiveSmallIntegerField("开始时刻（时）", default=0)
    until_hour = models.PositiveSmallIntegerField("结束时刻（时）", default=0)
    at_once = models.PositiveSmallIntegerField("同时检测路数", default=20)
    window_s = models.PositiveSmallIntegerField("每路检测时长（秒）", default=6)
    is_active = models.BooleanField("启用", default=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="创建人")
    created_at = models.DateTimeField("创建时间")
    last_begun_at = models.DateTimeField("最近开始", null=True)

    class Meta:
        verbose_name = "检测计划"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_hour__lte=23, until_hour__lte=23), name="hours_are_of_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(at_once__range=(1, MOST_AT_ONCE)), name="some_cameras_at_once"
            ),
            models.CheckConstraint(condition=models.Q(every_hours__gte=1), name="plan_comes_round"),
            models.CheckConstraint(
                condition=models.Q(window_s__range=(2, 30)), name="window_is_some_seconds"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("quality:plan", args=[self.pk])

    @property
    def hours_text(self) -> str:
        """全天, or 22:00–06:00."""
        if self.from_hour == self.until_hour:
            return "全天"
        return f"{self.from_hour:02d}:00–{self.until_hour:02d}:00"


class InspectionRun(models.Model):
    """One round of a plan, or of a few points by hand. `done` of its `total` points have been looked at."""

    plan = models.ForeignKey(
        InspectionPlan, models.PROTECT, null=True, related_name="runs", verbose_name="检测计划"
    )
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="发起人")
    state = models.CharField("状态", max_length=8, choices=RunState, default=RunState.RUNNING)
    at_once = models.PositiveSmallIntegerField("同时检测路数")
    window_s = models.PositiveSmallIntegerField("每路检测时长（秒）")
    begun_at = models.DateTimeField("开始时间")
    done_at = models.DateTimeField("完成时间", null=True)
    total = models.PositiveIntegerField("点位数")
    done = models.PositiveIntegerField("已检测", default=0)

    class Meta:
        verbose_name = "检测批次"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(state="running"), name="one_run_of_a_plan_at_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.name if self.plan else '人工检测'} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("quality:run", args=[self.pk])


class RunPoint(models.Model):
    """A point that a run has still to look at. Its row goes in the transaction that keeps what was found."""

    run = models.ForeignKey(InspectionRun, models.CASCADE, related_name="points", db_index=False)
    camera = models.ForeignKey(Camera, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "待检测点位"
        constraints = [models.UniqueConstraint(fields=["run", "camera"], name="a_point_once_a_run")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.camera_id}"


class Inspection(models.Model):
    """One look at one camera: what was found and by which numbers.

    `faults` are codes of `diagnosis.faults.FAULTS`, the gravest first. `numbers` has for each fault that was
    measured `[number, threshold]`, in the unit of the fault. `source_department` is that of the moment.
    """

    run = models.ForeignKey(
        InspectionRun,
        models.SET_NULL,
        null=True,
        related_name="inspections",
        verbose_name="检测批次",
        db_index=False,
    )
    camera = models.ForeignKey(
        Camera, models.CASCADE, related_name="inspections", verbose_name="点位", db_index=False
    )
    source_department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="数源部门", db_index=False
    )
    at = models.DateTimeField("检测时间")
    outcome = models.CharField("检测结果", max_length=8, choices=Outcome)
    trouble = models.CharField("原因", max_length=12, choices=Trouble, blank=True)
    faults = ArrayField(models.CharField(max_length=16), default=list, verbose_name="异常")
    numbers = models.JSONField("诊断数值", default=dict)
    # 0 正常, 1 黑屏 … : the code of the city police's own system, of the gravest fault; null when untested.
    result_code = models.PositiveSmallIntegerField("结果代码", null=True)

    first_frame_ms = models.PositiveIntegerField("首帧时间（毫秒）", null=True)
    bitrate = models.PositiveIntegerField("码率（kbit/s）", null=True)
    frame_rate = models.FloatField("帧率", null=True)
    width = models.PositiveSmallIntegerField("宽（像素）", null=True)
    height = models.PositiveSmallIntegerField("高（像素）", null=True)
    gop_s = models.FloatField("关键帧间隔（秒）", null=True)
    codec = models.CharField("编码格式", max_length=8, blank=True)
    # Only where the source can tell: null means not known.
    recording_days = models.PositiveSmallIntegerField("录像天数", null=True)
    clock_error_s = models.IntegerField("时钟误差（秒）", null=True)

    class Meta:
        verbose_name = "检测记录"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["camera", "-at"], name="inspection_of_camera"),
            models.Index(fields=["-at", "-id"], name="inspection_by_time"),
            models.Index(fields=["source_department", "-at"], name="inspection_by_source"),
            GinIndex(fields=["faults"], name="inspection_by_fault"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "camera"], name="a_camera_once_a_run"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["faulty", "offline"]) & ~models.Q(faults=[])
                | models.Q(outcome__in=["intact", "untested"], faults=[]),
                name="only_what_is_out_of_order_has_faults",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.get_outcome_display()}"

    def get_absolute_url(self) -> str:
        return reverse("quality:inspection", args=[self.pk])

    @property
    def resolution(self) -> str:
        return f"{self.width}×{self.height}" if self.width else ""


class Thumbnail(models.Model):
    """One small picture of an inspection: a JPEG in base64, unreadable in the database, for some weeks."""

    inspection = models.OneToOneField(Inspection, models.CASCADE, primary_key=True, related_name="thumbnail")
    made_at = models.DateTimeField("生成时间", db_index=True)
    picture = EncryptedTextField("画面")

    class Meta:
        verbose_name = "缩略图"

    def __str__(self) -> str:
        return str(self.inspection_id)
