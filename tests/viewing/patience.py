"""Waiting for what other processes do."""

import time
from collections.abc import Callable


def eventually(is_so: Callable[[], object], within_s: float = 60.0) -> None:
    """Return as soon as `is_so()` holds; fail when it does not in time."""
    end = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < end, "this did not happen in time"
        time.sleep(0.05)
