"""What the clock does to accounts; each may run twice."""

from procrastinate.contrib.django import app

from gongshi.identity import actions, review_actions


@app.periodic(cron="20 19 * * *")
@app.task(queue="timers", queueing_lock="identity.lock_idle_accounts")
def lock_idle_accounts(timestamp: int) -> None:
    """Each night (03:20 in Lishui, the cron is UTC)."""
    actions.lock_idle_accounts()


@app.periodic(cron="0 0 * * *")
@app.task(queue="timers", queueing_lock="identity.keep_reviews_going")
def keep_reviews_going(timestamp: int) -> None:
    """Each morning (08:00 in Lishui): reviews begin, end, and remind."""
    review_actions.keep_reviews_going()
