"""Background work of the quality room."""

import logging

from procrastinate.contrib.django import app

from gongshi.quality import actions, retention
from gongshi.quality.carrying_out import carry_out
from gongshi.quality.jobs import ask_to_carry_out
from gongshi.quality.models import InspectionRun
from gongshi.quality.queries import running

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queue="timers", queueing_lock="quality.begin_inspections")
def begin_inspections(timestamp: int) -> None:
    """Begin plans that are due, and let runs go on whose hours have come again or whose job was lost."""
    actions.begin_due_plans()
    for run in running():
        ask_to_carry_out(run)


@app.task(queue="inspection")
def carry_out_run(run_id: int) -> None:
    """Look at the next points of a run; what remains is the next job's."""
    run = InspectionRun.objects.get(pk=run_id)
    if carry_out(run):
        ask_to_carry_out(run)


@app.periodic(cron="41 18 * * *")
@app.task(queue="inspection", queueing_lock="quality.forget")
def forget(timestamp: int) -> None:
    """Delete pictures and inspections whose term is over, at night (crontab counts in UTC)."""
    pictures, inspections = retention.forget()
    log.info("%d pictures and %d inspections were forgotten", pictures, inspections)
