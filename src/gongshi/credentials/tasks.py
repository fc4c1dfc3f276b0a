"""Background work of credentials."""

from datetime import timedelta
from typing import Final

from django.db.models import Q
from procrastinate.contrib.django import app

from gongshi.credentials.models import FailedGuess, Guard
from gongshi.kernel import clock

# Longer than the longest lock that may be set.
KEPT: Final = timedelta(days=1)


@app.periodic(cron="23 * * * *")
@app.task(queue="timers", queueing_lock="credentials.forget_old_failures")
def forget_old_failures(timestamp: int) -> None:
    """Keep the tables of guesses small: names that are tried once are never tried again."""
    now = clock.now()
    FailedGuess.objects.filter(at__lt=now - KEPT).delete()
    idle = Guard.objects.filter(last_failed_at__lt=now - KEPT)
    idle.exclude(Q(locked_until__isnull=False, locked_until__gt=now)).delete()
