"""参数 over JSON."""

from ninja import Router

router = Router(tags=["参数"])
