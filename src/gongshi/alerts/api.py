"""告警 over JSON."""

from ninja import Router

router = Router(tags=["告警"])
