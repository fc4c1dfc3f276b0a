"""Pages of long lists in the JSON interface."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja.pagination import LimitOffsetPagination

from gongshi.kernel.lists import COUNTED, counted_up_to
from gongshi.kernel.ordering import settled


class SettledPagination(LimitOffsetPagination):
    """Pages of a list in one order; what every paginated operation uses that names no other."""

    def paginate_queryset(self, queryset: Any, pagination: Any, request: HttpRequest, **params: Any) -> Any:
        rows = settled(queryset) if isinstance(queryset, QuerySet) else queryset
        return super().paginate_queryset(rows, pagination, request=request, **params)


class CountedPagination(LimitOffsetPagination):
    """For lists of millions: `count` goes no further than COUNTED + 1, which means “and more”.

    Pages go no further either: whoever needs older rows narrows the days.
    """

    def paginate_queryset(
        self, queryset: QuerySet[Any], pagination: Any, request: HttpRequest, **params: Any
    ) -> Any:
        first = min(pagination.offset, COUNTED)
        last = min(first + min(pagination.limit, self.max_limit), COUNTED)
        return {"items": queryset[first:last], "count": counted_up_to(queryset, COUNTED + 1)}
