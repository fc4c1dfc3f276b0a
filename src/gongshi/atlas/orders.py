"""Rows in the order of codes, and of names: kept in order while rows come and go."""

import threading
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gongshi.atlas.texts import Texts

Order = NDArray[np.int32]
Mask = NDArray[np.bool_]


def merged_by_code(texts: Texts, order: Order, new: Order) -> Order:
    """Rows by code with others put in, both in order."""
    return _merged(order, new, texts.code_key)


def _merged(order: Order, new: Order, key: Callable[[int], Any]) -> Order:
    places = [bisect_left(order, key(row), key=key) for row in new.tolist()]
    return np.insert(order, np.array(places, np.intp), new)


class NameOrder:
    """The rows by name and, of one name, by code. Found when it is first asked for, then kept."""

    def __init__(self, texts: Texts, by_code: Order, order: Order | None = None) -> None:
        self._texts = texts
        self._by_code = by_code
        self._order = order
        self._lock = threading.Lock()

    def rows(self) -> Order:
        with self._lock:
            if self._order is None:
                self._order = self._texts.in_order("name", self._by_code.astype(np.intp))
            return self._order

    def moved(self, texts: Texts, live: Mask, by_code: Order, new: Order) -> "NameOrder":
        """Without the rows that are no more, and with these, which stand by code."""
        if self._order is None:
            return NameOrder(texts, by_code)
        kept = self._order[live[self._order]]
        new_by_name = texts.in_order("name", new.astype(np.intp))
        return NameOrder(texts, by_code, _merged(kept, new_by_name, texts.name_key))
