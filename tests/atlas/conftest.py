"""Every test starts with another catalogue, whose edition may be the number of the last one's."""

from collections.abc import Iterator

import pytest

from gongshi.atlas.keeping import forget_index
from gongshi.atlas.tree import forget_tree


@pytest.fixture(autouse=True)
def nothing_kept_of_other_tests() -> Iterator[None]:
    forget_index()
    forget_tree()
    yield
    forget_index()
    forget_tree()
