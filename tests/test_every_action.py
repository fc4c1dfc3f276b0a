"""Every public function that changes something: who may, all or nothing, and recorded (Zulip's rule)."""

import ast
from collections.abc import Iterator
from importlib.resources import files

import pytest

ROOMS = (
    "identity",
    "notices",
    "alerts",
    "clients",
    "catalogue",
    "grants",
    "atlas",
    "demand",
    "delivery",
    "viewing",
)

# Nobody asks for these: the clock, the installation itself, or an action of a room above that has asked.
WITHOUT_AUTHORISATION = {
    "atlas.take_over_lists": "the room of departments, which authorises",
    "catalogue.take_over_cameras": "the room of departments, which authorises",
    "demand.take_over_business": "the room of departments, which authorises",
    "grants.drop_viewer": "the room of people, which authorises",
    "grants.take_over_grants": "the room of departments, which authorises",
    "identity.begin_reviews": "the clock",
    "identity.keep_reviews_going": "the clock",
    "identity.lock_idle_accounts": "the clock",
    "alerts.raise_alert": "whatever finds something out of order",
    "alerts.release_alerts_of": "the room of people, which has ended somebody's rights",
    "clients.suspend_clients_of": "the room of people, which has ended somebody's rights",
    "demand.accept_lane": "the room of work orders, which authorises",
    "demand.fail_acceptance": "the room of work orders, which authorises",
    "demand.finish_delivery": "the room of work orders, which authorises",
    "demand.note_delivery": "the room of work orders, which authorises",
    "grants.expire_grants": "the clock",
    "identity.establish": "an installation in which nobody is yet",
    "notices.mark_read": "changes nobody's but the own notices: the query is by person",
    "notices.notify": "every action, in its own transaction",
    "viewing.ensure_local_node": "the installation that starts",
}
WITHOUT_TRANSACTION = {
    "identity.begin_reviews": "one transaction for each department",
    "identity.keep_reviews_going": "one transaction for each department",
    "identity.lock_idle_accounts": "one transaction for each account",
    "alerts.raise_alert": "in the transaction that found it",
    "demand.note_delivery": "one statement in the transaction of the room of work orders",
    "grants.expire_grants": "one transaction for the grants of each basis",
    "notices.mark_read": "one statement",
    "notices.notify": "in the transaction of the change that is told",
    "viewing.open_session": "a refusal is recorded in a transaction of its own",
}
WITHOUT_EVENT = {
    "demand.note_delivery": "recorded by the room of work orders",
    "notices.mark_read": "reading a notice changes nothing that is recorded",
    "notices.notify": "a notice is not an act",
}

Functions = dict[str, ast.FunctionDef]


def files_of(room: str) -> Iterator[Functions]:
    """The functions of `actions.py`, and of each `…_actions.py` where one file would be too long."""
    for file in sorted(files(f"gongshi.{room}").iterdir(), key=lambda each: each.name):
        if file.name == "actions.py" or file.name.endswith("_actions.py"):
            parsed = ast.parse(file.read_text("utf-8")).body
            yield {node.name: node for node in parsed if isinstance(node, ast.FunctionDef)}


# Each public action with the functions of its file.
HOMES: dict[str, Functions] = {
    f"{room}.{name}": functions
    for room in ROOMS
    for functions in files_of(room)
    for name in functions
    if not name.startswith("_")
}
ACTIONS = sorted(HOMES)


def name_of(action: str) -> str:
    return action.partition(".")[2]


def called(name: str, functions: Functions, seen: frozenset[str] = frozenset()) -> set[str]:
    """The names of what a function calls, itself or through functions of its file."""
    found: set[str] = set()
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.Call):
            target = node.func
            found.add(ast.unparse(target))
            if isinstance(target, ast.Name) and target.id in functions.keys() - seen:
                found |= called(target.id, functions, seen | {name})
    return found


def calls(action: str) -> set[str]:
    return called(name_of(action), HOMES[action])


def arguments(action: str) -> list[str]:
    """What an action is told by name; the actor always is."""
    return [each.arg for each in HOMES[action][name_of(action)].args.kwonlyargs]


def test_there_are_actions() -> None:
    assert len(ACTIONS) > 25


def test_the_exceptions_are_actions() -> None:
    exceptions = WITHOUT_AUTHORISATION.keys() | WITHOUT_TRANSACTION.keys() | WITHOUT_EVENT.keys()
    assert exceptions <= set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_asks_whether_the_actor_may(action: str) -> None:
    asks = "authorise" in calls(action) and "actor" in arguments(action)
    assert asks != (action in WITHOUT_AUTHORISATION)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_done_whole_or_not_at_all(action: str) -> None:
    decorators = {ast.unparse(each) for each in HOMES[action][name_of(action)].decorator_list}
    assert ("transaction.atomic" in decorators) != (action in WITHOUT_TRANSACTION)


# The rooms above write through actions of those below; these write the event.
RECORDING = {
    "accounts.lock",
    "accounts.open_account",
    "accounts.unlock",
    "record",
    "record_many",
    "demand_actions.accept_lane",
    "demand_actions.fail_acceptance",
    "cut",
}


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_writes_an_event(action: str) -> None:
    assert bool(calls(action) & RECORDING) != (action in WITHOUT_EVENT)
