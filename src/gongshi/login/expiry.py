"""When a login has lasted long enough, or was left."""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Substr

from gongshi.kernel import clock
from gongshi.login.actions import end_itself
from gongshi.login.models import LoginSession, SessionEnding
from gongshi.login.policy import IDLE_MINUTES, LONGEST_HOURS
from gongshi.login.store import STORED


def time_over(session: LoginSession) -> SessionEnding | None:
    """Why the time of a login is over, if it is."""
    now = clock.now()
    if now - session.last_seen_at >= timedelta(minutes=IDLE_MINUTES.value()):
        return SessionEnding.IDLE
    if now - session.began_at >= timedelta(hours=LONGEST_HOURS.value()):
        return SessionEnding.LONGEST
    return None


def end_what_is_over() -> int:
    """End the logins whose time is over, and those whose session is no more; gives how many."""
    now = clock.now()
    live = LoginSession.objects.live().annotate(row_key=Substr("key_hash", 1, STORED))
    kept = Session.objects.filter(session_key=OuterRef("row_key"), expire_date__gt=now)
    over = {
        SessionEnding.IDLE: Q(last_seen_at__lte=now - timedelta(minutes=IDLE_MINUTES.value())),
        SessionEnding.LONGEST: Q(began_at__lte=now - timedelta(hours=LONGEST_HOURS.value())),
    }
    lost = live.exclude(reduce(or_, over.values())).exclude(Exists(kept))
    found = [(why, live.filter(condition)) for why, condition in over.items()]
    found.append((SessionEnding.LOST, lost))
    return sum(end_itself(session=session, why=why) for why, sessions in found for session in sessions)
