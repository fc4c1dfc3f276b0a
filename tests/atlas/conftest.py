"""Every test starts with another catalogue, whose edition may be the number of the last one's."""

from collections.abc import Iterator

import pytest
from django.test import Client

from gongshi.atlas.keeping import forget_index
from gongshi.atlas.tree import forget_tree
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.factories import make_person


@pytest.fixture(autouse=True)
def nothing_kept_of_other_tests() -> Iterator[None]:
    forget_index()
    forget_tree()
    yield
    forget_index()
    forget_tree()


@pytest.fixture
def person(client: Client) -> Person:
    person = make_person(Role.DATA_SPECIALIST)
    client.force_login(person)
    return person
