"""Reads of the viewing room, scoped to who asks."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from gongshi.grants.models import Grant
from gongshi.grants.queries import grants_to_watch
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.viewing.models import Ending, NodeStream, PlaySession, PlaySessionQuerySet, PlayState, Trouble


@dataclass(frozen=True)
class WatchableGroup:
    """What a person may watch of one source department: one grant per camera."""

    department: str
    grants: list[Grant]


@dataclass(frozen=True)
class Progress:
    """How a look goes: `state` is waiting, playing or ended; `message` is what the pane shows."""

    state: str
    message: str
    ended_reason: str | None = None


ENDED_MESSAGES: Final = {
    Ending.CLOSED: "已关闭。",
    Ending.UNUSED: "播放票据超过 30 秒未使用，已失效，请重新打开。",
    Ending.CONNECTION_LOST: "与媒体节点的连接已断开，请重新打开。",
    Ending.NODE_RESTARTED: "媒体节点已重新启动，请重新打开。",
    Ending.RIGHT_ENDED: "该点位的授权已到期或被撤销，画面已停止。如仍需查看，请重新提交需求。",
    Ending.CLEARANCE: "您的密级权限低于该点位的安全级别，画面已停止。如有疑问，请联系安全管理员。",
    Ending.ACCOUNT_LOCKED: "您的账号已被锁定，画面已停止。请联系安全管理员。",
    Ending.LOGGED_OUT: "您已退出登录，画面已停止。请重新登录。",
    Ending.SUPERSEDED: "您的账号已再次登录，此处画面已停止。如非本人操作，请立即联系安全管理员。",
    Ending.LOGIN_ENDED: "您的登录已失效，画面已停止。请重新登录。",
    Ending.SOURCE_LOST: "摄像机离线，暂时无法取流，请稍后再试。",
    Ending.WATERMARK: "水印被改动，画面已停止，本次操作已记录。",
}


def watchable(person: Person) -> list[WatchableGroup]:
    """The cameras that this person may watch live now, by source department, each with its longest grant."""
    of_camera: dict[int, Grant] = {}
    for grant in grants_to_watch(person).filter(live=True).order_by("valid_until", "id"):
        of_camera[grant.camera_id] = grant
    groups: dict[str, list[Grant]] = defaultdict(list)
    for grant in sorted(of_camera.values(), key=lambda grant: grant.camera.code):
        groups[grant.camera.source_department.name].append(grant)
    return [WatchableGroup(department, groups[department]) for department in sorted(groups)]


def sessions_of(person: Person) -> PlaySessionQuerySet:
    """A person's own looks."""
    return PlaySession.objects.filter(person=person).select_related(
        "camera__source_department", "grant", "node", "path"
    )


def is_watching(person: Person, login_key: str) -> bool:
    """Whether a picture that was opened in this login is playing now."""
    playing = PlaySession.objects.filter(person=person, state=PlayState.PLAYING)
    return playing.filter(login_key=login_key).exclude(login_key="").exists()


def progress(session: PlaySession) -> Progress:
    """How a look goes now, in words for its pane."""
    if session.state in {PlayState.ENDING, PlayState.ENDED}:
        return _ended(Ending(session.ending))
    if session.state == PlayState.ISSUED and session.ticket_expires_at <= clock.now():
        return _ended(Ending.UNUSED)
    stream = NodeStream.objects.filter(node=session.node_id, path=session.path_id).first()
    if session.state == PlayState.PLAYING and stream is not None and stream.is_online:
        return Progress("playing", "")
    if stream is not None and stream.trouble:
        return Progress("waiting", _trouble(stream))
    return Progress("waiting", "正在等待摄像机出图…")


def remaining(grant: Grant) -> str:
    """How long a grant still holds: 剩余 39 天（至 2027-01-01 00:00）."""
    left = grant.valid_until - clock.now()
    much = f"{left.days} 天" if left.days else f"{max(left.seconds // 3600, 1)} 小时"
    return f"剩余 {much}（至 {clock.end_text(grant.valid_until)[:16]}）"


def _ended(ending: Ending) -> Progress:
    return Progress("ended", ENDED_MESSAGES[ending], ending.value)


def _trouble(stream: NodeStream) -> str:
    trouble = Trouble(stream.trouble).label
    if stream.trouble == Trouble.CAMERA and stream.last_online_at is not None:
        return f"{trouble}，最近在线 {clock.local_text(stream.last_online_at)[:16]}。"
    return f"{trouble}。"
