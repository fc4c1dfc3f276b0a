"""The prepared city, once for each file of tests: each request is rolled back."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import DjangoDbBlocker

from gongshi.login import watching
from tests.matrix.city import prepare
from tests.matrix.probing import Prober, never_was
from tests.matrix.walking import Walk


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    log = logging.getLogger("django.request")
    level = log.level
    # Thousands of refusals are what these tests are about.
    log.setLevel(logging.ERROR)
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, never_was():
        # Each request would note again that its login is in use, since the one before it never was.
        patch.setattr(watching, "WRITTEN_EVERY", timedelta(days=1))
        made = prepare()
        yield Walk(made, Prober(made.cast))
    log.setLevel(level)
