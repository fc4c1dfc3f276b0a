"""Where the request in hand comes from, for the audit events written while it is served."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Origin:
    """Address and program of the caller; `request_id` groups the events of one request or job."""

    address: str | None = None
    user_agent: str = ""
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    # What was refused meanwhile; see `refusals`.
    refusals: list[Any] = field(default_factory=list)


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current_origin() -> Origin:
    """The origin of what is being done now; a fresh one without address outside of requests."""
    return _current.get() or Origin()


@contextmanager
def acting_from(origin: Origin) -> Iterator[None]:
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
