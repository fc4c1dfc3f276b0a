"""Every public function that changes something: who may, all or nothing, and recorded (Zulip's rule).

They are found by themselves: what stands in an `actions.py` or `…_actions.py` of any room, and whatever is
told who acts (`actor`). What a function does is read from its source, through all of ours that it names.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOMS = sorted(
    (Path(config.path) for config in apps.get_app_configs() if config.name.startswith("gongshi.")),
    key=lambda folder: folder.name,
)
RECORDING = {"gongshi.audit.actions.record", "gongshi.audit.actions.record_many"}
ASKING = "gongshi.kernel.authority.authorise"
# What writes the record is no act of its own.
NO_ACTS = {"audit.record", "audit.record_many"}
# Nobody asks for these: the clock, the installation itself, or an action of a room above that has asked.
WITHOUT_AUTHORISATION = {
    "alerts.raise_alert": "whatever finds something out of order",
    "alerts.release_alerts_of": "the room of people, which has ended somebody's rights",
    "atlas.take_over_lists": "the room of departments, which authorises",
    "catalogue.note_status": "whoever asks the cameras whether they answer",
    "catalogue.forget_imports": "the clock",
    "catalogue.take_over_cameras": "the room of departments, which authorises",
    "clients.suspend_clients_of": "the room of people, which has ended somebody's rights",
    "clients.take_over_clients": "the room of departments, which authorises",
    "demand.accept_lane": "the room of work orders, which authorises",
    "demand.fail_acceptance": "the room of work orders, which authorises",
    "demand.finish_delivery": "the room of work orders, which authorises",
    "demand.note_delivery": "the room of work orders, which authorises",
    "demand.take_over_business": "the room of departments, which authorises",
    "demand.void_lines": "the room of the catalogue, which authorises",
    "grants.drop_viewer": "the room of people, which authorises",
    "grants.end_with_cameras": "the room of the catalogue, which authorises",
    "grants.expire_grants": "the clock",
    "grants.take_over_grants": "the room of departments, which authorises",
    "identity.begin_reviews": "the clock",
    "identity.establish": "an installation in which nobody is yet",
    "identity.keep_reviews_going": "the clock",
    "identity.lock": "the actions of people and proposals, which authorise",
    "identity.lock_idle_accounts": "the clock",
    "identity.move": "the actions of people and proposals, which authorise",
    "identity.open_account": "the actions of people and proposals, which authorise",
    "identity.retire": "the actions of people and proposals, which authorise",
    "identity.set_rights": "the actions of people and proposals, which authorise",
    "identity.unlock": "the actions of people and proposals, which authorise",
    "login.begin_session": "whoever has just proved who he is",
    "login.change_address": "the request of whoever is signed in",
    "login.end_itself": "the clock",
    "login.end_sessions": "the rooms of people and passwords, which authorise",
    "login.refuse_outside": "a login that is not let in",
    "notices.mark_read": "changes nobody's but the own notices: the query is by person",
    "notices.notify": "every action, in its own transaction",
    "quality.begin_due_plans": "the clock",
    "quality.inspect_again": "the room of rectification, after what somebody who may has answered",
    "quality.take_over_plans": "the room of departments, which authorises",
    "rectification.close_withdrawn": "the room of the catalogue, which authorises",
    "rectification.judge_order": "an inspection, which found it",
    "rectification.take_over_orders": "the room of departments, which authorises",
    "rectification.urge_order": "the clock",
    "saved_filters.take_over_filters": "the room of departments, which authorises",
    "viewing.ensure_local_node": "the installation that starts",
}
COUNTS_THE_TRY = "a wrong password counts although nothing is changed; the change is one transaction"
WITHOUT_TRANSACTION = {
    "catalogue.look_at_alike": "keeps nothing",
    "alerts.raise_alert": "in the transaction that found it",
    "audit.export_to": "the file is written first, what is kept of it is one transaction",
    "credentials.change_password": COUNTS_THE_TRY,
    "credentials.remove_second_factor": COUNTS_THE_TRY,
    "credentials.renew_recovery_codes": COUNTS_THE_TRY,
    "credentials.set_second_factor": COUNTS_THE_TRY,
    "credentials.sign_undertaking": "checks, then one action",
    "demand.note_delivery": "one statement in the transaction of the room of work orders",
    "grants.expire_grants": "one transaction for the grants of each basis",
    "identity.begin_reviews": "one transaction for each department",
    "identity.keep_reviews_going": "one transaction for each department",
    "identity.lock": "in the transaction of the action that opens or changes the account",
    "identity.lock_idle_accounts": "one transaction for each account",
    "identity.move": "in the transaction of the action that opens or changes the account",
    "identity.open_account": "in the transaction of the action that opens or changes the account",
    "identity.retire": "in the transaction of the action that opens or changes the account",
    "identity.set_rights": "in the transaction of the action that opens or changes the account",
    "identity.unlock": "in the transaction of the action that opens or changes the account",
    "notices.mark_read": "one statement",
    "notices.notify": "in the transaction of the change that is told",
    "quality.begin_due_plans": "one transaction for each plan",
    "viewing.open_session": "a refusal is recorded in a transaction of its own",
}
WITHOUT_EVENT = {
    "catalogue.note_status": "a camera that answers does no act; what was found is kept by inspections",
    "catalogue.look_at_alike": "keeps nothing",
    "demand.note_delivery": "recorded by the room of work orders",
    "notices.mark_read": "reading a notice changes nothing that is recorded",
    "notices.notify": "a notice is not an act",
}


Node = ast.FunctionDef | ast.Assign | ast.AnnAssign


@cache
def source() -> tuple[dict[str, Node], dict[str, dict[str, str]]]:
    """All functions and constants of our rooms by their whole names; and each module's own names for them."""
    nodes: dict[str, Node] = {}
    names: dict[str, dict[str, str]] = {}
    for path in (path for room in ROOMS for path in room.glob("*.py")):
        module = f"gongshi.{path.parent.name}.{path.stem}"
        names[module] = {}
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                names[module] |= {
                    each.asname or each.name: f"{node.module}.{each.name}" for each in node.names
                }
        for node in tree.body:
            for name in _names_of(node):
                names[module][name] = f"{module}.{name}"
                nodes[f"{module}.{name}"] = node  # type: ignore[assignment]
    return nodes, names


def _names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


@cache
def named(whole_name: str) -> frozenset[str]:
    """Whatever of ours a function names, itself or through what it names."""
    nodes, _ = source()
    found: set[str] = set()
    waiting = [whole_name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if name in nodes:
                waiting += _named_in(nodes[name], name.rpartition(".")[0])
    return frozenset(found)


def _named_in(node: ast.AST, module: str) -> Iterator[str]:
    names = source()[1][module]
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in names:
            yield names[each.id]
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in names:
            yield f"{names[each.value.id]}.{each.attr}"


def public_actions() -> Iterator[tuple[str, str]]:
    """`room.function`, and its whole name."""
    for whole_name, node in source()[0].items():
        _, room, file, name = whole_name.split(".")
        if not isinstance(node, ast.FunctionDef) or name.startswith("_"):
            continue
        is_told_who = "actor" in [each.arg for each in node.args.kwonlyargs]
        if (
            is_told_who or file == "actions" or file.endswith("_actions")
        ) and f"{room}.{name}" not in NO_ACTS:
            yield f"{room}.{name}", whole_name


ACTIONS = dict(sorted(public_actions()))


def function(action: str) -> ast.FunctionDef:
    node = source()[0][ACTIONS[action]]
    assert isinstance(node, ast.FunctionDef)
    return node


def test_there_are_actions_in_every_room_that_changes_something() -> None:
    assert len(ACTIONS) > 90
    assert len({action.partition(".")[0] for action in ACTIONS}) >= 14


def test_no_two_actions_of_a_room_have_one_name() -> None:
    names = [name for name, _ in public_actions()]
    assert len(names) == len(set(names))


def test_the_exceptions_are_actions() -> None:
    exceptions = WITHOUT_AUTHORISATION.keys() | WITHOUT_TRANSACTION.keys() | WITHOUT_EVENT.keys()
    assert exceptions <= ACTIONS.keys()


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_asks_whether_the_actor_may(action: str) -> None:
    is_told_who = "actor" in [each.arg for each in function(action).args.kwonlyargs]
    asks = ASKING in named(ACTIONS[action]) and is_told_who
    assert asks != (action in WITHOUT_AUTHORISATION)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_done_whole_or_not_at_all(action: str) -> None:
    decorators = {ast.unparse(each).partition("(")[0] for each in function(action).decorator_list}
    assert ("transaction.atomic" in decorators) != (action in WITHOUT_TRANSACTION)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_writes_an_event(action: str) -> None:
    assert bool(named(ACTIONS[action]) & RECORDING) != (action in WITHOUT_EVENT)
