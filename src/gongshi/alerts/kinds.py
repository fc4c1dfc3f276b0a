"""Everything that raises an alert, as `room:what`. Alphabetical within each room."""

from django.db import models


class AlertKind(models.TextChoices):
    SealingLate = "audit:sealing_late", "审计封存延迟"

    ClientAddressForeign = "clients:address_foreign", "接入方来自未登记网段"
    ClientLocked = "clients:locked", "接入方密钥被猜测"


def alert_kinds() -> list[tuple[str, str]]:
    """For the column's choices; by a function, so that a new kind needs no migration."""
    return AlertKind.choices
