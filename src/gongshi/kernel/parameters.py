"""Numbers that an installation may set while it runs; each is declared by the room whose rule it is."""

from dataclasses import dataclass
from typing import Final

from gongshi.kernel.models import ParameterValue

PARAMETERS: Final[dict[str, "Parameter"]] = {}


@dataclass(frozen=True)
class Parameter:
    """One number with its default and its bounds; a switch is a number from 0 to 1."""

    key: str
    label: str
    unit: str
    default: int
    lowest: int
    highest: int
    # For terms that law asks for: what is in force may be made longer, never shorter.
    only_upward: bool = False

    def value(self) -> int:
        """What is in force now: one query."""
        chosen = ParameterValue.objects.filter(key=self.key).first()
        return self.default if chosen is None else chosen.value


def declare(parameter: Parameter) -> Parameter:
    """Make a parameter known to the page of parameters; at import, once a key."""
    if parameter.key in PARAMETERS:
        raise ValueError(f"parameter {parameter.key} is declared twice")
    PARAMETERS[parameter.key] = parameter
    return parameter
