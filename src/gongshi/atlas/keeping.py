"""The one index of this process, never more than a second behind the catalogue."""

import threading
import time
from collections.abc import Callable

from gongshi.atlas.index import PointIndex
from gongshi.atlas.renewing import build_index, renewed


class IndexKeeper:
    """Keeps an index that follows the catalogue. It is replaced in one step: nobody sees half of one."""

    def __init__(
        self,
        build: Callable[[], PointIndex] = build_index,
        renew: Callable[[PointIndex], PointIndex] = renewed,
        check_every_s: float = 1.0,
    ) -> None:
        self._build = build
        self._renew = renew
        self._check_every_s = check_every_s
        self._lock = threading.Lock()
        self._index: PointIndex | None = None
        self._checked_at = 0.0

    def current(self) -> PointIndex:
        """The index, at most a second behind. While one brings it up to date, others read the old."""
        index = self._index
        if index is not None and (self._is_fresh() or self._lock.locked()):
            return index
        with self._lock:
            if self._index is None or not self._is_fresh():
                self._look()
            assert self._index is not None  # noqa: S101 - looked for above
            return self._index

    def look(self) -> None:
        """Bring the index up to date now: the catalogue has said that it changed."""
        with self._lock:
            self._look()

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._checked_at < self._check_every_s

    def _look(self) -> None:
        self._index = self._build() if self._index is None else self._renew(self._index)
        self._checked_at = time.monotonic()

    def forget(self) -> None:
        """Build anew at the next question."""
        with self._lock:
            self._index = None


keeper = IndexKeeper()
current_index = keeper.current
forget_index = keeper.forget
