"""Media nodes, what they say of their streams, and every look through them."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongshi.audit.models import AccessKind, AccessRecord
from gongshi.catalogue.codes import NetworkZone
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.grants.models import Grant
from gongshi.identity.models import Person
from gongshi.kernel.encryption import EncryptedTextField


class MediaNode(models.Model):
    """A media node: our own or a ZLMediaKit. `boot` changes with every start of the node."""

    code = models.CharField("节点编号", max_length=64, unique=True)
    name = models.CharField("节点名称", max_length=64)
    network_zone = models.CharField("网络区域", max_length=12, choices=NetworkZone)
    api_url = models.CharField("接口地址", max_length=200)
    api_secret = EncryptedTextField("接口密钥")
    # Where browsers reach the node; "{host}" stands for the host by which the browser reached the portal.
    socket_url = models.CharField("播放地址", max_length=200)
    boot = models.CharField("启动标识", max_length=64, blank=True)
    last_seen_at = models.DateTimeField("最近心跳", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)
    # Connections without a session at the last reconciliation; one that is found again is cut.
    strangers = ArrayField(models.CharField(max_length=64), default=list, editable=False)

    class Meta:
        verbose_name = "媒体节点"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Trouble(models.TextChoices):
    """Why a stream does not come."""

    CAMERA = "camera", "摄像机离线，暂时无法取流"
    NODE = "node", "媒体节点暂时没有应答，系统正在重试"


class NodeStream(models.Model):
    """What a node says of one stream: whether pictures come, since when, and why not."""

    node = models.ForeignKey(MediaNode, models.CASCADE, related_name="streams")
    path = models.ForeignKey(AccessPath, models.CASCADE, related_name="+")
    is_online = models.BooleanField("在线", default=False)
    last_online_at = models.DateTimeField("最近在线", null=True)
    trouble = models.CharField("故障", max_length=8, choices=Trouble, blank=True)

    class Meta:
        verbose_name = "取流"
        constraints = [models.UniqueConstraint(fields=["node", "path"], name="a_stream_once_per_node")]

    def __str__(self) -> str:
        return f"{self.node}: {self.path_id}"


class PlayState(models.TextChoices):
    ISSUED = "issued", "等待连接"
    PLAYING = "playing", "播放中"
    ENDING = "ending", "正在断开"
    ENDED = "ended", "已结束"


class Ending(models.TextChoices):
    """Why a look ended."""

    CLOSED = "closed", "使用人关闭"
    UNUSED = "unused", "票据未使用"
    # A node cannot tell a page that was left from a network that failed.
    CONNECTION_LOST = "connection_lost", "离开页面或连接断开"
    NODE_RESTARTED = "node_restarted", "媒体节点重启"
    RIGHT_ENDED = "right_ended", "授权已结束"
    CLEARANCE = "clearance", "密级不足"
    ACCOUNT_LOCKED = "account_locked", "账号已锁定"
    LOGGED_OUT = "logged_out", "已退出登录"
    SUPERSEDED = "superseded", "账号再次登录"
    LOGIN_ENDED = "login_ended", "登录已失效"
    SOURCE_LOST = "source_lost", "摄像机无法连接"
    WATERMARK = "watermark", "水印被篡改"


class PlaySessionQuerySet(models.QuerySet["PlaySession"]):
    def not_ended(self) -> "PlaySessionQuerySet":
        return self.exclude(state=PlayState.ENDED)

    def holding_slots(self, moment: datetime) -> "PlaySessionQuerySet":
        """Those that count (App. B.2): with a usable ticket, with a connection, or being cut."""
        usable = models.Q(state=PlayState.ISSUED, ticket_expires_at__gt=moment)
        return self.filter(usable | models.Q(state__in=[PlayState.PLAYING, PlayState.ENDING]))


class PlaySession(models.Model):
    """播放会话: one pane of one person on one camera. Holds one of four slots (App. B.2) until it ends."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="play_sessions", verbose_name="使用人员")
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="+", verbose_name="视频点位")
    path = models.ForeignKey(AccessPath, models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="play_sessions", verbose_name="授权")
    node = models.ForeignKey(MediaNode, models.PROTECT, related_name="play_sessions", verbose_name="媒体节点")
    # The register is partitioned by month, so the database can hold no key of it.
    record = models.OneToOneField(
        AccessRecord, models.PROTECT, related_name="+", db_constraint=False, verbose_name="信息调用登记"
    )
    kind = models.CharField("方式", max_length=16, choices=AccessKind, default=AccessKind.LIVE)
    reason = models.CharField("事由", max_length=300)
    address = models.GenericIPAddressField("来源地址", null=True)
    login_key = models.CharField(max_length=64, blank=True)  # number of the login in which it was opened
    ticket_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the ticket
    ticket_expires_at = models.DateTimeField()
    state = models.CharField("状态", max_length=8, choices=PlayState, default=PlayState.ISSUED)
    issued_at = models.DateTimeField("打开时间")
    node_boot = models.CharField(max_length=64, blank=True)
    connection = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField("开始播放", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    ending = models.CharField("结束原因", max_length=16, choices=Ending, blank=True)
    bytes = models.BigIntegerField("流量", default=0)

    objects = PlaySessionQuerySet.as_manager()

    class Meta:
        verbose_name = "播放会话"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "node_boot", "connection"],
                condition=~models.Q(connection=""),
                name="a_connection_carries_one_session",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended") | models.Q(ended_at__isnull=False),
                name="an_ended_session_has_an_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"], condition=~models.Q(state="ended"), name="open_sessions_of_person"
            ),
            models.Index(fields=["node"], condition=~models.Q(state="ended"), name="open_sessions_of_node"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.camera}"
