import pytest

from tests.demand.making import City


@pytest.fixture
def city(db: None) -> City:
    return City()
