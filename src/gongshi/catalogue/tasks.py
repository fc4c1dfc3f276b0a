"""Background work on the catalogue."""

import logging

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gongshi.catalogue import import_copy, import_handing_in, importing, publishing_job
from gongshi.catalogue.completeness import rescore_everything
from gongshi.catalogue.import_actions import forget_imports
from gongshi.catalogue.import_models import Import

log = logging.getLogger(__name__)

# When the database was away.
PUBLISH_AGAIN = RetryStrategy(wait=30, retry_exceptions={OperationalError})


@app.task(queue="imports")
def check_import(import_id: int, run: int) -> None:
    """Check an uploaded file."""
    whole = Import.objects.select_related("department", "asked_by").get(pk=import_id)
    if whole.run == run:
        importing.check(whole)


@app.task(queue="imports")
def hand_in_import(import_id: int) -> None:
    """Hand in what was confirmed."""
    import_handing_in.hand_in(Import.objects.get(pk=import_id))


@app.task(queue="imports")
def annotate_import(import_id: int, run: int) -> None:
    """Write the copy of the file in which the problems are marked."""
    whole = Import.objects.get(pk=import_id)
    if whole.run == run:
        import_copy.make_copy(whole)


@app.task(queue="imports", retry=PUBLISH_AGAIN)
def publish_submission(submission_id: int) -> None:
    """Publish what was approved."""
    publishing_job.publish_decided(submission_id)


@app.periodic(cron="37 * * * *")
@app.task(queue="imports", queueing_lock="catalogue.forget_imports")
def forget_old_imports(timestamp: int) -> None:
    """Delete the files of imports that nobody confirmed."""
    if ended := forget_imports():
        log.info("%d imports were given up, unconfirmed for a week", ended)


@app.task(queue="imports", lock="catalogue.rescore_all")
def rescore_all() -> None:
    """Bring the scores of all points up to date."""
    log.info("the scores of %d points differed", rescore_everything())


@app.periodic(cron="41 18 * * *")
@app.task(queue="imports", queueing_lock="catalogue.rescore_nightly", lock="catalogue.rescore_all")
def rescore_nightly(timestamp: int) -> None:
    """The same each night: schemes of codes change, and points may be older than the scores."""
    log.info("the scores of %d points differed", rescore_everything())
