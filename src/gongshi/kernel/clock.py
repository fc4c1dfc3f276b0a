"""The one clock. Times are aware UTC inside, Asia/Shanghai on screen."""

from datetime import date, datetime, time, timedelta
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


def end_text(end: datetime) -> str:
    """An end that is no part of its span: midnight is told as 24:00 of the last day, 2026-03-01 24:00:00."""
    local = end.astimezone(LOCAL_ZONE)
    if local.time() == time():
        return f"{local.date() - timedelta(days=1)} 24:00:00"
    return local_text(end)


def months_before(day: date, months: int) -> date:
    """The same day so many months ago, or the last of a shorter month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
