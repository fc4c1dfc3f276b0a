"""Any JSON for any writing operation, by whoever may: never a server error, and a refusal changes nothing."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.matrix.addresses import calls_with_json
from tests.matrix.table import MATRIX
from tests.matrix.walking import Walk

pytestmark = pytest.mark.django_db
CALLS = calls_with_json()

# What databases, screens and parsers stumble over.
NASTY: tuple[Any, ...] = (
    "",
    "\0",
    "a\0b",
    "\ud800",
    "字" * 100_000,
    "9999-12-31",
    "0001-01-01",
    -1,
    2**63,
    10**60,
    float("nan"),
    None,
    [],
    ["\0"],
    {},
    {"\0": "\0"},
    {str(10**60): "x"},
)
anything = st.recursive(
    st.sampled_from(NASTY) | st.text() | st.integers() | st.floats(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=6,
)
# A wrong password is counted, and a right one clears the count, whatever else is wrong.
COUNTED = frozenset({"credentials_guard", "credentials_failedguess"})


def one_who_may(call: tuple[str, str]) -> str:
    method, route = call
    return min(MATRIX[route][method])


def body_of(walk: Walk, call: tuple[str, str]) -> dict[str, Any]:
    """A body that would do."""
    return walk.made.body(one_who_may(call), *call)


def fault(walk: Walk, call: tuple[str, str], text: str) -> str:
    """What went wrong with this body; empty when it was taken, or refused without a trace."""
    answer = walk.send(one_who_may(call), *call, text)
    if answer.status >= 500:
        return f"{answer} {call} {text[:200]}"
    traceless = answer.status < 400 or not answer.changed - COUNTED
    return "" if traceless else f"changed by a refusal: {answer} {call} {text[:200]}"


def test_there_is_a_body_for_each_operation_that_takes_one(walk: Walk) -> None:
    assert [call for call in CALLS if not body_of(walk, call)] == []


# All on all would take minutes: a field takes every third of them, the next field the next ones.
STRIDE = 3


@pytest.mark.parametrize("call", CALLS)
def test_each_field_alone_takes_any_nastiness(walk: Walk, call: tuple[str, str]) -> None:
    body = body_of(walk, call)
    faults = [
        fault(walk, call, json.dumps(body | {field: value}))
        for number, field in enumerate(body, start=CALLS.index(call))
        for value in NASTY[number % STRIDE :: STRIDE]
    ]
    assert [each for each in faults if each] == []


@pytest.mark.timeout(300)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_json_is_survived(walk: Walk, data: st.DataObject) -> None:
    call = data.draw(st.sampled_from(CALLS))
    body = body_of(walk, call)
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(body)), anything, max_size=4))
    sent = data.draw(st.just(body | changes) | anything)
    assert not fault(walk, call, json.dumps(sent))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '"' * 3, "\0", "nul", "\xff"])
def test_what_is_no_json_is_refused(walk: Walk, text: str) -> None:
    assert [found for call in CALLS if (found := fault(walk, call, text))] == []
