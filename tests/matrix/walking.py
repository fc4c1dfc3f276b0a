"""Walks the matrix: asks for an address as each of the cast, and tells what came back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.matrix.addresses import filled, methods_by_route
from tests.matrix.city import Prepared
from tests.matrix.pages import flaws_of, header_flaws
from tests.matrix.people import BUREAUS, BUSINESS, OPERATORS, WHOEVER
from tests.matrix.probing import Answer, Prober

# The operation that takes a form, since a page that is being left can send nothing else.
TAKE_FORMS = frozenset({"api/v1/viewing/sessions/<int:session_id>/closing"})
# Who carries out, and whose cameras they are (§5.1b).
KNOW_THE_NETWORK = OPERATORS | BUREAUS | BUSINESS.source
# Bytes of an answer that are kept for the message of a failed test.
REMEMBERED = 300


@dataclass(frozen=True)
class Step:
    """One cell: what this person got, and what is wrong with the answer as a page."""

    who: str
    method: str
    answer: Answer
    flaws: tuple[str, ...]


@dataclass
class Walk:
    made: Prepared
    prober: Prober

    def steps(self, route: str) -> Iterator[Step]:
        """Every method of a route as each of the cast."""
        for method in sorted(methods_by_route()[route]):
            for who in sorted(WHOEVER):
                answer = self.ask(who, method, route)
                flaws = [*header_flaws(self.address(route), answer.headers), *self._told(who, answer.body)]
                flaws += flaws_of(answer.body) if answer.is_page else []
                yield Step(who, method, replace(answer, body=answer.body[:REMEMBERED]), tuple(flaws))

    def _told(self, who: str, body: bytes) -> Iterator[str]:
        """What this answer tells that nobody may know, or not he."""
        hidden = self.made.secrets + ([] if who in KNOW_THE_NETWORK else self.made.network)
        yield from (f"tells {who} {secret}" for secret in hidden if secret.encode() in body)

    def address(self, route: str) -> str:
        return filled(route, self.made.things.get(route, {}))

    def ask(self, who: str, method: str, route: str, *, query: str = "", **options: Any) -> Answer:
        """One cell, with a body that would do."""
        body = self.made.body(who, method, route)
        sent: dict[str, Any] = {}
        if method != "GET":
            has_file = any(hasattr(value, "read") for value in body.values())
            as_form = not route.startswith("api/") or has_file or route in TAKE_FORMS
            if as_form and method == "POST":
                sent = {"data": body}
            elif not as_form:
                sent = {"data": body, "content_type": "application/json"}
        return self.prober.ask(who, method, self.address(route) + query, **sent, **options)

    def send(self, who: str, method: str, route: str, text: str) -> Answer:
        """The same with any text that says it is JSON."""
        return self.prober.ask(who, method, self.address(route), data=text, content_type="application/json")
