"""Cuts running pictures at once when the right to them ends: grant, clearance, account or log-in."""

from collections.abc import Collection
from typing import Any, Final

from django.db import transaction
from django.db.models.signals import post_save

from gongshi.catalogue.clearance import cleared
from gongshi.catalogue.models import Camera
from gongshi.catalogue.signals import security_levels_changed
from gongshi.grants.models import Grant
from gongshi.grants.signals import grant_ended, viewer_dropped
from gongshi.identity.models import Person
from gongshi.login.models import LoginSession, SessionEnding
from gongshi.login.signals import session_ended
from gongshi.viewing.endings import end_session, locked
from gongshi.viewing.jobs import ask_to_cut
from gongshi.viewing.models import Ending, PlaySession, PlaySessionQuerySet, PlayState

# What the end of a login is to its pictures; any other is one that the system or an administrator ended.
WITH_LOGIN: Final = {
    SessionEnding.SIGNED_OUT: Ending.LOGGED_OUT,
    SessionEnding.SUPERSEDED: Ending.SUPERSEDED,
}


@transaction.atomic
def cut(sessions: PlaySessionQuerySet, ending: Ending) -> int:
    """Cut these sessions for a reason; gives how many.

    An unused ticket dies here. A connection holds its slot until the node confirms that it is cut.
    """
    open_ones = sessions.filter(state__in=[PlayState.ISSUED, PlayState.PLAYING])
    keys = list(open_ones.order_by("pk").values_list("pk", flat=True))
    return sum(_cut_one(key, ending) for key in keys)


def _cut_one(session_id: int, ending: Ending) -> bool:
    session = locked(session_id)
    if session.state == PlayState.ISSUED:
        return end_session(session_id=session_id, ending=ending)
    if session.state != PlayState.PLAYING:
        return False
    session.state = PlayState.ENDING
    session.ending = ending
    session.save(update_fields=["state", "ending"])
    ask_to_cut(session)
    return True


def cut_with_grant(grant: Grant, **_: Any) -> None:
    """A grant was revoked or ran out."""
    cut(PlaySession.objects.filter(grant=grant), Ending.RIGHT_ENDED)


def cut_with_seat(person: Person, grants: Collection[int], **_: Any) -> None:
    """Somebody is no longer a viewer of these grants."""
    cut(PlaySession.objects.filter(person=person, grant__in=grants), Ending.RIGHT_ENDED)


def cut_with_account(instance: Person, **_: Any) -> None:
    """An account was locked. Also sent at each log-in, so it asks the database only about locked ones."""
    if not instance.is_active:
        cut(PlaySession.objects.filter(person=instance), Ending.ACCOUNT_LOCKED)


def cut_above_clearance(instance: Person, created: bool, update_fields: Any = None, **_: Any) -> None:
    """Somebody's clearance was lowered. Log-ins write another field and ask nothing."""
    if not created and (update_fields is None or "clearance" in update_fields):
        cut(above_clearance().filter(person=instance), Ending.CLEARANCE)


def cut_above_level(cameras: Collection[int], **_: Any) -> None:
    """The security level of cameras was raised."""
    cut(above_clearance().filter(camera__in=cameras), Ending.CLEARANCE)


def above_clearance() -> PlaySessionQuerySet:
    """The looks at cameras that their viewers are not, or no longer, cleared for."""
    return PlaySession.objects.exclude(cleared("person", "camera"))


def cut_with_login(session: LoginSession, **_: Any) -> None:
    """The login in which somebody watches has ended."""
    opened = PlaySession.objects.filter(person=session.person_id, login_key=str(session.pk))
    cut(opened, WITH_LOGIN.get(SessionEnding(session.ending), Ending.LOGIN_ENDED))


def connect() -> None:
    """Listen to the rooms below."""
    grant_ended.connect(cut_with_grant, sender=Grant, dispatch_uid="viewing.cut_with_grant")
    viewer_dropped.connect(cut_with_seat, sender=Grant, dispatch_uid="viewing.cut_with_seat")
    post_save.connect(cut_with_account, sender=Person, dispatch_uid="viewing.cut_with_account")
    post_save.connect(cut_above_clearance, sender=Person, dispatch_uid="viewing.cut_above_clearance")
    security_levels_changed.connect(cut_above_level, sender=Camera, dispatch_uid="viewing.cut_above_level")
    session_ended.connect(cut_with_login, dispatch_uid="viewing.cut_with_login")
