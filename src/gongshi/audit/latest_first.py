"""A page of a record of millions: looked for in the latest months before the earlier ones are touched."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any, Final, TypeVar

from django.db.models import Max, Min, Model, QuerySet

from gongshi.kernel import clock

Row = TypeVar("Row", bound=Model)
ORDER: Final = ("-at", "-id")


class LatestFirst(QuerySet[Row]):
    """Rows with a time `at`, newest first.

    Left to itself the database fetches all that is found, of all months, and sorts it to give the latest
    fifty. So a slice asks for the latest month, then the one before, then two, four, until it is full.
    """

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice) and key.stop is not None and key.step is None and self._is_latest_first():
            return self._slice(key.start or 0, key.stop)
        return super().__getitem__(key)

    def _is_latest_first(self) -> bool:
        return self._result_cache is None and not self.query.is_sliced and tuple(self.query.order_by) == ORDER

    def _slice(self, first: int, end: int) -> list[Row]:
        found: list[Row] = []
        passed = 0
        for span in self._spans():
            skip = span.order_by()[: first - passed].count() if passed < first else 0
            passed += skip
            if passed == first:
                found += [*super(LatestFirst, span).__getitem__(slice(skip, skip + end - first - len(found)))]
            if len(found) == end - first:
                break
        return found

    def _spans(self) -> Iterator["LatestFirst[Row]"]:
        """The rows by the time they are of, each span as many months as all later ones together."""
        record = self.model._default_manager.aggregate(latest=Max("at"), earliest=Min("at"))
        if record["latest"] is None:
            return
        day, months = record["latest"].astimezone(clock.LOCAL_ZONE).date().replace(day=1), 1
        since = datetime.combine(day, time(), clock.LOCAL_ZONE)
        yield self.filter(at__gte=since)
        while since > record["earliest"]:
            until, day = since, clock.months_before(day, months)
            since = datetime.combine(day, time(), clock.LOCAL_ZONE)
            yield self.filter(at__gte=since, at__lt=until)
            months *= 2
