"""What readers of the record do themselves: each of these is an event, too."""

from typing import Any

from django.db import models, transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.rules import Permission
from gongshi.kernel.authority import authorise

LISTS_TAKEN_OUT: dict[AuditAction, Permission] = {
    AuditAction.EventsTakenOut: Permission.ReadEvents,
    AuditAction.RegisterTakenOut: Permission.ReadRegister,
}


@transaction.atomic
def take_out(
    *, actor: Any, action: AuditAction, model: type[models.Model], conditions: str, form: str
) -> None:
    """Record that somebody exports a list of the record; before the file is made, so that none is missing.

    `conditions`: the filters as they stood on the page; `form`: csv, xlsx or sheet.
    """
    authorise(actor, LISTS_TAKEN_OUT[action])
    label = str(model._meta.verbose_name)
    record(action, actor=actor, thing=model(), label=label, after={"conditions": conditions, "form": form})
