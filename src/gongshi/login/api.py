"""登录 over JSON."""

from ninja import Router

router = Router(tags=["登录"])
