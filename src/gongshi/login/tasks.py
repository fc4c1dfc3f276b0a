"""Ends logins that nobody uses any more, and forgets sessions of strangers."""

from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app

from gongshi.kernel import clock
from gongshi.login.expiry import end_what_is_over


@app.periodic(cron="* * * * *")
@app.task(queue="timers", queueing_lock="login.end_lapsed")
def end_lapsed(timestamp: int) -> None:
    """A browser that was closed asks nothing any more: its login ends here."""
    end_what_is_over()


@app.periodic(cron="41 3 * * *")
@app.task(queue="timers", queueing_lock="login.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """What was kept for browsers in which nobody is signed in."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()
