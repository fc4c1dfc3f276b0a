"""Background work of the assessment."""

import logging

from procrastinate.contrib.django import app

from gongshi.assessment import counting

log = logging.getLogger(__name__)


@app.periodic(cron="29 * * * *")
@app.task(queue="timers", queueing_lock="assessment.count_points")
def count_points(timestamp: int) -> None:
    """Note how many points each department has, and how complete their archives are."""
    log.info("points of %d departments were counted", counting.count_points())
