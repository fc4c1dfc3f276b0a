"""What is demanded of departments: 完好率 98 % for class 1, 95 % for others, as the nation aims at."""

from typing import Final

from gongshi.kernel.models import ParameterValue
from gongshi.kernel.parameters import Parameter, declare

ONLINE_AIM: Final = declare(Parameter("assessment.online", "考核：在线率目标", "%", 95, 0, 100))
KEY_INTACT_AIM: Final = declare(
    Parameter("assessment.key_intact", "考核：一类点位完好率目标", "%", 98, 0, 100)
)
OTHER_INTACT_AIM: Final = declare(
    Parameter("assessment.other_intact", "考核：其他点位完好率目标", "%", 95, 0, 100)
)
COMPLETENESS_AIM: Final = declare(
    Parameter("assessment.completeness", "考核：档案完整性目标", "分", 95, 0, 100)
)
# By the field of the score.
AIMS: Final[dict[str, Parameter]] = {
    "online_rate": ONLINE_AIM,
    "key_intact_rate": KEY_INTACT_AIM,
    "other_intact_rate": OTHER_INTACT_AIM,
    "completeness": COMPLETENESS_AIM,
}


def aims() -> dict[str, int]:
    """By the field of the score, as they are in force: one query."""
    chosen = ParameterValue.objects.in_bulk([aim.key for aim in AIMS.values()])
    return {name: aim.in_force(chosen.get(aim.key)) for name, aim in AIMS.items()}
