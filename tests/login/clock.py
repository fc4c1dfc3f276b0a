"""A clock that tests set."""

from datetime import datetime, timedelta

import pytest

from gongshi.kernel import clock


class Hands:
    """Stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def forward(self, **span: float) -> None:
        """By `minutes=`, `hours=`, as of a timedelta."""
        self.moment += timedelta(**span)


def stopped(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands(clock.now())
    monkeypatch.setattr(clock, "now", lambda: hands.moment)
    return hands
