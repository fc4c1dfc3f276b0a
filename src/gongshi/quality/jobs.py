"""Asks for this room's background work by name, since `tasks.py` stands above what it runs."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gongshi.quality.models import InspectionRun


def ask_to_carry_out(run: InspectionRun) -> None:
    """Have the next points of a run looked at: one job of a run at a time; needless ones just end."""
    one = f"quality.run {run.pk}"
    task = app.configure_task("gongshi.quality.tasks.carry_out_run", lock=one, queueing_lock=one)
    try:
        # What the queue refuses must not spoil the transaction around it.
        with transaction.atomic():
            task.defer(run_id=run.pk)
    except AlreadyEnqueued:
        return
