"""Which points are meant when many are chosen: those that are named, or all that match a filter."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet
from django.http import QueryDict

from gongshi.catalogue.bulk import MOST_POINTS
from gongshi.catalogue.filters import CameraFilter
from gongshi.catalogue.models import Camera
from gongshi.catalogue.queries import cameras_compiled_by
from gongshi.identity.models import Person
from gongshi.kernel.errors import Invalid


def matching(person: Person, conditions: QueryDict) -> QuerySet[Camera]:
    """The published points for which a person may compile and that match a list's filter. Raises Invalid."""
    found = CameraFilter(conditions, queryset=cameras_compiled_by(person))
    if not found.is_valid():
        name, messages = next(iter(found.errors.items()))
        raise Invalid(f"筛选条件 {name} 有误：{messages[0]}", field="filter")
    return found.qs


def keys_matching(person: Person, conditions: QueryDict) -> list[int]:
    """Their numbers, of which there is one too many when the filter is too wide for one change."""
    return list(matching(person, conditions).order_by("code").values_list("pk", flat=True)[: MOST_POINTS + 1])


def as_conditions(given: Mapping[str, str | Iterable[str]]) -> QueryDict:
    """A filter as JSON has it, as the list's page has it."""
    conditions = QueryDict(mutable=True)
    for name, value in given.items():
        conditions.setlist(name, [value] if isinstance(value, str) else list(value))
    return conditions
