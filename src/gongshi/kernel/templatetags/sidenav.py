"""The entries of the side navigation. In a template, each of dozens would be looked up anew on every page."""

from collections.abc import Iterable
from typing import Protocol

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

GROUP = '<div class="sidenav-group">{}</div>'
LINK = '<a class="sidenav-link{}" href="{}" title="{}"{}>{}<span>{}</span></a>'
# As `<c-icon>` makes it.
ICON = '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>'
HERE, BELOW = mark_safe(' aria-current="page"'), mark_safe(' aria-current="true"')


class Shown(Protocol):
    """An entry of the navigation; `active` where the page is its own or one below it."""

    @property
    def label(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def active(self) -> bool: ...


@register.simple_tag
def sidenav(groups: Iterable[tuple[str, Iterable[Shown]]], path: str) -> SafeString:
    """Headings with their links; the link under which `path` stands is marked."""
    icons = static("built/icons.svg")
    return format_html_join(
        "",
        "{}{}",
        (
            (format_html(GROUP, label) if label else "", _links(entries, path, icons))
            for label, entries in groups or ()
        ),
    )


def _links(entries: Iterable[Shown], path: str, icons: str) -> SafeString:
    return format_html_join(
        "\n",
        LINK,
        (
            (
                " active" if entry.active else "",
                entry.url,
                entry.label,
                (HERE if entry.url == path else BELOW) if entry.active else "",
                format_html(ICON, icons, entry.icon),
                entry.label,
            )
            for entry in entries
        ),
    )
