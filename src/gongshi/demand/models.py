"""Business items, demands, and how each line of a demand was decided."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.urls import reverse

from gongshi.atlas.models import PointList
from gongshi.catalogue.codes import SharingLevel
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.grants.models import Way
from gongshi.identity.models import Department, Person
from gongshi.kernel.encryption import EncryptedTextField, masked


class BusinessCategory(models.Model):
    """业务分类: what a department's items are sorted by; an item needs one first (App. A.3)."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="business_categories")
    name = models.CharField("业务分类", max_length=64)

    class Meta:
        verbose_name = "业务分类"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                name="category_names_are_unique_in_a_department",
                violation_error_message="本部门已有同名业务分类。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BusinessItem(models.Model):
    """业务事项 (§6.1): the duty for which a department needs video."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="business_items", verbose_name="部门"
    )
    category = models.ForeignKey(
        BusinessCategory, models.PROTECT, related_name="items", verbose_name="业务分类"
    )
    code = models.CharField("事项编码", max_length=20, unique=True)
    name = models.CharField("事项名称", max_length=128)
    section = models.CharField("业务处室", max_length=64)
    section_contact = models.CharField("处室联系人", max_length=64)
    legal_basis = models.CharField("法律依据", max_length=300)
    business_system = models.CharField("业务系统", max_length=128, blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="维护人")
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = "业务事项"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                name="item_names_are_unique_in_a_department",
                violation_error_message="本部门已有同名业务事项。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DemandType(models.TextChoices):
    """§4.3."""

    STREAM = "stream", "视频流查看"
    STRUCTURED = "structured", "视频结构化数据"


class ObjectKind(models.TextChoices):
    """视频图像信息对象: what structured data is about (GA/T 1400.3)."""

    PERSON = "person", "人员"
    FACE = "face", "人脸"
    MOTOR_VEHICLE = "motor_vehicle", "机动车"
    NON_MOTOR_VEHICLE = "non_motor_vehicle", "非机动车"
    THING = "thing", "物品"
    SCENE = "scene", "场景"


class DemandState(models.TextChoices):
    """The summary of a demand's lanes."""

    DRAFT = "draft", "草稿"
    IN_PROGRESS = "in_progress", "办理中"
    IN_USE = "in_use", "使用中"
    CLOSED = "closed", "已办结"
    REFUSED = "refused", "数源拒绝"
    REJECTED = "rejected", "审核不通过"
    TERMINATED = "terminated", "已终止"
    WITHDRAWN = "withdrawn", "已撤回"


class Demand(models.Model):
    """需求 (§6.3a): item + points + type, with purpose, period, viewers and contact."""

    number = models.CharField("需求编号", max_length=20, unique=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="demands", verbose_name="需求部门"
    )
    item = models.ForeignKey(BusinessItem, models.PROTECT, related_name="demands", verbose_name="业务事项")
    point_list = models.ForeignKey(
        PointList, models.PROTECT, related_name="demands", verbose_name="视频点位需求清单"
    )
    type = models.CharField("需求类型", max_length=12, choices=DemandType, default=DemandType.STREAM)
    way = models.CharField("共享方式", max_length=10, choices=Way, null=True, blank=True, default=Way.ACCOUNT)  # noqa: DJ001
    live = models.BooleanField("实时", default=True)
    history = models.BooleanField("历史", default=False)
    object_kinds = ArrayField(
        models.CharField(max_length=32, choices=ObjectKind), verbose_name="数据对象", default=list, blank=True
    )
    purpose = models.TextField("用途说明")
    period_from = models.DateField("使用起始")
    period_until = models.DateField("使用截止")
    contact = models.CharField("联系人", max_length=64)
    phone = EncryptedTextField("联系电话")
    viewers = models.ManyToManyField(
        Person, related_name="demands_to_watch", verbose_name="使用人员", blank=True
    )
    state = models.CharField("状态", max_length=12, choices=DemandState, default=DemandState.DRAFT)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="起草人")
    created_at = models.DateTimeField("起草时间", auto_now_add=True)
    submitted_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )
    submitted_at = models.DateTimeField("提交时间", null=True)

    class Meta:
        verbose_name = "需求"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period_until__gte=models.F("period_from")), name="demand_has_a_period"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(submitted_by__isnull=False),
                name="a_running_demand_was_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.item.name}"

    def get_absolute_url(self) -> str:
        return reverse("demand:demand", args=[self.pk])

    @property
    def masked_phone(self) -> str:
        return masked(self.phone)

    @property
    def object_kind_names(self) -> str:
        return "、".join(ObjectKind(kind).label for kind in self.object_kinds)


class LaneState(models.TextChoices):
    """Where one lane stands; the ways between are in `flow.py`."""

    CONFIRMING = "confirming", "待数源确认"
    REVIEWING = "reviewing", "待大数据局审核"
    SUPPLEMENTING = "supplementing", "待补充材料"
    COORDINATING = "coordinating", "协调中"
    DELIVERING = "delivering", "实施中"
    ACCEPTING = "accepting", "待验收"
    IN_USE = "in_use", "使用中"
    CLOSED = "closed", "已办结"
    REFUSED = "refused", "数源拒绝"
    REJECTED = "rejected", "审核不通过"
    TERMINATED = "terminated", "已终止"
    WITHDRAWN = "withdrawn", "已撤回"


class Lane(models.Model):
    """供需泳道: the lines of a demand that are decided together.

    `source_department` is empty in the one lane of unconditional lines, to which the system agrees (§6.3b).
    `split_from` is the lane whose refused lines these are, once they go to coordination on their own.
    """

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="lanes")
    source_department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="lanes_to_confirm", verbose_name="数源部门"
    )
    split_from = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="split_off", verbose_name="拆分自"
    )
    state = models.CharField("状态", max_length=14, choices=LaneState)
    # Where the lane goes on after supplementing or coordination.
    resumes_as = models.CharField(max_length=14, choices=LaneState, blank=True)
    entered_at = models.DateTimeField("进入当前环节")
    due_at = models.DateTimeField("办理期限", null=True)
    # While set, the clock of this lane stands still.
    paused_at = models.DateTimeField("暂停计时", null=True)

    class Meta:
        verbose_name = "供需泳道"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "source_department"],
                condition=models.Q(split_from=None),
                nulls_distinct=False,
                name="one_lane_per_source_department",
            ),
        ]
        indexes = [models.Index(fields=["state", "source_department"], name="lane_state")]

    def __str__(self) -> str:
        return f"{self.demand.number} {self.decider}"

    @property
    def decider(self) -> str:
        return self.source_department.name if self.source_department else "系统自动判定"


class Act(models.TextChoices):
    """The duties in one lane; nobody holds two of them."""

    SUBMITTED = "submitted", "提交"
    CONFIRMED = "confirmed", "数源确认"
    REVIEWED = "reviewed", "大数据局审核"
    DELIVERED = "delivered", "实施"
    ACCEPTED = "accepted", "验收"


class LaneAct(models.Model):
    """Who did which duty in a lane, and when. Without a person: the system."""

    lane = models.ForeignKey(Lane, models.CASCADE, related_name="acts")
    act = models.CharField("环节", max_length=10, choices=Act)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间")
    result = models.CharField("结果", max_length=32)
    reason = models.CharField("理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "办理记录"
        ordering = ["id"]
        constraints = [
            ExclusionConstraint(
                name="nobody_decides_twice",
                expressions=[
                    ("lane", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("act", RangeOperators.NOT_EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lane}: {self.get_act_display()}"


class LineVerdict(models.TextChoices):
    OPEN = "open", "待确认"
    AGREED = "agreed", "数源同意"
    REFUSED = "refused", "数源拒绝"
    APPROVED = "approved", "审核通过"
    REJECTED = "rejected", "审核不通过"
    VOID = "void", "已失效"


class DeliveryResult(models.TextChoices):
    OPEN = "open", "待实施"
    DELIVERED = "delivered", "已开通"
    UNDELIVERABLE = "undeliverable", "无法开通"


class DemandLine(models.Model):
    """One camera of a demand; sharing level, source department and path are as they were at submission."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="lines")
    lane = models.ForeignKey(Lane, models.CASCADE, related_name="lines")
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="demand_lines", verbose_name="视频点位")
    path = models.ForeignKey(
        AccessPath, models.SET_NULL, null=True, related_name="+", verbose_name="接入路径"
    )
    sharing_level = models.CharField("共享级别", max_length=16, choices=SharingLevel)
    source_department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="数源部门"
    )
    verdict = models.CharField("结论", max_length=10, choices=LineVerdict, default=LineVerdict.OPEN)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    delivery_result = models.CharField(
        "实施结果", max_length=14, choices=DeliveryResult, default=DeliveryResult.OPEN
    )
    delivery_reason = models.CharField("未开通原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "需求点位"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "camera"], name="a_camera_once_per_demand"),
            models.CheckConstraint(
                condition=~models.Q(verdict__in=["refused", "rejected"]) | ~models.Q(reason=""),
                name="refusing_a_line_needs_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(delivery_result="undeliverable") | ~models.Q(delivery_reason=""),
                name="an_undeliverable_line_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand.number} {self.camera.name}"
