"""Every login, failed login and logout is an audit event (等保 level 3, 安全审计 a)."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.identity.models import Person


@receiver(user_logged_in)
def record_login(user: Person, **_: Any) -> None:
    with transaction.atomic():
        record(AuditAction.LoggedIn, actor=user, thing=user)


@receiver(user_logged_out)
def record_logout(user: Person | None, **_: Any) -> None:
    if user is not None:
        with transaction.atomic():
            record(AuditAction.LoggedOut, actor=user, thing=user)


@receiver(user_login_failed)
def record_failed_login(credentials: dict[str, Any], **_: Any) -> None:
    account = str(credentials.get("account") or credentials.get("username") or "")[:32]
    with transaction.atomic():
        known = Person.objects.filter(account=account).first()
        record(AuditAction.LoginFailed, actor=None, thing=known or Person(), label=account, succeeded=False)
