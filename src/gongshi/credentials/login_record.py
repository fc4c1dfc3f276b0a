"""Every login and logout is an audit event (等保 level 3, 安全审计 a); failures are recorded by `lockout`."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.credentials import steps
from gongshi.credentials.lockout import forget_failures
from gongshi.identity.models import Person


@receiver(user_logged_in)
def record_login(user: Person, request: HttpRequest | None = None, **_: Any) -> None:
    with transaction.atomic():
        forget_failures(user)
        record(AuditAction.LoggedIn, actor=user, thing=user)
    if request is not None:
        steps.look_again(request)


@receiver(user_logged_out)
def record_logout(user: Person | None, **_: Any) -> None:
    if user is not None:
        with transaction.atomic():
            record(AuditAction.LoggedOut, actor=user, thing=user)
