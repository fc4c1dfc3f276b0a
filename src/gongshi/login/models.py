"""Logins – one that lives a person – and the networks from which people may log in."""

from datetime import timedelta

from django.db import models

from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock


class SessionEnding(models.TextChoices):
    """Why a login ended."""

    SIGNED_OUT = "signed_out", "本人退出"
    SUPERSEDED = "superseded", "账号再次登录"
    IDLE = "idle", "长时间未操作"
    LONGEST = "longest", "达到最长登录时间"
    BY_ADMINISTRATOR = "by_administrator", "安全管理员结束"
    RIGHTS_ENDED = "rights_ended", "账号或权限变更"
    PASSWORD_CHANGED = "password_changed", "密码已更改"
    LOST = "lost", "会话已失效"
    NETWORK = "network", "不在允许的网络"


class LoginSessionQuerySet(models.QuerySet["LoginSession"]):
    def live(self) -> "LoginSessionQuerySet":
        return self.filter(ended_at__isnull=True)

    def of_last(self, span: timedelta) -> "LoginSessionQuerySet":
        return self.filter(began_at__gt=clock.now() - span)


class LoginSession(models.Model):
    """One login of one person, from the right password to its end. Never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="login_sessions", verbose_name="人员")
    # SHA-256 of the browser's session key, which is kept nowhere in plain.
    key_hash = models.CharField(max_length=64, unique=True)
    began_at = models.DateTimeField("登录时间")
    # To the minute: it is written at most once in one.
    last_seen_at = models.DateTimeField("最近操作")
    address = models.GenericIPAddressField("来源地址", null=True)
    program = models.CharField("客户端", max_length=64, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    ending = models.CharField("结束原因", max_length=16, choices=SessionEnding, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    objects = LoginSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "登录"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(ended_at__isnull=True),
                name="one_live_login_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ending="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ending="")),
                name="an_ended_login_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "began_at"], name="logins_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {clock.local_text(self.began_at)[:16]}"


class AllowedNetwork(models.Model):
    """A network from which a person, or whoever holds a role, may log in. Without one: from everywhere."""

    network = models.CharField("网络", max_length=43)  # 10.33.0.0/16, as Python's ipaddress writes it
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号"
    )
    role = models.CharField("角色", max_length=32, choices=Role, blank=True)
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = "登录网络"
        ordering = ["role", "person__account", "network"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=True, role__gt="")
                | models.Q(person__isnull=False, role=""),
                name="a_network_is_of_an_account_or_of_a_role",
            ),
            models.UniqueConstraint(
                fields=["person", "network"],
                condition=models.Q(person__isnull=False),
                name="a_network_once_an_account",
            ),
            models.UniqueConstraint(
                fields=["role", "network"], condition=~models.Q(role=""), name="a_network_once_a_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.get_role_display()}：{self.network}"
