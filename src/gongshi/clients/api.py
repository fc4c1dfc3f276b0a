"""接入方 over JSON."""

from ninja import Router

router = Router(tags=["接入方"])
