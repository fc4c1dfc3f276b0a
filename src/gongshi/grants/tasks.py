"""Grants end by the clock."""

from procrastinate.contrib.django import app

from gongshi.grants import actions


@app.periodic(cron="* * * * *")
@app.task(queue="timers", queueing_lock="expire_grants")
def expire_grants(timestamp: int) -> None:
    """End the grants whose time is over, each minute; they open nothing from that time on even before it."""
    actions.expire_grants()
