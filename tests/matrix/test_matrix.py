"""Every address × every role × own and other departments: who is let in; nobody else changes a thing.

The table is `table.py`. What is not in it is closed: a new view or operation without a row fails here.
"""

from itertools import cycle
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from tests.matrix.addresses import METHODS, methods_by_route
from tests.matrix.people import EVERYBODY, STRANGER, WHOEVER
from tests.matrix.table import ELSEWHERE, MATRIX, RECORDED_READS, TRACES, UNCHANGING
from tests.matrix.walking import Step, Walk

pytestmark = pytest.mark.django_db
ROUTES = sorted(methods_by_route())
ROOT = Path(__file__).resolve().parents[2]


def test_every_view_says_which_methods_it_takes() -> None:
    assert [route for route, methods in methods_by_route().items() if not methods] == []


def test_every_address_has_a_row_for_each_of_its_methods() -> None:
    declared = {route: frozenset(row) for route, row in MATRIX.items()}
    assert declared == methods_by_route()


def test_the_exceptions_are_calls_of_the_table() -> None:
    calls = {f"{method} {route}" for route, row in MATRIX.items() for method in row}
    assert {*ELSEWHERE, *RECORDED_READS, *TRACES, *UNCHANGING} <= calls
    assert [file for file in ELSEWHERE.values() if not (ROOT / file).exists()] == []


def fault_of(route: str, step: Step) -> str:
    """What is wrong with one cell; empty when it is as the table says."""
    call, answer = f"{step.method} {route}", step.answer
    said = f"{call} as {step.who}: {answer}"
    if step.who not in MATRIX[route][step.method]:
        changed = answer.changed - TRACES.get(call, frozenset())
        return "" if answer.refused and not changed else said
    if call in ELSEWHERE:
        return said if answer.status in {401, 403, 404, 405} else ""
    if not answer.let_in:
        return said
    writes = step.method != "GET" or call in RECORDED_READS
    return "" if call in UNCHANGING or bool(answer.changed) is writes else said


# One test, since the walk is most of what it costs: each cell of the route is asked for once.
@pytest.mark.parametrize("route", ROUTES)
def test_who_is_let_in_is_what_the_table_says(walk: Walk, route: str) -> None:
    """Every answer, refusals too, keeps to the policy: no inline script or style, nothing from outside."""
    steps = list(walk.steps(route))
    assert [fault for step in steps if (fault := fault_of(route, step))] == []
    assert {flaw for step in steps for flaw in step.flaws} == set()


def test_no_address_takes_another_method(walk: Walk) -> None:
    for route, methods in methods_by_route().items():
        who = min(MATRIX[route].get("GET", EVERYBODY) - {STRANGER}, default=min(EVERYBODY))
        # The interface's own pages answer anything with what they show.
        for method in {*METHODS} - methods if not route.startswith("api/v1/docs") else ():
            answer = walk.ask(who, method, route)
            assert not answer.changed, (method, route, str(answer))


WRITING = [(method, route) for route, row in MATRIX.items() for method in sorted(row) if method != "GET"]
# Media nodes have no cookies that could be used behind their back; they name themselves by a password.
WITHOUT_COOKIES = {"media-hooks/<slug:event>"}


@pytest.mark.parametrize(("method", "route"), [call for call in WRITING if call[1] not in WITHOUT_COOKIES])
def test_a_form_of_another_site_does_nothing(walk: Walk, method: str, route: str) -> None:
    """Sent as somebody who may, with a body that would do, but without the token of our own page."""
    answer = walk.ask(min(MATRIX[route][method] or WHOEVER), method, route, forged=True)
    assert (answer.status, answer.changed) == (403, frozenset()), str(answer)


EVIL, HERE = "https://evil.example/", "http://testserver/"
# In turn, since each is the same to the one function that looks at them.
PLACES = (EVIL, "//evil.example/", "/\\evil.example", "/%0d%0aLocation:%20https://evil.example")


@pytest.mark.parametrize(("route", "place"), [*zip(ROUTES, cycle(PLACES), strict=False)])
def test_no_answer_leads_to_another_site(walk: Walk, route: str, place: str) -> None:
    """Whatever `next` says, and from whatever page it is said to have been sent."""
    for method, people in MATRIX[route].items():
        for who in sorted(people)[:1]:
            answer = walk.ask(who, method, route, query=f"?next={place}", headers={"Referer": EVIL})
            leads_to = urljoin(HERE, answer.location.replace("\\", "/"))
            assert urlsplit(leads_to).hostname == "testserver", (method, who, leads_to)


INJECTION = "%0d%0aSet-Cookie:%20evil=1"
NAMES = ("q", "sort", "page", "name", "state", "month", "from", "until", "since", "columns", "at_min", "code")


def test_no_line_break_of_an_address_reaches_a_header(walk: Walk) -> None:
    query = "&".join(["_export=csv", *(f"{name}={INJECTION}" for name in NAMES)])
    for route, row in MATRIX.items():
        if row.get("GET"):
            answer = walk.ask(min(row["GET"]), "GET", route, query=f"?{query}")
            assert answer.status < 500 or route == "readyz", (route, answer.status)
            assert not any(sign in value for value in answer.headers.values() for sign in "\r\n"), route
            assert "evil" not in str(answer.headers.get("Set-Cookie", "")), route
