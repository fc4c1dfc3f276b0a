"""Every test starts with another catalogue, whose edition may be the number of the last one's."""

from collections.abc import Iterator

import pytest

from gongshi.atlas.index import forget_index


@pytest.fixture(autouse=True)
def no_index_of_other_tests() -> Iterator[None]:
    forget_index()
    yield
    forget_index()
