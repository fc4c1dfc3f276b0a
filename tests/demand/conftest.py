import pytest

from tests.demand.making import City


@pytest.fixture
def city(shared_city: City) -> City:
    return shared_city
