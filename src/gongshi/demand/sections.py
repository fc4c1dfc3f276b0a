"""What rooms above this one add to the page of a demand, registered when they are ready.

A section is a function of the person who looks and the demand; it gives a template and its context, or None.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from gongshi.demand.models import Demand
from gongshi.identity.models import Person

Section = Callable[[Person, Demand], tuple[str, dict[str, Any]] | None]
_sections: list[Section] = []


def add_section(section: Section) -> None:
    """Show a section on every demand page, after those that are there."""
    if section not in _sections:
        _sections.append(section)


def rendered(request: HttpRequest, person: Person, demand: Demand) -> list[SafeString]:
    """The sections that have something to say about this demand."""
    found = (section(person, demand) for section in _sections)
    return [render_to_string(template, context, request) for template, context in filter(None, found)]
