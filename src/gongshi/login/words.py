"""What a person reads whose login has ended, on the login page and in the answer to programs."""

from typing import Final

from gongshi.kernel import clock
from gongshi.login.models import LoginSession, SessionEnding

# `at` and `address` are those of the login that took its place, `reason` is the administrator's.
SENTENCES: Final[dict[str, str]] = {
    SessionEnding.SUPERSEDED: (
        "您的账号于 {at} 在 {address} 登录，本次登录已结束。如非本人操作，请立即联系安全管理员。"
    ),
    SessionEnding.IDLE: "您较长时间没有操作，本次登录已自动结束，请重新登录。",
    SessionEnding.LOST: "本次登录已失效，请重新登录。",
    SessionEnding.LONGEST: "本次登录已达到最长时间，请重新登录。",
    SessionEnding.BY_ADMINISTRATOR: "安全管理员已结束您的登录（{reason}）。如有疑问，请联系安全管理员。",
    SessionEnding.RIGHTS_ENDED: (
        "您的账号或权限有变更，本次登录已结束。请重新登录；如不能登录，请联系安全管理员。"
    ),
    SessionEnding.PASSWORD_CHANGED: "您的密码已更改，本次登录已结束，请用新密码登录。",
    SessionEnding.NETWORK: (
        "您所在的网络不在允许登录的范围内，本次登录已结束。请在允许的网络中登录，或联系安全管理员。"
    ),
}
OUTSIDE: Final = (
    "密码正确，但您所在的网络不在允许的网络范围内，不能登录。请在允许的网络中登录，或联系安全管理员。"
)


def why_ended(session: LoginSession) -> str:
    """The sentence about the end of a login; empty when its person ended it himself."""
    by = session.successor
    return SENTENCES.get(session.ending, "").format(
        at=clock.local_text(by.began_at)[11:16] if by else "",
        address=(by.address if by else None) or "其他地址",
        reason=session.reason,
    )
