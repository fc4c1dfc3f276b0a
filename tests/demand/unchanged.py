"""An assertion for everybody who may not: what was tried changed nothing and told nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import Model

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.delivery.models import Acceptance, Feedback, WorkOrder, WorkOrderLine
from gongshi.demand.models import BusinessCategory, BusinessItem, Demand, DemandLine, Lane, LaneAct
from gongshi.grants.models import Grant
from gongshi.kernel.errors import GongshiError
from gongshi.notices.models import Notice

WATCHED: tuple[type[Model], ...] = (
    BusinessCategory,
    BusinessItem,
    Demand,
    Lane,
    LaneAct,
    DemandLine,
    WorkOrder,
    WorkOrderLine,
    Acceptance,
    Feedback,
    Grant,
    Notice,
)


def snapshot() -> list[list[dict[str, Any]]]:
    """Everything that an act might have changed; that it was refused is recorded, and nothing else."""
    events = AuditEvent.objects.exclude(action=AuditAction.ActRefused)
    # Encrypted fields read the same, whatever their nonce.
    rows = [model._default_manager.all() for model in WATCHED]
    return [list(each.order_by("pk").values()) for each in (*rows, events)]


@contextmanager
def refused(error: type[GongshiError]) -> Iterator[pytest.ExceptionInfo[GongshiError]]:
    """`with refused(Forbidden) as refusal: …` – it raises, and nothing changed."""
    before = snapshot()
    with pytest.raises(error) as refusal:
        yield refusal
    assert snapshot() == before
