"""Reads of saved filters, scoped to who asks."""

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from gongshi.identity.models import Person
from gongshi.kernel.authority import may
from gongshi.kernel.list_pages import list_pages, title_of
from gongshi.saved_filters.models import SavedFilter
from gongshi.saved_filters.rules import Permission


def filters_usable_by(person: Person, *list_names: str) -> QuerySet[SavedFilter]:
    """His own and those shared in his department, of these lists."""
    shared_or_own = Q(person=person) | Q(department=person.department_id)
    found = SavedFilter.objects.filter(shared_or_own, list_name__in=list_names)
    return found.select_related("person", "department")


def filters_known_to(person: Person) -> QuerySet[SavedFilter]:
    """His own and those shared in his department, of all lists that he may read now."""
    return filters_usable_by(person, *lists_open_to(person))


def lists_open_to(person: Person) -> dict[str, str]:
    """The lists of which this person may save filters: title by name."""
    return {
        name: title_of(page)
        for name, page in list_pages().items()
        if may(person, Permission.SaveFilter, name)
    }


def address_of(saved: SavedFilter) -> str:
    """Where the list is shown so; empty for a list that is a part of one thing."""
    try:
        return f"{reverse(saved.list_name)}?{saved.conditions}"
    except NoReverseMatch:
        return ""
