"""Whatever comes to the hooks with the right password: never a server error, and nobody gets in by it."""

import base64
import json
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from gongshi.viewing.models import PlayState
from tests.viewing.making import opened, play_message, state_of, tell

pytestmark = pytest.mark.django_db

# Without these a connection cannot be told from others.
TELLING = ["app", "stream", "params"]


def post(event: str, text: str) -> int:
    """The status of the answer to these bytes, from a node with its password."""
    credentials = base64.b64encode(f"node-1:{settings.ENVIRONMENT.hook_secret}".encode()).decode()
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        answer = client.generic(
            "POST",
            f"/media-hooks/{event}",
            text.encode("utf-8", "surrogatepass"),
            "application/json",
            headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
        )
        transaction.set_rollback(answer.status_code != 200)
    return answer.status_code


@pytest.mark.parametrize("event", ["nothing", "on_publish", "on_play_"])
def test_an_unknown_event_is_not_found(event: str) -> None:
    opened()
    assert tell(event, {})["status"] == 404


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "1", '"x"', "[" * 200_000, "\0", '{"app": 1}'])
def test_what_is_no_message_is_refused(text: str) -> None:
    opened()
    assert post("on_play", text) in {400, 415}


def test_a_huge_message_is_refused() -> None:
    opened()
    assert post("on_play", " " * (21 * 1024 * 1024)) == 413


@pytest.mark.parametrize("field", [*TELLING, "id", "ip", "mediaServerId", "gongshi.boot"])
@pytest.mark.parametrize("value", ["\0", "x" * 100_000, "\ud800"])
def test_a_message_that_cannot_be_kept_is_no_server_error(field: str, value: str) -> None:
    look = opened()
    assert post("on_play", json.dumps(play_message(look, **{field: value}))) in {200, 422}
    if field in TELLING:
        assert state_of(look)[0] == PlayState.ISSUED


@pytest.mark.parametrize("number", [-1, 2**63, 10**60, True, None, "x", 1.5])
def test_a_number_that_cannot_be_kept_is_no_server_error(number: Any) -> None:
    look = opened()
    tell("on_play", play_message(look))
    report = play_message(look) | {"totalBytes": number, "duration": 1}
    assert post("on_flow_report", json.dumps(report)) in {200, 400, 422}
