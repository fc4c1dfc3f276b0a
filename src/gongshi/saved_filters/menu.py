"""The menu of saved filters in the bar of a list."""

from dataclasses import dataclass

from django import forms

from gongshi.identity.models import Person
from gongshi.kernel.lists import COLUMNS_ASKED, ListPage
from gongshi.saved_filters.conditions import kept, lost
from gongshi.saved_filters.models import SavedFilter
from gongshi.saved_filters.queries import filters_usable_by


@dataclass(frozen=True)
class Item:
    """One filter of the menu. `is_lame`: some of its conditions are no longer known and filter nothing."""

    saved: SavedFilter
    is_own: bool
    is_current: bool
    is_lame: bool


@dataclass(frozen=True)
class Menu:
    """`conditions` are what the list shows now; empty when there is nothing to save."""

    list_name: str
    path: str
    conditions: str
    items: list[Item]

    @property
    def own(self) -> list[Item]:
        return [item for item in self.items if item.is_own]

    @property
    def shared(self) -> list[Item]:
        return [item for item in self.items if not item.is_own]

    @property
    def current(self) -> Item | None:
        return next((item for item in self.items if item.is_current), None)


def menu_of(person: Person, page: ListPage, form: forms.Form) -> Menu:
    """One query."""
    shown = kept(page.request.GET)
    items = [
        Item(
            saved,
            is_own=saved.person_id == person.pk,
            is_current=saved.conditions == shown,
            is_lame=bool(lost(saved.conditions, form)),
        )
        for saved in filters_usable_by(person, page.view_name)
    ]
    return Menu(page.view_name, page.request.path, _with_columns(page), items)


def _with_columns(page: ListPage) -> str:
    """What is shown now, with the columns that were chosen."""
    address = page.request.GET.copy()
    if page.chosen_columns:
        address[COLUMNS_ASKED] = ".".join(page.chosen_columns)
    return kept(address)
