"""A clock for the tests of this room."""

import pytest

from tests.login.clock import Hands, stopped


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    return stopped(monkeypatch)
