"""Background work on the record."""

import logging

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gongshi.audit import daily_seals, retention, sealing
from gongshi.audit.auditing import carry_out_bundle, carry_out_verification
from gongshi.audit.forwarding import forward
from gongshi.audit.models import Bundle, Verification, WorkState

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queue="timers", queueing_lock="audit.seal")
def seal(timestamp: int) -> None:
    """Seal what is settled, each minute."""
    sealing.seal_all()


@app.periodic(cron="*/10 * * * *")
@app.task(queue="inspection", queueing_lock="audit.watch_sealing")
def watch_sealing(timestamp: int) -> None:
    """Raise an alarm while sealing is late; in another process than `seal`, which may be what is dead."""
    sealing.watch()


@app.periodic(cron="13 * * * *")
@app.task(queue="timers", queueing_lock="audit.send_daily_seals")
def send_daily_seals(timestamp: int) -> None:
    """Tell the day's seal outside; each hour, so that a place that was away gets it later."""
    for failure in daily_seals.send_daily_seals():
        log.warning("the day's seal was not taken: %s", failure)


@app.periodic(cron="23 19 * * *")
@app.task(queue="inspection", queueing_lock="audit.keep_months")
def keep_months(timestamp: int) -> None:
    """Make the months ahead and drop those whose term is over, at night (crontab counts in UTC)."""
    retention.make_months()
    for part in retention.drop_expired_months():
        log.info("month %s of %s was dropped with %d rows", part.month, part.table, part.count)


@app.periodic(cron="*/10 * * * * *")
@app.task(queue="timers", queueing_lock="audit.forward_events")
def forward_events(timestamp: int) -> None:
    """Tell events to the places outside. Each has its own job, so that a silent one holds up no other."""
    for outlet in settings.EVENT_OUTLETS:
        one = f"audit.forward {outlet.address}"
        try:
            forward_to.configure(queueing_lock=one, lock=one).defer(address=outlet.address)
        except AlreadyEnqueued:
            continue


@app.task(queue="timers")
def forward_to(address: str) -> None:
    """Tell one place what it has not got yet."""
    for outlet in settings.EVENT_OUTLETS:
        if outlet.address == address:
            forward(outlet)


@app.task(queue="inspection")
def verify_record(verification_id: int) -> None:
    """Verify the record as the auditor asked."""
    verification = Verification.objects.get(pk=verification_id)
    if verification.state != WorkState.DONE:
        carry_out_verification(verification)


@app.task(queue="inspection")
def make_bundle(bundle_id: int) -> None:
    """Write the bundle that the auditor asked for."""
    bundle = Bundle.objects.get(pk=bundle_id)
    if bundle.state != WorkState.DONE:
        carry_out_bundle(bundle)
