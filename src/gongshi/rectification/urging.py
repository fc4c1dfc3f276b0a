"""Urging what is due or late: once for each step, whoever runs it how often (§5.2 督促整改)."""

from gongshi.kernel import clock
from gongshi.kernel.working_days import is_working_day, working_days_after
from gongshi.rectification.actions import urge_order
from gongshi.rectification.codes import UNMENDED
from gongshi.rectification.models import Order
from gongshi.rectification.policy import STEPS


def urge() -> int:
    """Take every step that is due today; gives how many orders were urged. On days off nobody is."""
    today, urged = clock.today(), 0
    if not is_working_day(today):
        return 0
    for step in STEPS:
        # What was due by then has this step due today; nothing else is read.
        due_by = working_days_after(today, -step.days)
        late = Order.objects.filter(state__in=UNMENDED, due_on__lte=due_by, urging__lt=step.urging)
        urged += sum(urge_order(order=order, urging=step.urging) for order in late.order_by("pk"))
    return urged
