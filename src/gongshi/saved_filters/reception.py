"""What the rooms below cause here: a menu in the bar of every list, and shared filters that change hands."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from gongshi.identity.models import Department, Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import may
from gongshi.kernel.lists import ListPage
from gongshi.saved_filters.actions import take_over_filters
from gongshi.saved_filters.menu import menu_of
from gongshi.saved_filters.rules import Permission


def show_menu(page: ListPage, form: Any, **_: Any) -> SafeString:
    """Receives `kernel.lists.bar_shown`. Empty on a page without filters, or whose filters cannot be kept."""
    person = signed_in(page.request)
    if not form.fields or not may(person, Permission.SaveFilter, page.view_name):
        return SafeString("")
    return render_to_string("saved_filters/menu.html", {"menu": menu_of(person, page, form)}, page.request)


def take_over(department: Department, into: Department, actor: Person | None, reason: str, **_: Any) -> None:
    """Receives `identity.signals.department_merged`."""
    take_over_filters(actor=actor, department=department, into=into, reason=reason)
