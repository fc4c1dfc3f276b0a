"""Keeps the job queue itself in order: jobs of killed workers go on, old ones are forgotten."""

import logging
from typing import Final

from procrastinate.contrib.django import app

log = logging.getLogger(__name__)

KEPT_HOURS: Final = 24 * 7
# Six timers a minute would fill a week's table with nothing: their successes are kept for an hour.
KEPT_TIMER_HOURS: Final = 1


@app.periodic(cron="*/30 * * * * *")
@app.task(queue="timers", queueing_lock="config.retry_stalled_jobs")
async def retry_stalled_jobs(timestamp: int) -> None:
    """Give jobs of workers that no longer beat to others. All our jobs may run twice."""
    for job in await app.job_manager.get_stalled_jobs():
        log.warning("job %s (%s) of a lost worker is tried again", job.id, job.task_name)
        await app.job_manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(queue="timers", queueing_lock="config.delete_old_jobs")
async def delete_old_jobs(timestamp: int) -> None:
    """Forget what is done; failures stay as long as successes of other queues."""
    await app.job_manager.delete_old_jobs(nb_hours=KEPT_TIMER_HOURS, queue="timers")
    await app.job_manager.delete_old_jobs(
        nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
