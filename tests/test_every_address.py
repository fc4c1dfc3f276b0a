"""Every address of the portal, found through the resolver: strangers, the three administrators, rubbish."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.demand.models import Lane
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from gongshi.kernel.lists import PAGE_SIZE
from gongshi.viewing.models import MediaNode
from tests.demand.making import City
from tests.factories import in_days, make_camera, make_department, make_person
from tests.viewing.making import open_look

pytestmark = pytest.mark.django_db

# Who needs no log-in: the supervisor, whoever logs in, and media nodes (which have a password of their own).
OPEN = {"healthz": 200, "readyz": 503, "account/login/": 200, "media-hooks/on_play": 405}
LOGOUT = "account/logout/"

# Where the three administrators may look; whatever is not named here is closed to them.
FOR_EVERYBODY = {
    "",
    "account/login/",
    LOGOUT,
    "alerts/mine/",
    "api/v1/alerts/mine",
    "api/v1/docs",
    "api/v1/openapi.json",
    "api/v1/people/colleagues",
    "api/v1/people/departments",
    "api/v1/people/me",
    "healthz",
    "notices/",
    "readyz",
}
PEOPLE = {"api/v1/people", "people/", "people/departments/"}
SECURITY = {"alerts/", "api/v1/alerts", "api/v1/clients", "clients/"}
OPEN_TO = {
    Role.SYSTEM_ADMINISTRATOR: FOR_EVERYBODY | PEOPLE | {"people/departments/new/", "viewing/nodes/"},
    Role.SECURITY_ADMINISTRATOR: FOR_EVERYBODY | PEOPLE | SECURITY | {"clients/new/", "people/new/"},
    Role.AUDIT_ADMINISTRATOR: FOR_EVERYBODY
    | PEOPLE
    | SECURITY
    | {
        "api/v1/audit/events",
        "api/v1/audit/bundles",
        "api/v1/audit/events/<int:event_id>",
        "api/v1/audit/register",
        "api/v1/audit/seals",
        "api/v1/audit/verifications",
        "audit/bundles/",
        "audit/bundles/new/",
        "audit/seals/",
        "audit/verifications/new/",
        "audit/events/",
        "audit/events/<int:event_id>/",
        "audit/register/",
        "audit/register/sheet/",
    },
}
# Pages that answer with an empty list instead of a refusal: the query is scoped, nothing is told.
EMPTY_FOR_ADMINISTRATORS = {
    "api/v1/categories",
    "api/v1/demands",
    "api/v1/items",
    "api/v1/work-orders",
    "demands/forecast/",
}

REFUSED = {403, 404, 405}
RUBBISH: dict[str, list[Any]] = {
    "int": ["0", "999999999", "9" * 30],
    "slug": ["nothing", "a" * 300],
    "path": ["0", "-1", "nothing", "9" * 30],
}
RUBBISH_QUERY = {
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
}


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its whole route."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, prefix + str(each.pattern))
        else:
            yield prefix + str(each.pattern), each


ROUTES = sorted({route for route, _ in patterns()})


def filled(route: str, values: dict[str, str]) -> str:
    """A route with a value in each of its places, by its name or its kind: int, slug or ninja's own path."""
    parts = []
    for part in route.split("/"):
        kind, _, name = part.strip("<>").rpartition(":")
        parts.append(values.get(name) or values[kind or "path"] if part.startswith("<") else part)
    return "/".join(parts)


def rubbish_of(route: str) -> list[str]:
    return sorted({filled(route, dict(zip(RUBBISH, values, strict=True))) for values in _mixtures()})


def _mixtures() -> Iterator[tuple[str, ...]]:
    for number in range(2, 4):
        yield tuple(values[number % len(values)] for values in RUBBISH.values())


@pytest.fixture
def real() -> dict[str, str]:
    """A running city: one thing of every kind, by the names of the places in the routes."""
    city = City()
    camera = make_camera(city.water)
    order = city.accepted()
    lane = Lane.objects.latest("pk")
    grant = order.lines.latest("pk").grant
    node = MediaNode.objects.create(
        code="node-1",
        name="节点",
        network_zone="government",
        api_url="http://127.0.0.1:9",
        api_secret="secret",
        socket_url="ws://{host}:9",
        last_seen_at=in_days(1),
    )
    look = open_look(city.viewer, grant.camera)
    assert node.play_sessions.exists() and AccessRecord.objects.exists()
    numbers = {
        "event_id": AuditEvent.objects.latest("pk").pk,
        "grant_id": grant.pk,
        "session_id": look.session.pk,
        "lane_id": lane.pk,
        "lane_pk": lane.pk,
        "order_id": order.pk,
        "line_id": order.lines.latest("pk").pk,
        "demand_id": order.demand_id,
        "camera_id": camera.pk,
        "submission_id": 1,
    }
    return {name: str(number) for name, number in numbers.items()} | {
        "code": camera.code,
        "event": "on_play",
        # Which kind of thing `pk` means is said by the route; demands, lanes, orders and grants all have one.
        "pk": str(order.pk),
        "int": "1",
        "slug": "nothing",
        "path": "1",
    }


def test_the_resolver_finds_them_all() -> None:
    assert len(ROUTES) > 70


def test_a_stranger_gets_nowhere(client: Client, real: dict[str, str]) -> None:
    for route in ROUTES:
        address = filled(route, real)
        if address == LOGOUT:
            continue
        if address in OPEN:
            assert client.get(f"/{address}").status_code == OPEN[address]
            continue
        for method in (client.get, client.post, client.put, client.delete):
            answer = method(f"/{address}")
            if address.startswith("api/"):
                assert answer.status_code == 401, (address, method.__name__)
            else:
                assert answer.status_code == 302, address
                assert answer.headers["Location"].startswith("/account/login/"), address


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_the_three_administrators_have_no_part_in_the_business(real: dict[str, str], role: Role) -> None:
    client = Client()
    client.force_login(make_person(role))
    for route in ROUTES:
        if route in EMPTY_FOR_ADMINISTRATORS or route in OPEN_TO[role] or route == "media-hooks/<slug:event>":
            continue
        address = filled(route, real)
        assert client.get(f"/{address}").status_code in REFUSED, route
        # Business is refused before the body is looked at; an address without POST says so.
        if not address.startswith("notices/"):
            answer = client.post(f"/{address}", {}, "application/json")
            assert answer.status_code in REFUSED | {415, 422}, route


PAGED = {
    "api/v1/catalogue/cameras": Role.VIEWER,
    "api/v1/demands": Role.OPERATOR,
    "catalogue/": Role.VIEWER,
    "demands/": Role.OPERATOR,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("route", PAGED)
def test_no_page_is_longer_than_a_page(route: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_person(PAGED[route]))
    department = make_department()
    for _ in range(PAGE_SIZE + 5):
        make_camera(department)
    names, numbers = ("limit", "offset", "per_page", "page"), ("-1", "0", "1", "1000000", "9" * 30, "x")
    for name, number in product(names, numbers):
        answer = client.get(f"/{route}", {name: number})
        assert answer.status_code in {200, 422}
        if "table" in (answer.context or {}):
            assert len(answer.context["table"].page.object_list) <= PAGE_SIZE


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_lists_without_a_refusal_are_empty_for_administrators(real: dict[str, str], role: Role) -> None:
    client = Client()
    client.force_login(make_person(role))
    for route in EMPTY_FOR_ADMINISTRATORS:
        answer = client.get(f"/{route}")
        assert answer.status_code in REFUSED | {200}
        if answer.status_code == 200 and route.startswith("api/"):
            assert answer.json() == {"items": [], "count": 0}, route


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_each_administrator_reaches_what_is_his(real: dict[str, str], role: Role) -> None:
    client = Client()
    client.force_login(make_person(role))
    for route in OPEN_TO[role] - OPEN.keys() - {LOGOUT}:
        assert client.get(f"/{route}").status_code == 200, route


@pytest.mark.parametrize(
    "role",
    [
        Role.BUREAU_ADMINISTRATOR,
        Role.DATA_SPECIALIST,
        Role.OPERATOR,
        Role.SECURITY_ADMINISTRATOR,
        Role.VIEWER,
    ],
)
def test_rubbish_in_an_address_is_never_a_server_error(role: Role, real: dict[str, str]) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_person(role))
    for route in ROUTES:
        for address in [*rubbish_of(route), filled(route, real)]:
            if address == LOGOUT:
                continue
            for answer in (
                client.get(f"/{address}", RUBBISH_QUERY),
                client.post(f"/{address}", RUBBISH_QUERY),
                client.put(f"/{address}", "[]", "application/json"),
            ):
                request = answer.request
                assert answer.status_code < 500 or address == "readyz", (request["REQUEST_METHOD"], address)
