"""Rubbish in an address, in its query and in a body is answered, and never by a server error."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.matrix.addresses import methods_by_route
from tests.matrix.people import STRANGER
from tests.matrix.table import MATRIX
from tests.matrix.walking import Walk

pytestmark = pytest.mark.django_db
# By the kind of the place in the route; a place without a kind takes any text.
RUBBISH: dict[str, tuple[str, ...]] = {
    "int": ("0", "999999999", "9" * 30),
    "slug": ("nothing", "a" * 300),
    "str": ("0", "-1", "nothing", "9" * 30, "%00", "%F0%9F%98%80"),
}
QUERY = {
    "page": "-1",
    "per_page": "0",
    "sort": "nothing",
    "_export": "exe",
    "limit": "9" * 30,
    "offset": "-1",
    "list": "²",
    "point_list": "9" * 30,
    "q": "\0",
    "state": "\0",
    "basis_number": "\0",
    "department": "x",
    "at_min": "9999-99-99",
    "opened_at_max": "0",
    "region": "\0",
    "location": "\0",
    "camera": "nothing",
    "month": "2026-13",
    "person": "\0",
    "key": "nothing",
}
SENT: dict[str, Any] = {"GET": {"data": QUERY}, "POST": {"data": QUERY}}
AS_JSON: Any = {"data": "[]", "content_type": "application/json"}
PLACE = re.compile(r"<(?:(\w+):)?\w+>")


def rubbish_of(route: str) -> Iterator[str]:
    """Addresses of a route with rubbish in all its places."""
    kinds = [kind or "str" for kind in PLACE.findall(route)]
    for number in range(max((len(RUBBISH[kind]) for kind in kinds), default=0)):
        address = route
        for kind in kinds:
            values = RUBBISH[kind]
            address = PLACE.sub(values[number % len(values)], address, count=1)
        yield f"/{address}"


@pytest.mark.parametrize("route", sorted(methods_by_route()))
def test_rubbish_is_never_a_server_error(walk: Walk, route: str) -> None:
    """As somebody whom the address is for, so that more than the door is tried."""
    for method, people in MATRIX[route].items():
        who = min(people - {STRANGER}, default=STRANGER)
        for address in {*rubbish_of(route), walk.address(route)}:
            sent = (
                {"data": QUERY}
                if method in {"GET", "POST"}
                else {"data": "[]", "content_type": "application/json"}
            )
            answer = walk.prober.ask(who, method, address, **sent)
            assert answer.status < 500 or route == "readyz", (who, method, address, str(answer))
