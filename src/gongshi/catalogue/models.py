"""The catalogue: what is published, and the changes on their way to being published."""

import uuid

from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.db import models

from gongshi.catalogue.codes import (
    DeviceStatus,
    DeviceType,
    Direction,
    Encoding,
    FunctionType,
    HistorySource,
    Networking,
    NetworkZone,
    OpeningLevel,
    Platform,
    PointClass,
    Protocol,
    Publication,
    Resolution,
    SecurityLevel,
    SharingLevel,
    SupplyLight,
    Transmission,
    UpdateCycle,
    UseState,
)
from gongshi.identity.models import REGION_CHOICES, Department, Person
from gongshi.kernel.encryption import EncryptedTextField

# The departments that a camera names.
UNITS = ("owner", "source_department", "builder", "manager", "maintainer")
# What the list of published cameras is filtered and sorted by.
LISTED_BY = (
    "name",
    "device_type",
    "point_class",
    "region",
    "owner",
    "source_department",
    "sharing_level",
    "opening_level",
    "security_level",
    "status",
    "transmission",
    "published_at",
    "completeness",
    "validity",
)
# Those of few different values.
CHOSEN_BY = (
    "region",
    "device_type",
    "point_class",
    "sharing_level",
    "opening_level",
    "security_level",
    "status",
    "transmission",
    "owner",
    "source_department",
)


class Camera(models.Model):
    """A published point with the fields of §5.1 and the national archive. Positions are WGS-84 degrees.

    A camera exists from its first publishing on; before that it is a `Change` (ADR 0003).
    """

    code = models.CharField("视频编号", max_length=32, unique=True)
    name = models.CharField("设备名称", max_length=128)
    common_name = models.CharField("点位俗称", max_length=64, blank=True)
    # 编目编码: the entry in the catalogue of government information resources.
    resource_code = models.CharField("编目编码", max_length=64, blank=True)
    update_cycle = models.CharField("更新周期", max_length=12, choices=UpdateCycle, blank=True)
    device_type = models.CharField("设备类型", max_length=2, choices=DeviceType)
    point_class = models.CharField("点位分类", max_length=1, choices=PointClass)
    region = models.CharField("行政区域", max_length=6, choices=REGION_CHOICES)
    address = models.CharField("地址", max_length=200)
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")

    owner = models.ForeignKey(
        Department, models.PROTECT, related_name="owned_cameras", verbose_name="所属单位"
    )
    source_department = models.ForeignKey(
        Department, models.PROTECT, related_name="sourced_cameras", verbose_name="主管部门（数源部门）"
    )
    builder = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="建设单位")
    manager = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="管理单位")
    manager_contact = models.CharField("管理单位联系方式", max_length=64, blank=True)
    maintainer = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="运维单位")
    maintainer_contact = models.CharField("运维联系方式", max_length=64, blank=True)
    # Who polices the place; it need not be a department of this platform.
    police_station = models.CharField("所属辖区公安机关", max_length=64, blank=True)
    # Codes of `Industry`, set apart by "/" as the national archive has them.
    industries = models.CharField("所属部门/行业", max_length=64, blank=True)

    ip_address = models.GenericIPAddressField("IP地址", null=True, blank=True)
    ipv6_address = models.GenericIPAddressField("IPv6地址", protocol="IPv6", null=True, blank=True)
    mac_address = models.CharField("MAC地址", max_length=17, blank=True)
    vlan = models.PositiveSmallIntegerField("VLAN", null=True, blank=True)
    gateway = models.GenericIPAddressField("网关", null=True, blank=True)
    netmask = models.CharField("子网掩码", max_length=39, blank=True)
    transmission = models.CharField("传输方式", max_length=8, choices=Transmission)

    sharing_level = models.CharField("共享级别", max_length=16, choices=SharingLevel)
    sharing_condition = models.CharField("共享条件", max_length=300, blank=True)
    no_sharing_ground = models.CharField("不予共享依据", max_length=300, blank=True)
    opening_level = models.CharField("开放级别", max_length=16, choices=OpeningLevel)
    security_level = models.CharField(
        "安全级别", max_length=2, choices=SecurityLevel, default=SecurityLevel.L2
    )

    # Codes of `FunctionType` and of `PositionType`, set apart by "/".
    function_type = models.CharField("功能类型", max_length=32, default=FunctionType.ORDINARY)
    position_type = models.CharField("位置类型", max_length=64, blank=True)
    manufacturer = models.CharField("厂商", max_length=64, blank=True)
    model = models.CharField("型号", max_length=64, blank=True)
    encoding = models.CharField("编码格式", max_length=1, choices=Encoding, blank=True)
    resolution = models.CharField("分辨率", max_length=1, choices=Resolution, blank=True)
    supply_light = models.CharField("补光属性", max_length=1, choices=SupplyLight, blank=True)
    direction = models.CharField("监视方位", max_length=1, choices=Direction, blank=True)
    networking = models.CharField("联网属性", max_length=1, choices=Networking, blank=True)
    installed_on = models.DateField("安装时间", null=True, blank=True)
    retention_days = models.PositiveSmallIntegerField("录像保存天数", null=True, blank=True)
    use_state = models.CharField("使用状态", max_length=1, choices=UseState, blank=True)
    status = models.CharField("设备状态", max_length=8, choices=DeviceStatus, default=DeviceStatus.UNKNOWN)
    remarks = models.CharField("备注", max_length=300, blank=True)
    is_synthetic = models.BooleanField("合成演示数据", default=False)

    publication = models.CharField(
        "发布状态", max_length=12, choices=Publication, default=Publication.PUBLISHED
    )
    # 0 to 100, kept by `completeness`; null until it is reckoned.
    completeness = models.PositiveSmallIntegerField("完整性", null=True, blank=True)
    validity = models.PositiveSmallIntegerField("合规性", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    published_at = models.DateTimeField("发布时间")

    class Meta:
        verbose_name = "视频点位"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(sharing_level="restricted") | ~models.Q(sharing_condition=""),
                name="restricted_sharing_names_its_condition",
            ),
            models.CheckConstraint(
                condition=~models.Q(sharing_level="none") | ~models.Q(no_sharing_ground=""),
                name="no_sharing_names_its_ground",
            ),
            models.CheckConstraint(
                condition=models.Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="position_is_on_earth",
            ),
            models.CheckConstraint(
                condition=models.Q(vlan__isnull=True) | models.Q(vlan__range=(1, 4094)), name="vlan_is_valid"
            ),
        ]
        indexes = [
            # Filters and sorts of the list, by code within equal ones. Words: migration 0005.
            *(
                models.Index(
                    fields=[field, "code"],
                    condition=models.Q(publication="published"),
                    name=f"camera_by_{field}"[:30],
                )
                for field in LISTED_BY
            ),
            models.Index(
                fields=["code"], condition=models.Q(publication="withdrawn"), name="camera_withdrawn"
            ),
            # Several filters at once, and how many points they leave (ADR 38).
            GinIndex(
                fields=CHOSEN_BY,
                condition=models.Q(publication="published"),
                name="camera_by_choices",
                gin_pending_list_limit=512,
            ),
            # What duplicates are found by.
            HashIndex(fields=["ip_address"], name="camera_ip_address"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"

    @property
    def is_withdrawn(self) -> bool:
        return self.publication == Publication.WITHDRAWN


class AccessPath(models.Model):
    """One way to reach a camera's pictures: on which platform, in which network, by which protocol."""

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="paths")
    # What a media node calls the stream: it tells nothing about the camera.
    stream = models.UUIDField("流标识", default=uuid.uuid4, unique=True, editable=False)
    platform = models.CharField("接入平台", max_length=12, choices=Platform)
    network_zone = models.CharField("网络区域", max_length=12, choices=NetworkZone)
    protocol = models.CharField("接入协议", max_length=12, choices=Protocol)
    main_url = EncryptedTextField("取流地址", blank=True)
    sub_url = EncryptedTextField("子码流地址", blank=True)
    gb_device_id = models.CharField("国标设备编码", max_length=20, blank=True)
    gb_channel_id = models.CharField("国标通道编码", max_length=20, blank=True)
    history_source = models.CharField(
        "录像来源", max_length=12, choices=HistorySource, default=HistorySource.NONE
    )

    class Meta:
        verbose_name = "接入路径"
        constraints = [
            models.UniqueConstraint(fields=["camera", "platform", "protocol"], name="one_path_per_platform"),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} {self.get_protocol_display()}"

    @property
    def has_address(self) -> bool:
        return bool(self.main_url or self.gb_channel_id)


class CatalogueEdition(models.Model):
    """One row: how often the catalogue was published. By it a copy is known to be old."""

    number = models.PositiveBigIntegerField("版次")

    class Meta:
        verbose_name = "目录版次"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_edition")]

    def __str__(self) -> str:
        return str(self.number)


class SubmissionState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    PUBLISHING = "publishing", "发布中"
    DECIDED = "decided", "已审核"


# What waits to be published: nobody hands in the same points again.
OPEN_SUBMISSIONS = (SubmissionState.SUBMITTED, SubmissionState.PUBLISHING)


class Submission(models.Model):
    """A batch of changes that a department hands in for review together (编目提交)."""

    number = models.CharField("编目批次", max_length=20, unique=True)
    title = models.CharField("说明", max_length=128)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="submissions", verbose_name="编目部门"
    )
    compiled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="编目人")
    state = models.CharField("状态", max_length=12, choices=SubmissionState, default=SubmissionState.DRAFT)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    # What the checks found doubtful but not wrong, as sentences for the reviewer.
    warnings = models.JSONField("提示", default=list)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="审核人")
    decided_at = models.DateTimeField("审核时间", null=True)
    # Why what was approved could not be published: it waits for review again.
    failure = models.CharField("未能发布的原因", max_length=500, blank=True)

    class Meta:
        verbose_name = "编目批次"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "compiled_by"],
                condition=models.Q(state="draft"),
                name="one_draft_a_department_and_compiler",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(submitted_at__isnull=False),
                name="what_is_handed_in_says_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="publishing") | models.Q(decided_by__isnull=False),
                name="what_is_being_published_was_decided",
            ),
            # 录入与审核分离.
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("compiled_by")),
                name="nobody_reviews_his_own_submission",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_publishing(self) -> bool:
        return self.state == SubmissionState.PUBLISHING


class ChangeKind(models.TextChoices):
    CREATE = "create", "新增"
    UPDATE = "update", "修改"
    WITHDRAW = "withdraw", "撤回"


class Verdict(models.TextChoices):
    OPEN = "open", "待审核"
    APPROVED = "approved", "通过"
    RETURNED = "returned", "退回"


class Change(models.Model):
    """One camera in a submission: what it was and what it shall be, by field name."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="changes")
    kind = models.CharField("变更", max_length=8, choices=ChangeKind)
    camera = models.ForeignKey(Camera, models.PROTECT, null=True, blank=True, related_name="changes")
    code = models.CharField("视频编号", max_length=32)
    # The version of the camera that this change starts from; 0 for a new one.
    base_version = models.PositiveIntegerField("原版本", default=0)
    previous = models.JSONField("变更前", default=dict)
    proposed = models.JSONField("变更后", default=dict)
    # The addresses and passwords of the proposed paths, a JSON list, unreadable in the database.
    proposed_paths = EncryptedTextField("接入路径", blank=True)
    verdict = models.CharField("结论", max_length=8, choices=Verdict, default=Verdict.OPEN)
    # Why the compiler changes it; a withdrawal must say so.
    ground = models.CharField("变更原因", max_length=300, blank=True)
    # Why the reviewer returns it; with an open verdict, why he is about to.
    reason = models.CharField("理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "变更"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["code"], condition=models.Q(verdict="open"), name="open_change_of_code"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["submission", "code"], name="a_camera_once_per_submission"),
            models.CheckConstraint(
                condition=~models.Q(verdict="returned") | ~models.Q(reason=""),
                name="returning_needs_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="create") | models.Q(camera__isnull=False),
                name="only_a_new_camera_is_not_there_yet",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="withdraw") | ~models.Q(ground=""),
                name="withdrawing_needs_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


class CodeScheme(models.Model):
    """How a department numbers its points itself (视频编号). # stands for a digit, @ for a capital letter."""

    department = models.OneToOneField(
        Department, models.CASCADE, related_name="code_scheme", verbose_name="部门"
    )
    pattern = models.CharField("编号规则", max_length=64)
    explanation = models.CharField("说明", max_length=200, blank=True)
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="设置人")
    set_at = models.DateTimeField("设置时间")

    class Meta:
        verbose_name = "自编编号规则"
        ordering = ["department__code"]

    def __str__(self) -> str:
        return f"{self.department.name} {self.pattern}"


# At the end, since these tables name the ones above.
import gongshi.catalogue.completeness_models  # noqa: E402
import gongshi.catalogue.filing_models  # noqa: E402
import gongshi.catalogue.import_models  # noqa: E402
import gongshi.catalogue.publishing_models  # noqa: E402, F401
