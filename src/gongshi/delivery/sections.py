"""What this room adds to the page of a demand: its work orders, and the form for feedback."""

from typing import Any

from gongshi.delivery import queries
from gongshi.delivery.forms import FeedbackForm
from gongshi.delivery.models import WorkOrderState
from gongshi.delivery.rules import Permission
from gongshi.demand.models import Demand
from gongshi.identity.models import Person
from gongshi.kernel.authority import may


def work_orders(person: Person, demand: Demand) -> tuple[str, dict[str, Any]] | None:
    """The orders of this demand that the person may see; None without one."""
    orders = list(queries.orders_of(person, demand))
    if not orders:
        return None
    judged = {
        order.pk
        for order in orders
        if order.state == WorkOrderState.ACCEPTED and not hasattr(order, "feedback")
    }
    may_judge = may(person, Permission.GiveFeedback, orders[0])
    context = {"orders": orders, "judge": judged if may_judge else set(), "form": FeedbackForm()}
    return "delivery/_section.html", context
