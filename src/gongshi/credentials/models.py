"""Passwords that were, guessing that goes on, and undertakings with who accepted them."""

from django.db import models

from gongshi.identity.models import Person


class PasswordSetting(models.Model):
    """One setting of a person's password. Nobody who was only given a password has one by himself yet.

    The newest row tells whether the person chose the password, and when; those before must not come again.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="password_settings", verbose_name="人员")
    encoded = models.CharField(max_length=200)
    set_at = models.DateTimeField("设置时间")
    by_owner = models.BooleanField("本人设置")

    class Meta:
        verbose_name = "密码设置"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.person}: {self.set_at}"


class GuardKind(models.TextChoices):
    ACCOUNT = "account", "账号"
    ADDRESS = "address", "网络地址"


class Guard(models.Model):
    """Counts the failures of one account name, or of one address, and says until when it is locked.

    The key is a keyed digest: what people type as an account is now and then a password.
    """

    kind = models.CharField("类型", max_length=8, choices=GuardKind)
    key = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+", verbose_name="人员")
    address = models.GenericIPAddressField("来源地址", null=True)
    failures = models.PositiveIntegerField("失败次数", default=0)
    last_failed_at = models.DateTimeField("最近失败", db_index=True)
    locked_until = models.DateTimeField("锁定至", null=True)

    class Meta:
        verbose_name = "登录锁定"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_guard_a_key")]
        indexes = [
            models.Index(
                fields=["locked_until"], condition=models.Q(locked_until__isnull=False), name="locked_guards"
            )
        ]

    def __str__(self) -> str:
        return str(self.person or self.address or "不存在的账号")


class FailedGuess(models.Model):
    """One failure, kept for a day: how many accounts were tried from one address."""

    at = models.DateTimeField()
    account_key = models.CharField(max_length=64)
    address_key = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["address_key", "at"], name="failures_from_an_address")]

    def __str__(self) -> str:
        return str(self.at)


class UndertakingVersion(models.Model):
    """One wording of the 承诺书. Never changed: a new wording is a new version."""

    number = models.PositiveIntegerField("版本", unique=True)
    text = models.TextField("承诺书内容")
    in_force_on = models.DateField("生效日期")
    publisher = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="发布人")
    published_at = models.DateTimeField("发布时间")

    class Meta:
        verbose_name = "承诺书"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"承诺书第 {self.number} 版"


class UndertakingAcceptance(models.Model):
    """That a person accepted one version; like the record it is only ever added."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="acceptances", verbose_name="人员")
    version = models.ForeignKey(
        UndertakingVersion, models.PROTECT, related_name="acceptances", verbose_name="版本"
    )
    accepted_at = models.DateTimeField("签署时间")
    address = models.GenericIPAddressField("来源地址", null=True)
    department_name = models.CharField("签署时部门", max_length=128)

    class Meta:
        verbose_name = "承诺书签署"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "version"], name="a_version_is_accepted_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.version}"
