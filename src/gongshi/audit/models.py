"""The record. The application's database role may add rows and read them, nothing else (migration 0002)."""

from django.db import models

from gongshi.audit.kinds import recorded_actions


class AuditEvent(models.Model):
    """One thing that somebody did. People and things are kept as text: the row stays true for ever."""

    at = models.DateTimeField("时间", db_index=True)
    actor_id = models.BigIntegerField("账号编号", null=True)
    actor_account = models.CharField("账号", max_length=64, blank=True)
    actor_name = models.CharField("姓名", max_length=64)
    actor_department = models.CharField("部门", max_length=128, blank=True)
    actor_roles = models.CharField("角色", max_length=200, blank=True)
    action = models.CharField("操作", max_length=64, choices=recorded_actions, db_index=True)
    object_type = models.CharField("对象类型", max_length=64)
    object_id = models.CharField("对象编号", max_length=64)
    object_label = models.CharField("对象", max_length=300)
    succeeded = models.BooleanField("成功", default=True)
    reason = models.TextField("理由", blank=True)
    before = models.JSONField("变更前", null=True)
    after = models.JSONField("变更后", null=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    user_agent = models.CharField("客户端", max_length=300, blank=True)
    request_id = models.CharField("请求号", max_length=32)
    entry_hash = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "审计日志"
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_of_object")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_action_display()} {self.object_label}"


class AccessKind(models.TextChoices):
    LIVE = "live", "实时查看"
    HISTORY = "history", "历史查看"
    TEST = "test", "实施测试"


class AccessRecord(models.Model):
    """信息调用登记 (Order 799 Art. 16(3)): reason, content, unit and name, written before the first byte."""

    opened_at = models.DateTimeField("登记时间", db_index=True)
    kind = models.CharField("方式", max_length=16, choices=AccessKind)
    reason = models.CharField("事由", max_length=300)
    camera_code = models.CharField("视频编号", max_length=32, db_index=True)
    camera_name = models.CharField("设备名称", max_length=128)
    source_department = models.CharField("数源部门", max_length=128)
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

    def __str__(self) -> str:
        return f"{self.person_name} {self.get_kind_display()} {self.camera_code}"


class AccessOutcome(models.Model):
    """How a registered look ended; a row of its own, since the register itself is never changed."""

    record = models.OneToOneField(AccessRecord, models.PROTECT, related_name="outcome")
    started_at = models.DateTimeField("开始播放", null=True)
    ended_at = models.DateTimeField("结束")
    bytes = models.BigIntegerField("流量", default=0)
    ending = models.CharField("结束原因", max_length=64)

    class Meta:
        verbose_name = "信息调用结果"

    def __str__(self) -> str:
        return f"{self.record}: {self.ending}"
