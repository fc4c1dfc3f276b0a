"""What of a list's address is worth keeping, and what of what was kept still means something."""

from collections.abc import Iterator

from django import forms
from django.http import QueryDict

from gongshi.kernel.lists import COLUMNS_ASKED, SORT_ASKED

# Where in the list somebody is, and what he does with it.
PASSING = frozenset({"page", "per_page", "_export", "csrfmiddlewaretoken"})


def kept(address: QueryDict | str) -> str:
    """The conditions in an address without empty ones and pages; equal when they mean the same."""
    given = QueryDict(address) if isinstance(address, str) else address
    chosen = QueryDict(mutable=True)
    for name in sorted(given.keys() - PASSING):
        chosen.setlist(name, [value for value in given.getlist(name) if value])
    return chosen.urlencode()


def lost(conditions: str, form: forms.Form) -> list[str]:
    """The names in kept conditions that the list's filters no longer know; they filter nothing."""
    known = {SORT_ASKED, COLUMNS_ASKED, *_names_in(form)}
    return [name for name in QueryDict(conditions) if name not in known]


def _names_in(form: forms.Form) -> Iterator[str]:
    for name, field in form.fields.items():
        yield name
        yield from (f"{name}{suffix}" for suffix in getattr(field.widget, "widgets_names", ()))
