"""Numbers of this room that an installation may set, and what is urged when."""

from dataclasses import dataclass
from typing import Final

from gongshi.kernel.parameters import Parameter, declare
from gongshi.rectification.codes import Urging

TERM_DAYS: Final = declare(Parameter("rectification.term_days", "整改期限", "个工作日", 5, 1, 60))
FAILURES_TO_OPEN: Final = declare(
    Parameter("rectification.failures", "连续多少次检测异常自动发起整改（0 为不自动发起）", "次", 3, 0, 30)
)


@dataclass(frozen=True)
class Step:
    """`days` working days after the last day of the term; before it when negative."""

    urging: Urging
    days: int


# The latest first: who comes late is not reminded of what is over.
STEPS: Final = (
    Step(Urging.REPORTED, 5),
    Step(Urging.ESCALATED, 3),
    Step(Urging.OVERDUE, 1),
    Step(Urging.REMINDED, -1),
)
