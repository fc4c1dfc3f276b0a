"""The secret of a second factor that an app has been shown, until it answers for it; kept in the session."""

from django.contrib.sessions.backends.base import SessionBase

from gongshi.credentials import one_time_codes
from gongshi.kernel.encryption import decrypt, encrypt
from gongshi.kernel.errors import Conflict

KEY = "proposed_second_factor"


def propose(session: SessionBase) -> str:
    """The secret that is shown; a new one where none is. Sessions are stored: it is unreadable there."""
    if KEY not in session:
        session[KEY] = encrypt(one_time_codes.new_secret())
    return decrypt(session[KEY])


def proposed(session: SessionBase) -> str:
    """The secret that was shown. Raises Conflict when there is none, or it was used already."""
    if KEY not in session:
        raise Conflict("请重新打开设置二次验证的页面，用手机扫描新的二维码。")
    return decrypt(session[KEY])


def forget(session: SessionBase) -> None:
    session.pop(KEY, None)
