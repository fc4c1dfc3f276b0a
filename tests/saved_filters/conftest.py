"""A viewer and a colleague of one department."""

import pytest

from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from tests.factories import make_department, make_person


@pytest.fixture
def department() -> Department:
    return make_department("丽水市水利局")


@pytest.fixture
def viewer(department: Department) -> Person:
    return make_person(Role.VIEWER, department=department)


@pytest.fixture
def colleague(department: Department) -> Person:
    return make_person(Role.VIEWER, department=department, name="陈静")
