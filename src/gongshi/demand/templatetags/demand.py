"""Tones of the demand room's states, for `<c-status>` and `<c-event>`."""

from django import template

from gongshi.audit.models import AuditEvent
from gongshi.demand.models import Demand, DemandLine, Lane
from gongshi.demand.tones import DEMAND_TONES, EVENT_TONES, LANE_TONES, RESULT_TONES, VERDICT_TONES

register = template.Library()


@register.filter
def state_tone(thing: Demand | Lane) -> str:
    tones = DEMAND_TONES if isinstance(thing, Demand) else LANE_TONES
    return tones.get(thing.state, "gray")


@register.filter
def verdict_tone(line: DemandLine) -> str:
    return VERDICT_TONES.get(line.verdict, "gray")


@register.filter
def result_tone(line: DemandLine) -> str:
    return RESULT_TONES.get(line.delivery_result, "gray")


@register.filter
def event_tone(event: AuditEvent) -> str:
    return EVENT_TONES.get(event.action, "gray")
