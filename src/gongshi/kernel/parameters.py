"""Numbers that an installation may set while it runs; each is declared by the room whose rule it is."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from gongshi.kernel.models import ParameterBounds, ParameterValue

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
        return self.in_force(ParameterValue.objects.filter(key=self.key).first())

    def in_force(self, chosen: ParameterValue | None) -> int:
        """What is in force when this has been chosen; a new version may ask for a longer term than it."""
        if chosen is None:
            return self.default
        return max(chosen.value, self.default) if self.only_upward else chosen.value

    def least(self, in_force: int) -> int:
        """The smallest number that may be set now."""
        return in_force if self.only_upward else self.lowest

    @property
    def room(self) -> str:
        """The room whose rule it is: `credentials` of `credentials.password_days`."""
        return self.key.partition(".")[0]

    @property
    def is_switch(self) -> bool:
        return (self.lowest, self.highest) == (0, 1)

    def text(self, value: int) -> str:
        """A number of this parameter as people read it: 15 分钟, or 开启."""
        if self.is_switch:
            return "开启" if value else "关闭"
        return f"{value} {self.unit}".strip()


def declare(parameter: Parameter) -> Parameter:
    """Make a parameter known to the page of parameters; at import, once a key."""
    if parameter.key in PARAMETERS:
        raise ValueError(f"parameter {parameter.key} is declared twice")
    if not parameter.lowest <= parameter.default <= parameter.highest:
        raise ValueError(f"the default of {parameter.key} is out of its bounds")
    PARAMETERS[parameter.key] = parameter
    return parameter


def write_bounds(**_: Any) -> None:
    """Tell the database what has been declared, after migrations: it refuses other values by itself."""
    if ParameterBounds._meta.db_table not in connection.introspection.table_names():
        return
    ParameterBounds.objects.exclude(key__in=PARAMETERS).delete()
    fields = ("default", "lowest", "highest", "only_upward")
    ParameterBounds.objects.bulk_create(
        [
            ParameterBounds(key=key, **{field: getattr(declared, field) for field in fields})
            for key, declared in PARAMETERS.items()
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=fields,
    )
