"""A real worker is killed in the middle of an import, and another goes on: nothing lost, nothing twice."""

import pytest

from gongshi.catalogue.import_actions import confirm_import
from gongshi.catalogue.import_models import Import
from gongshi.catalogue.models import Change, Submission
from gongshi.identity.models import Department, Person
from tests.catalogue.books import csv_file, row
from tests.catalogue.importing import fresh, upload
from tests.catalogue.workers import job_is, kill, until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
# So many that a second process keeps them.
ROWS = 6_001


def test_an_import_survives_the_worker_that_is_killed_in_it(specialist: Person, police: Department) -> None:
    rows = [row(police) for _ in range(ROWS)]
    whole = upload(specialist, police, csv_file(rows), "点位.csv")
    with workers() as start:
        first = start()
        until(lambda: fresh(whole).rows_done > 0)
        kill(first)
        half = fresh(whole)
        assert (half.state, half.rows.count()) == ("checking", half.rows_done)
        assert 0 < half.rows_done < ROWS

        second = start()
        until(lambda: fresh(whole).state != "checking")
        done = fresh(whole)
        assert (done.state, done.new, done.faulty, done.rows_done) == ("checked", ROWS, 0, ROWS)
        assert list(done.rows.values_list("number", flat=True)) == [*range(2, ROWS + 2)]
        assert len(set(done.rows.values_list("code", flat=True))) == ROWS

        confirm_import(actor=specialist, whole=done, good_rows_only=False)
        until(lambda: job_is("doing", "hand_in_import") or fresh(whole).state == "done")
        kill(second)
        start()
        until(lambda: fresh(whole).state == "done")
    assert Submission.objects.count() == 1
    codes = list(Change.objects.values_list("code", flat=True))
    assert len(codes) == len(set(codes)) == ROWS
    assert Import.objects.count() == 1
