"""Watches each request of a login: how long nobody did anything, how long it lasts, where it comes from.

What is needed for that is kept in Django's session, which is read anyway: an ordinary request costs no query.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from gongshi.audit.origin import current_origin
from gongshi.kernel import clock
from gongshi.login.actions import change_address, end_itself
from gongshi.login.expiry import time_over
from gongshi.login.models import LoginSession
from gongshi.login.policy import IDLE_MINUTES, LONGEST_HOURS
from gongshi.login.queries import FORMER_LOGIN

# Under which name a login stands in Django's session.
LOGIN: Final = "login"
# Pages ask by themselves how things go, which is nobody's doing; they say so by this header.
BACKGROUND: Final = "Gongshi-Background"
WRITTEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Login:
    """What a session knows of its login. Instants are seconds since 1970, spans are seconds."""

    id: int
    address: str | None
    seen: float
    idle_after: int
    ends: float

    def seconds_left(self, moment: datetime) -> int:
        """How long it still goes on if nobody does anything."""
        now = moment.timestamp()
        return max(0, int(min(self.seen + self.idle_after, self.ends) - now))


def login_of(request: HttpRequest) -> Login | None:
    kept = request.session.get(LOGIN)
    return Login(**kept) if kept else None


def login_key(request: HttpRequest) -> str:
    """By what other rooms know the login in which something was opened; empty for none."""
    login = login_of(request)
    return str(login.id) if login else ""


def remember(request: HttpRequest, session: LoginSession) -> None:
    """Keep what the next requests need to know."""
    login = Login(
        id=session.pk,
        address=session.address,
        seen=session.last_seen_at.timestamp(),
        idle_after=IDLE_MINUTES.value() * 60,
        ends=(session.began_at + timedelta(hours=LONGEST_HOURS.value())).timestamp(),
    )
    request.session.pop(FORMER_LOGIN, None)
    request.session[LOGIN] = asdict(login)


def watch(request: HttpRequest) -> None:
    """End the login of this request when its time is over or its place forbidden; note that it is in use."""
    login = login_of(request)
    if login is None:
        # Signed in, but no login was noted: nothing that could be watched may stay.
        if SESSION_KEY in request.session:
            request.session.flush()
        return
    now, address = clock.now(), current_origin().address
    moved = login.address is not None and address != login.address
    in_use = not is_background(request)
    worth_noting = in_use and now.timestamp() - login.seen >= WRITTEN_EVERY.total_seconds()
    if moved or worth_noting or login.seconds_left(now) == 0:
        _look_closely(request, login, in_use=in_use)


def is_background(request: HttpRequest) -> bool:
    return BACKGROUND in request.headers


def keep_alive(request: HttpRequest) -> None:
    """Count a request of the background as use after all: somebody is watching."""
    login = login_of(request)
    if login is not None:
        _look_closely(request, login, in_use=True)


def _look_closely(request: HttpRequest, login: Login, *, in_use: bool) -> None:
    sessions = LoginSession.objects.live().select_related("person__department")
    session = sessions.filter(pk=login.id).first()
    if session is None or not _goes_on(session):
        request.session.flush()
        return
    if in_use:
        session.last_seen_at = clock.now()
        LoginSession.objects.live().filter(pk=session.pk).update(last_seen_at=session.last_seen_at)
    remember(request, session)


def _goes_on(session: LoginSession) -> bool:
    """Whether time and place allow it; a login that may not go on has ended."""
    over = time_over(session)
    if over is not None:
        end_itself(session=session, why=over)
        return False
    address = current_origin().address
    if session.address is None or address is None or address == session.address:
        return True
    if not change_address(session=session, address=address):
        return False
    session.address = address
    return True
