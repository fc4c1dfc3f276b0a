"""A real worker is killed in the middle of publishing, and another does it: nothing lost, nothing twice."""

import pytest

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.catalogue.publishing_models import Publishing
from gongshi.catalogue.queries import edition
from gongshi.identity.models import Department, Person
from gongshi.notices.models import Notice
from tests.catalogue.books import csv_file, row
from tests.catalogue.workers import kill, until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
# Several chunks of a publishing.
ROWS = 9_000


def test_a_publishing_survives_the_worker_that_is_killed_in_it(
    specialist: Person, police: Department, reviewer: Person
) -> None:
    file = csv_file([row(police) for _ in range(ROWS)])
    submission = submit_import(actor=specialist, department=police, title="", file=file, file_name="点位.csv")
    decide_submission(actor=reviewer, submission=submission, verdict="approve")

    def done() -> int:
        return Publishing.objects.values_list("done", flat=True).first() or 0

    with workers() as start:
        first = start()
        until(lambda: done() > 0)
        kill(first)
        submission.refresh_from_db()
        assert (submission.state, Camera.objects.count(), edition()) == ("publishing", 0, 0)
        assert 0 < done() < ROWS
        assert not AuditEvent.objects.filter(action="catalogue:camera:published").exists()

        start()
        until(lambda: not Publishing.objects.exists())
    submission.refresh_from_db()
    assert (submission.state, submission.decided_by, edition()) == ("decided", reviewer, 1)
    assert Camera.objects.count() == AccessPath.objects.count() == ROWS
    assert set(Camera.objects.values_list("version", flat=True)) == {1}
    assert submission.changes.filter(verdict="approved", camera__isnull=False).count() == ROWS
    assert AuditEvent.objects.filter(action="catalogue:camera:published").count() == ROWS
    assert AuditEvent.objects.filter(action="catalogue:submission:decided").count() == 1
    assert Notice.objects.filter(person=specialist, text__contains="已审核").count() == 1
