"""Lists of one's own looks, and of media nodes."""

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString

from gongshi.kernel import clock
from gongshi.kernel.lists import (
    NUMBER,
    WRAP,
    ListTable,
    MegabyteColumn,
    StatusColumn,
    TimeColumn,
    status_badge,
)
from gongshi.viewing.models import MediaNode, PlaySession, PlayState
from gongshi.viewing.nodes import is_alive

STATE_TONES: dict[str, str] = {
    PlayState.ISSUED: "blue",
    PlayState.PLAYING: "green",
    PlayState.ENDING: "orange",
    PlayState.ENDED: "gray",
}


class PlaySessionTable(ListTable):
    issued_at = TimeColumn()
    camera = tables.Column("设备名称", accessor="camera__name", attrs=WRAP)
    camera_code = tables.Column("视频编号", accessor="camera__code")
    source_department = tables.Column("数源部门", accessor="camera__source_department__name", attrs=WRAP)
    reason = tables.Column(attrs=WRAP)
    grant = tables.Column("授权", accessor="grant__number")
    started_at = TimeColumn()
    ended_at = TimeColumn()
    bytes = MegabyteColumn("流量（MB）")
    state = StatusColumn(STATE_TONES)

    class Meta(ListTable.Meta):
        model = PlaySession
        fields = (
            "issued_at",
            "camera",
            "camera_code",
            "source_department",
            "kind",
            "reason",
            "started_at",
            "ended_at",
            "bytes",
            "state",
            "ending",
            "grant",
            "address",
        )
        off = ("camera_code", "source_department", "kind", "started_at", "grant", "address")


class MediaNodeTable(ListTable):
    alive = tables.Column("运行状态", empty_values=(), order_by="last_seen_at")
    last_seen_at = TimeColumn()
    viewers = tables.Column("播放路数", attrs=NUMBER)
    online_streams = tables.Column("在线取流", attrs=NUMBER)
    is_active = tables.BooleanColumn(yesno="是,否")

    class Meta(ListTable.Meta):
        model = MediaNode
        fields = (
            "code",
            "name",
            "network_zone",
            "alive",
            "last_seen_at",
            "viewers",
            "online_streams",
            "api_url",
            "socket_url",
            "is_active",
        )
        off = ("socket_url",)

    def render_alive(self, record: MediaNode) -> SafeString:
        word, tone = ("在线", "green") if is_alive(record, clock.now()) else ("离线", "red")
        return status_badge(word, tone)

    def value_alive(self, record: MediaNode) -> Any:
        return "在线" if is_alive(record, clock.now()) else "离线"
