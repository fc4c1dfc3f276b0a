"""Tones of the delivery room's states, for `<c-status>`."""

from django import template

from gongshi.delivery.models import WorkOrder, WorkOrderLine
from gongshi.delivery.tones import ORDER_TONES
from gongshi.demand.tones import RESULT_TONES

register = template.Library()


@register.filter
def order_tone(order: WorkOrder) -> str:
    return ORDER_TONES.get(order.state, "gray")


@register.filter
def line_tone(line: WorkOrderLine) -> str:
    return RESULT_TONES.get(line.result, "gray")
