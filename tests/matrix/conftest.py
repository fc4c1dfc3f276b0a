"""The prepared city, once for the whole matrix: each request is rolled back."""

import logging
from collections.abc import Iterator

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.matrix.city import prepare
from tests.matrix.probing import Prober, never_was
from tests.matrix.walking import Walk

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    log = logging.getLogger("django.request")
    level = log.level
    # Thousands of refusals are what these tests are about.
    log.setLevel(logging.ERROR)
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=QUICK), never_was():
        made = prepare()
        yield Walk(made, Prober(made.cast))
    log.setLevel(level)
