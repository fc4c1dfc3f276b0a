"""The record and its seals. The application's database role may add rows and read them, nothing else.

The three tables of the record are partitioned by month; their database key is (id, time) (migration 0003).
"""

from django.db import models
from django.db.models.functions import Cast

from gongshi.audit.encoding import Part
from gongshi.audit.fields import EntryHashField, KeptJSONField
from gongshi.audit.kinds import recorded_actions


class TransactionNumber(models.Func):
    """The number of the inserting transaction; the database adds the base of its era (`audit_begin_era`)."""

    function = "pg_current_xact_id"

    @classmethod
    def as_position(cls) -> Cast:
        return Cast(Cast(cls(), models.TextField()), models.BigIntegerField())


class RecordRow(models.Model):
    """A row of the record: hashed when it is written, sealed by its position soon after."""

    position = models.BigIntegerField("位置", db_default=TransactionNumber.as_position(), editable=False)
    entry_hash = EntryHashField("摘要", max_length=80, editable=False)

    class Meta:
        abstract = True


class AuditEvent(RecordRow):
    """One thing that somebody did. People and things are kept as text: the row stays true for ever."""

    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("账号编号", null=True)
    actor_account = models.CharField("账号", max_length=64, blank=True)
    actor_name = models.CharField("姓名", max_length=64)
    actor_department = models.CharField("部门", max_length=128, blank=True)
    actor_roles = models.CharField("角色", max_length=200, blank=True)
    action = models.CharField("操作", max_length=64, choices=recorded_actions)
    object_type = models.CharField("对象类型", max_length=64)
    object_id = models.CharField("对象编号", max_length=64)
    object_label = models.CharField("对象", max_length=300)
    succeeded = models.BooleanField("成功", default=True)
    reason = models.TextField("理由", blank=True)
    before = KeptJSONField("变更前", null=True)
    after = KeptJSONField("变更后", null=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    user_agent = models.CharField("客户端", max_length=300, blank=True)
    request_id = models.CharField("请求号", max_length=32)

    class Meta:
        verbose_name = "审计日志"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_of_object"),
            models.Index(fields=["at", "id"], name="audit_by_time"),
            models.Index(fields=["action", "at", "id"], name="audit_by_action"),
            models.Index(fields=["position", "id"], name="audit_by_position"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_action_display()} {self.object_label}"


class AccessKind(models.TextChoices):
    LIVE = "live", "实时查看"
    HISTORY = "history", "历史查看"
    TEST = "test", "实施测试"
    THUMBNAIL = "thumbnail", "检测缩略图"


class AccessRecord(RecordRow):
    """信息调用登记 (Order 799 Art. 16(3)): reason, content, unit and name, written before the first byte."""

    opened_at = models.DateTimeField("登记时间")
    kind = models.CharField("方式", max_length=16, choices=AccessKind)
    reason = models.CharField("事由", max_length=300)
    camera_code = models.CharField("视频编号", max_length=32)
    camera_name = models.CharField("设备名称", max_length=128)
    source_department = models.CharField("数源部门", max_length=128)
    # Unknown in rows from before it was kept.
    source_department_id = models.BigIntegerField("数源部门编号", null=True)
    range_from = models.DateTimeField("录像起", null=True)
    range_to = models.DateTimeField("录像止", null=True)
    person_id = models.BigIntegerField("账号编号")
    person_account = models.CharField("账号", max_length=64)
    person_name = models.CharField("姓名", max_length=64)
    department_id = models.BigIntegerField("部门编号")
    department_name = models.CharField("单位", max_length=128)
    grant_number = models.CharField("授权编号", max_length=32)
    basis = models.CharField("依据", max_length=64)
    address = models.GenericIPAddressField("来源地址", null=True)

    class Meta:
        verbose_name = "信息调用登记"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["camera_code"], name="register_of_camera"),
            models.Index(fields=["opened_at", "id"], name="register_by_time"),
            models.Index(fields=["source_department_id", "opened_at"], name="register_by_source"),
            models.Index(fields=["department_id", "opened_at"], name="register_by_department"),
            models.Index(fields=["position", "id"], name="register_by_position"),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} {self.get_kind_display()} {self.camera_code}"


class AccessOutcome(RecordRow):
    """How a registered look ended; a row of its own, since the register itself is never changed."""

    # The register is partitioned, so the database holds no key of it; who writes has locked the look.
    record = models.OneToOneField(
        AccessRecord, models.DO_NOTHING, related_name="outcome", db_constraint=False
    )
    started_at = models.DateTimeField("开始播放", null=True)
    ended_at = models.DateTimeField("结束")
    bytes = models.BigIntegerField("流量", default=0)
    ending = models.CharField("结束原因", max_length=64)

    class Meta:
        verbose_name = "信息调用结果"
        indexes = [models.Index(fields=["position", "id"], name="outcome_by_position")]

    def __str__(self) -> str:
        return f"{self.record}: {self.ending}"


RECORD: tuple[type[RecordRow], ...] = (AuditEvent, AccessRecord, AccessOutcome)


class Seal(models.Model):
    """All rows from one position up to another, chained to the seal before and signed (`encoding`)."""

    number = models.BigIntegerField("封条号", primary_key=True)
    algorithm = models.CharField("算法", max_length=16)
    previous = models.CharField("前一封条摘要", max_length=64, blank=True)
    from_position = models.BigIntegerField("起", unique=True)
    to_position = models.BigIntegerField("止（不含）")
    # Lists of [table, month, count, digest in hex]: see `encoding.Part`.
    parts_kept = KeptJSONField("封存内容", db_column="parts")
    drops_kept = KeptJSONField("到期删除", db_column="drops")
    outline = models.BinaryField("轮廓")
    rows = models.BigIntegerField("条数")
    sealed_at = models.DateTimeField("封存时间", db_index=True)
    key_id = models.CharField("签名密钥", max_length=16)
    digest = models.CharField("摘要", max_length=64)
    signature = models.CharField("签名", max_length=128)

    class Meta:
        verbose_name = "封条"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"封条 {self.number}"

    @property
    def parts(self) -> list[Part]:
        """What is sealed: the rows of each table and month, with the root of their tree."""
        return [Part(*part) for part in self.parts_kept]

    @property
    def drops(self) -> list[Part]:
        """Months that were to be dropped from then on, each with its rows and the digest of its export."""
        return [Part(*part) for part in self.drops_kept]


class DailySeal(models.Model):
    """One day's last seal as it was handed to one place outside the database."""

    day = models.DateField("日期")
    outlet = models.CharField("去处", max_length=200)
    seal_number = models.BigIntegerField("封条号")
    digest = models.CharField("摘要", max_length=64)
    sent_at = models.DateTimeField("送出时间")

    class Meta:
        verbose_name = "每日封条"
        ordering = ["-day", "outlet"]
        constraints = [models.UniqueConstraint(fields=["day", "outlet"], name="one_daily_seal_an_outlet")]

    def __str__(self) -> str:
        return f"{self.day} {self.outlet}"


class RecordTable(models.TextChoices):
    """The tables that are exported and dropped by month."""

    EVENTS = "audit_auditevent", "审计日志"
    REGISTER = "audit_accessrecord", "信息调用登记"
    OUTCOMES = "audit_accessoutcome", "信息调用结果"


class RecordExport(models.Model):
    """A month of one table, exported by the auditor, who then confirms that he keeps the file safely."""

    table = models.CharField("内容", max_length=32, choices=RecordTable)
    month = models.CharField("月份", max_length=7)  # 2026-11
    rows = models.BigIntegerField("条数")
    digest = models.CharField("文件摘要", max_length=64)  # SHA-256 of the file in hex
    made_at = models.DateTimeField("导出时间")
    made_by_id = models.BigIntegerField("导出账号编号")
    made_by = models.CharField("导出人", max_length=64)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by_id = models.BigIntegerField("确认账号编号", null=True)
    confirmed_by = models.CharField("确认人", max_length=64, blank=True)
    # The database alone writes it, when the role is held at that moment (migration 0006).
    confirmed_as = models.CharField("确认时的角色", max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = "审计导出"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_table_display()} {self.month}"


class WorkState(models.TextChoices):
    """How far the work is that the auditor has asked for."""

    WAITING = "waiting", "等待处理"
    RUNNING = "running", "处理中"
    DONE = "done", "已完成"
    FAILED = "failed", "未能完成"


class AuditorsWork(models.Model):
    """Something that the auditor has asked for and that a job does; it can be watched."""

    asked_at = models.DateTimeField("提出时间")
    asked_by_id = models.BigIntegerField("提出账号编号")
    asked_by = models.CharField("提出人", max_length=64)
    state = models.CharField("状态", max_length=8, choices=WorkState, default=WorkState.WAITING)
    rows = models.BigIntegerField("已处理条数", default=0)
    done_at = models.DateTimeField("完成时间", null=True)
    failure = models.CharField("原因", max_length=300, blank=True)

    class Meta:
        abstract = True


class Verification(AuditorsWork):
    """The record verified; the findings are kept as sentences."""

    since = models.DateField("自", null=True)
    until = models.DateField("至", null=True)
    is_whole = models.BooleanField("完好", null=True)
    seals = models.BigIntegerField("封条数", default=0)
    findings = models.JSONField("发现", default=list)

    class Meta:
        verbose_name = "校验"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"校验 {self.pk}"


class Bundle(AuditorsWork):
    """Months of the record in one file, which the auditor downloads and keeps outside."""

    from_month = models.CharField("起始月份", max_length=7)  # 2026-11
    until_month = models.CharField("截止月份", max_length=7)
    size = models.BigIntegerField("文件大小", default=0)  # bytes
    digest = models.CharField("文件摘要", max_length=64, blank=True)  # SHA-256 of the file in hex
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by = models.CharField("确认人", max_length=64, blank=True)

    class Meta:
        verbose_name = "归档文件"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"归档 {self.from_month} 至 {self.until_month}"


class Forwarding(models.Model):
    """Up to where the events have been handed to one place outside."""

    outlet = models.CharField("去处", max_length=200, primary_key=True)
    position = models.BigIntegerField("位置", default=0)
    sent_at = models.DateTimeField("最近送出", null=True)
    failure = models.CharField("未能送出的原因", max_length=300, blank=True)
    failing_since = models.DateTimeField("中断起", null=True)

    class Meta:
        verbose_name = "日志转发"
        ordering = ["outlet"]

    def __str__(self) -> str:
        return self.outlet
