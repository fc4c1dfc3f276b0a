"""Every address of the portal and the methods that it takes, found through the resolver."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic.edit import ProcessFormView

from gongshi.config.api import api

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
READING = frozenset({"GET"})
# The interface's own pages, which ninja gives without saying their methods.
ABOUT_THE_INTERFACE = frozenset({"api/v1/", "api/v1/docs", "api/v1/openapi.json"})


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its whole route."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, prefix + str(each.pattern))
        else:
            yield prefix + str(each.pattern), each


@cache
def methods_by_route() -> dict[str, frozenset[str]]:
    """Route → the methods it takes, HEAD and OPTIONS aside; none for a view that does not say."""
    operations = api.get_openapi_schema()["paths"]
    found: dict[str, frozenset[str]] = {}
    for route, pattern in patterns():
        if route in ABOUT_THE_INTERFACE:
            found[route] = READING
        elif route.startswith("api/"):
            told = operations[_as_the_interface_says(route)]
            found[route] = frozenset(method.upper() for method in told)
        else:
            found[route] = found.get(route, frozenset()) | _methods_of(pattern.callback)
    return dict(sorted(found.items()))


def calls_with_json() -> list[tuple[str, str]]:
    """Method and route of every operation that takes a body in JSON."""
    operations = api.get_openapi_schema()["paths"]
    return [
        (method.upper(), route)
        for route in methods_by_route()
        for method, told in operations.get(_as_the_interface_says(route), {}).items()
        if "application/json" in told.get("requestBody", {}).get("content", {})
    ]


def _as_the_interface_says(route: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def _methods_of(view: Callable[..., Any]) -> frozenset[str]:
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        names = [name for name in view_class.http_method_names if hasattr(view_class, name)]
        # Django's form view takes PUT as another word for POST.
        also = {"put"} if getattr(view_class, "put", None) is ProcessFormView.put else set()
        return frozenset(METHODS) & {name.upper() for name in {*names} - also}
    return frozenset(METHODS) & _allowed_by_decorator(view)


def _allowed_by_decorator(view: Any) -> frozenset[str]:
    """What `require_http_methods` somewhere around the view lets through."""
    while view is not None:
        names = view.__code__.co_freevars if hasattr(view, "__code__") else ()
        if "request_method_list" in names:
            return frozenset(view.__closure__[names.index("request_method_list")].cell_contents)
        view = getattr(view, "__wrapped__", None)
    return frozenset()


def filled(route: str, values: dict[str, object]) -> str:
    """The address of a route with a value in each of its places."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda place: str(values[place[1]]), route)
