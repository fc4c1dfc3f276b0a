"""The list pages of the portal by the names of their views, found through the resolver."""

from collections.abc import Iterator
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

from gongshi.kernel.lists import ListPage


@cache
def list_pages() -> dict[str, type[ListPage]]:
    """`catalogue:cameras` → the page."""
    return dict(_found(get_resolver()))


def title_of(page: type[ListPage]) -> str:
    """What a list is called where nobody looks at it; one whose title depends on that by what it lists."""
    title: object = page.title
    if isinstance(title, str):
        return title
    model = getattr(page.table_class.Meta, "model", None)
    return str(model._meta.verbose_name) if model else "列表"


def _found(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, type[ListPage]]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _found(each, f"{namespace}{each.namespace}:" if each.namespace else namespace)
        elif isinstance(each, URLPattern):
            view = getattr(each.callback, "view_class", None)
            if view is not None and issubclass(view, ListPage):
                yield f"{namespace}{each.name}", view
