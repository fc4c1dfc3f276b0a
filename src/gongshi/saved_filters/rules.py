"""Everybody keeps his own filters of the lists that he may read, and uses those shared in his department."""

from enum import StrEnum

import rules

from gongshi.identity.models import Person
from gongshi.identity.rules import is_data_specialist
from gongshi.kernel.authority import may
from gongshi.kernel.list_pages import list_pages
from gongshi.saved_filters.models import SavedFilter


class Permission(StrEnum):
    ChangeFilter = "saved_filters:filter:change"
    ReadFilters = "saved_filters:filter:read"
    RemoveFilter = "saved_filters:filter:remove"
    SaveFilter = "saved_filters:filter:save"


@rules.predicate
def reads_the_list(person: Person, list_name: str | None) -> bool:
    """Whether the list would let him in; one that decides by the thing it is about keeps no filters."""
    page = list_pages().get(list_name or "")
    return page is not None and isinstance(page.permission, str) and may(person, page.permission)


@rules.predicate
def saved_it(person: Person, saved: SavedFilter | None) -> bool:
    return saved is not None and saved.person_id == person.pk


@rules.predicate
def is_shared_with_his_department(person: Person, saved: SavedFilter | None) -> bool:
    return saved is not None and saved.department_id == person.department_id


rules.add_perm(Permission.ReadFilters, rules.always_allow)
rules.add_perm(Permission.SaveFilter, reads_the_list)
rules.add_perm(Permission.ChangeFilter, saved_it)
# What is shared is the department's: it is tidied up also when whoever shared it has left.
rules.add_perm(Permission.RemoveFilter, saved_it | (is_shared_with_his_department & is_data_specialist))
