"""The one clock. Times are aware UTC inside, Asia/Shanghai on screen."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The current day in Lishui."""
    return timezone.localdate(timezone=LOCAL_ZONE)


def local_text(moment: datetime) -> str:
    """An instant as people of the city write it: 2026-03-01 09:30:00."""
    return moment.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M:%S")
