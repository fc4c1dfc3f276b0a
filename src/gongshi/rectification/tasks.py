"""Background work of rectification."""

import logging

from procrastinate.contrib.django import app

from gongshi.rectification.urging import urge as urge_now

log = logging.getLogger(__name__)


@app.periodic(cron="7 * * * *")
@app.task(queue="timers", queueing_lock="rectification.urge")
def urge(timestamp: int) -> None:
    """Urge what is due or late; each hour, so that a day on which nothing ran is made up for."""
    log.info("%d orders of rectification were urged", urge_now())
