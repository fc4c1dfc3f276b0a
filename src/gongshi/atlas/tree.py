"""The departments as a tree: below a department stand those it leads, by 上级部门 or as 主管部门."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from gongshi.identity.models import Department

_KEPT_S: Final = 5.0


@dataclass(frozen=True)
class Branch:
    id: int
    name: str
    above: int | None
    depth: int


@dataclass(frozen=True)
class DepartmentTree:
    """`names` by number in the order of codes, `above` by number."""

    names: dict[int, str]
    above: dict[int, int | None]

    @classmethod
    def load(cls) -> "DepartmentTree":
        rows = list(Department.objects.order_by("code").values_list("pk", "name", "parent", "supervisor"))
        return cls(
            {pk: name for pk, name, *_ in rows}, {pk: parent or leader for pk, _, parent, leader in rows}
        )

    def __contains__(self, number: int) -> bool:
        return number in self.names

    @cached_property
    def _below(self) -> dict[int | None, list[int]]:
        found: dict[int | None, list[int]] = defaultdict(list)
        for number in self.names:
            found[self.above[number]].append(number)
        return found

    def with_those_below(self, number: int) -> set[int]:
        found: set[int] = set()
        waiting = [number]
        # Nothing in the database forbids a ring.
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting.extend(self._below.get(here, ()))
        return found

    def those_above(self, number: int) -> list[int]:
        """The department itself and those above it, nearest first."""
        found: list[int] = []
        here: int | None = number
        while here is not None and here not in found:
            found.append(here)
            here = self.above.get(here)
        return found

    def counts_below(self, counts: dict[str, int]) -> dict[str, int]:
        """The sums of departments with all below them, of counts by department."""
        sums: dict[str, int] = defaultdict(int)
        for number, count in counts.items():
            for above in self.those_above(int(number)):
                sums[str(above)] += count
        return dict(sums)

    def branches(self, some: set[int]) -> list[Branch]:
        """These departments and those above them, each after the one above it."""
        shown = {above for number in some if number in self for above in self.those_above(number)}
        found: list[Branch] = []
        seen: set[int] = set()

        def walk(number: int, above: int | None, depth: int) -> None:
            seen.add(number)
            found.append(Branch(number, self.names[number], above, depth))
            for below in self._below.get(number, ()):
                if below in shown and below not in seen:
                    walk(below, number, depth + 1)

        for number in self.names:
            if number in shown and self.above[number] is None:
                walk(number, None, 0)
        for number in self.names:
            if number in shown and number not in seen:
                walk(number, None, 0)
        return found


class _Keeper:
    """A tree some seconds old is good enough to filter by."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tree: DepartmentTree | None = None
        self._until = 0.0

    def tree(self) -> DepartmentTree:
        with self._lock:
            if self._tree is None or time.monotonic() >= self._until:
                self._tree, self._until = DepartmentTree.load(), time.monotonic() + _KEPT_S
            return self._tree

    def forget(self) -> None:
        with self._lock:
            self._tree = None


_keeper = _Keeper()
department_tree = _keeper.tree
forget_tree = _keeper.forget
