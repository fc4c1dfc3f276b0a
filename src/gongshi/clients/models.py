"""Other platforms that use our interface, each answered for by a person (责任人)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from gongshi.clients.scopes import Scope
from gongshi.identity.models import Department, Person


class ClientState(models.TextChoices):
    ACTIVE = "active", "启用"
    SUSPENDED = "suspended", "暂停"
    ENDED = "ended", "终止"


class ApiClient(models.Model):
    """One platform with its own secret. It may what its scopes hold and its responsible person may see."""

    client_id = models.CharField("接入标识", max_length=32, unique=True)
    name = models.CharField("接入方名称", max_length=64)
    purpose = models.CharField("用途", max_length=300)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="所属部门")
    responsible = models.ForeignKey(Person, models.PROTECT, related_name="answers_for", verbose_name="责任人")
    scopes = ArrayField(models.CharField(max_length=32, choices=Scope), verbose_name="授权范围")
    networks = ArrayField(models.CharField(max_length=43), verbose_name="允许的网段")
    per_minute = models.PositiveIntegerField("每分钟调用上限")
    expires_on = models.DateField("有效期至")
    state = models.CharField("状态", max_length=16, choices=ClientState, default=ClientState.ACTIVE)
    state_reason = models.CharField("状态说明", max_length=300, blank=True)
    # SHA-256 of 256 random bits: nobody can guess the secret, so a slow hash would protect nothing.
    secret_hash = models.CharField(max_length=64)
    secret_made_at = models.DateTimeField("密钥生成时间")
    old_secret_hash = models.CharField(max_length=64, blank=True)
    old_secret_until = models.DateTimeField("旧密钥有效期至", null=True, blank=True)
    failures = models.PositiveSmallIntegerField("密钥连续错误", default=0)
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "接入方"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__len__gt=0, networks__len__gt=0, per_minute__gt=0),
                name="a_client_is_limited",
            ),
            models.CheckConstraint(
                condition=models.Q(state="active") | ~models.Q(state_reason=""),
                name="a_stopped_client_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.client_id}）"

    def get_absolute_url(self) -> str:
        return reverse("clients:client", args=[self.pk])

    @property
    def scope_names(self) -> str:
        return "、".join(Scope(scope).label for scope in self.scopes)


class CallCount(models.Model):
    """How often a client has called in its present minute: one row each, written by one statement."""

    client = models.OneToOneField(ApiClient, models.CASCADE, primary_key=True, related_name="call_count")
    minute = models.DateTimeField("最近调用")
    calls = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.client_id}: {self.calls}"


class FailedCallCount(models.Model):
    """How often calls from one address have not proved who they are in its present minute; kept an hour."""

    # An IPv4 address, or the /64 of an IPv6 address, which one customer has as a whole.
    address = models.CharField("来源地址", max_length=43, primary_key=True)
    minute = models.DateTimeField("最近调用")
    calls = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.address}: {self.calls}"
