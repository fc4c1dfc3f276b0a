"""What is in force, and who set it."""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import QuerySet

from gongshi.kernel.errors import NotFound
from gongshi.kernel.models import ParameterValue
from gongshi.kernel.parameters import PARAMETERS, Parameter
from gongshi.parameters.models import ParameterChange


@dataclass(frozen=True)
class InForce:
    """A parameter with the number in force and the last change, if anybody ever set it."""

    parameter: Parameter
    value: int
    last: ParameterChange | None

    @property
    def text(self) -> str:
        return self.parameter.text(self.value)

    @property
    def default_text(self) -> str:
        return self.parameter.text(self.parameter.default)

    @property
    def bounds_text(self) -> str:
        """What may be set now: 15–60 分钟."""
        if self.parameter.is_switch:
            return "开启或关闭"
        return f"{self.parameter.least(self.value)}–{self.parameter.text(self.parameter.highest)}"


def one_of(key: str) -> Parameter:
    """Raises NotFound when no room has declared it."""
    try:
        return PARAMETERS[key]
    except KeyError:
        raise NotFound("没有这个参数，请从参数列表中选择。") from None


def in_force() -> list[InForce]:
    """Every parameter, by room and key: two queries."""
    chosen = ParameterValue.objects.in_bulk()
    last = {
        change.key: change
        for change in changes().order_by("key", "-id").distinct("key")  # the newest of each
    }
    return [
        InForce(parameter, parameter.in_force(chosen.get(key)), last.get(key))
        for key, parameter in sorted(PARAMETERS.items())
    ]


def changes() -> QuerySet[ParameterChange]:
    """参数修改记录, newest first."""
    return ParameterChange.objects.select_related("by__department")


def room_name(parameter: Parameter) -> str:
    return str(apps.get_app_config(parameter.room).verbose_name)


def label_of(key: str) -> str:
    """A change is told for ever, also of a parameter that a later version no longer has."""
    return PARAMETERS[key].label if key in PARAMETERS else key


def text_of(key: str, value: int) -> str:
    return PARAMETERS[key].text(value) if key in PARAMETERS else str(value)
