"""What the prepared city says of itself: which thing each address is about, and what would do as its body."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gongshi.identity.models import Person
from tests.demand.making import City
from tests.factories import PASSWORD

Body = dict[str, Any]
REASON = "因工作需要"
# How a media node and the streams of cameras made for tests are got at.
NODE_SECRET, STREAM_USER = "secret-of-the-node", "demo:secret@"


@dataclass
class Prepared:
    """`cast` has a person for each name of `people.py`; the functions below say what routes are about."""

    city: City
    cast: dict[str, Person]
    things: dict[str, dict[str, object]] = field(default_factory=dict)
    bodies: dict[tuple[str, str], Callable[[Person], Body]] = field(default_factory=dict)
    # What no answer may hold, whoever asks; and what only those do who may know a camera's network.
    secrets: list[str] = field(default_factory=lambda: [PASSWORD, NODE_SECRET, STREAM_USER])
    network: list[str] = field(default_factory=list)

    def about(self, *routes: str, **values: object) -> None:
        """These addresses are about this thing: the values of the places in the route."""
        for route in routes:
            self.things[route] = values

    def takes(self, call: str, body: Body | Callable[[Person], Body]) -> None:
        """What would do as the body of a call (“POST route”); a function where each needs his own."""
        method, _, route = call.partition(" ")
        self.bodies[method, route] = body if callable(body) else lambda _: body

    def body(self, who: str, method: str, route: str) -> Body:
        """A stranger sends what one of the cast would."""
        make = self.bodies.get((method, route), lambda _: {})
        return make(self.cast.get(who) or self.city.specialist)
