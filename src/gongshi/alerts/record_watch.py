"""A record that is not sealed in time is put before the security administrators."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from gongshi.alerts.actions import raise_alert
from gongshi.alerts.kinds import AlertKind
from gongshi.audit.signals import sealing_is_late
from gongshi.kernel.clock import local_text


@receiver(sealing_is_late)
def tell_that_sealing_is_late(since: datetime, **_: Any) -> None:
    raise_alert(
        AlertKind.SealingLate,
        person=None,
        sentence=f"审计记录自 {local_text(since)} 起没有封存，请检查后台任务进程和数据库。",
    )
