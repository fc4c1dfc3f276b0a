"""Hears of logins, and of rights that have ended, from below."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from gongshi.audit.origin import current_origin
from gongshi.credentials.signals import password_reset
from gongshi.identity.models import Person
from gongshi.identity.signals import rights_ended
from gongshi.kernel.errors import Forbidden
from gongshi.login import watching
from gongshi.login.actions import begin_session, end_sessions, refuse_outside
from gongshi.login.models import SessionEnding
from gongshi.login.networks import is_allowed
from gongshi.login.store import digest
from gongshi.login.words import OUTSIDE


def begin_with_login(request: HttpRequest, user: Person, **_: Any) -> None:
    """Somebody has come in, with all the factors that he needs."""
    if not is_allowed(user, current_origin().address):
        # He had come from elsewhere when he gave his password (see adapter.py).
        request.session.flush()
        refuse_outside(person=user)
        raise Forbidden(OUTSIDE)
    session = begin_session(person=user, key_hash=digest(request.session.session_key or ""))
    watching.remember(request, session)


def end_with_logout(request: HttpRequest | None, user: Person | None, **_: Any) -> None:
    """Somebody signed out by himself."""
    if user is not None and request is not None and watching.login_of(request) is not None:
        end_sessions(person=user, why=SessionEnding.SIGNED_OUT, actor=user)


def end_with_rights(person: Person, why: str = "", **_: Any) -> None:
    """An account was locked, retired, moved, or got other roles."""
    end_sessions(person=person, why=SessionEnding.RIGHTS_ENDED, actor=None, reason=why)


def end_with_password(person: Person, **_: Any) -> None:
    """The security administrator gave him another password."""
    end_sessions(person=person, why=SessionEnding.PASSWORD_CHANGED, actor=None)


def connect() -> None:
    """Listen to the rooms below and to the framework."""
    user_logged_in.connect(begin_with_login, dispatch_uid="login.begin_with_login")
    user_logged_out.connect(end_with_logout, dispatch_uid="login.end_with_logout")
    password_reset.connect(end_with_password, dispatch_uid="login.end_with_password")
    rights_ended.connect(end_with_rights, dispatch_uid="login.end_with_rights")
