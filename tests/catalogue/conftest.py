"""Who compiles and who reviews."""

from collections.abc import Callable

import pytest

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.models import AccessPath, Camera, Change, Submission
from gongshi.catalogue.queries import edition
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.notices.models import Notice
from tests.factories import make_department, make_person

State = tuple[int, ...]


@pytest.fixture
def police(db: None) -> Department:
    return make_department("丽水市公安局")


@pytest.fixture
def specialist(police: Department) -> Person:
    return make_person(Role.DATA_SPECIALIST, department=police)


@pytest.fixture
def reviewer(db: None) -> Person:
    return make_person(Role.BUREAU_ADMINISTRATOR)


@pytest.fixture
def state() -> Callable[[], State]:
    """How many rows there are of everything that the catalogue writes."""

    def count() -> State:
        tables = (Camera, AccessPath, Submission, Change, Notice)
        events = AuditEvent.objects.filter(action__startswith="catalogue:").count()
        return (*(table._default_manager.count() for table in tables), events, edition())

    return count
