"""Working days of China: the State Council's holidays and make-up days, where they are known."""

from datetime import date, timedelta

import chinese_calendar


def is_working_day(day: date) -> bool:
    """Years whose holidays are not announced yet have weekends only."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_days_after(day: date, count: int) -> date:
    """The day that is so many working days later; earlier when `count` is negative."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day
