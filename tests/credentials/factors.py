"""Second factors for tests: set through the action, with codes of steps that are still to come."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gongshi.credentials import one_time_codes
from gongshi.credentials.second_factor import set_second_factor
from gongshi.identity.models import Person
from tests.factories import PASSWORD


@dataclass
class App:
    """What a person has on the telephone, and on paper."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, steps_ahead: int = 0) -> str:
        return one_time_codes.code_at(self.secret, one_time_codes.current_step() + steps_ahead)

    def next_code(self) -> str:
        """One that was not used when the factor was set."""
        return self.code(1)

    def wrong_codes(self) -> Iterator[str]:
        good = {self.code(ahead) for ahead in range(-2, 4)}
        return (code for number in range(100) if (code := f"{number:06d}") not in good)


def with_second_factor(person: Person) -> App:
    app = App(one_time_codes.new_secret())
    app.recovery_codes = set_second_factor(
        actor=person, secret=app.secret, code=app.code(), password=PASSWORD
    )
    return app
