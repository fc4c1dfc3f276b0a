"""凭证 over JSON."""

from ninja import Router

router = Router(tags=["凭证"])
