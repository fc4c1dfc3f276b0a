"""A client and its calls, as tests need them."""

import base64
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from gongshi.clients.actions import Issued, Terms, register_client
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from tests.factories import make_person

INSIDE, OUTSIDE = "10.33.4.5", "10.99.0.1"


def terms(**changes: Any) -> Terms:
    given = {
        "name": "省级平台",
        "purpose": "目录汇聚",
        "scopes": ["catalogue:read"],
        "networks": ["10.33.0.0/16"],
        "per_minute": 60,
        "expires_on": clock.today() + timedelta(days=30),
    } | changes
    if "responsible" not in given:
        given["responsible"] = make_person(Role.DATA_SPECIALIST)
    return Terms(**given)


def make_client(*, actor: Person | None = None, **changes: Any) -> Issued:
    return register_client(actor=actor or make_person(Role.SECURITY_ADMINISTRATOR), terms=terms(**changes))


def call(
    issued: Issued,
    path: str = "/catalogue/cameras",
    *,
    secret: str = "",
    address: str = INSIDE,
    method: str = "get",
    browser: Client | None = None,
) -> HttpResponse:
    """What the portal answers to this client."""
    told = f"{issued.client.client_id}:{secret or issued.secret}"
    basic = f"Basic {base64.b64encode(told.encode()).decode()}"
    browser = browser or Client(raise_request_exception=False)
    return getattr(browser, method)(  # type: ignore[no-any-return]
        f"/api/v1{path}", HTTP_AUTHORIZATION=basic, REMOTE_ADDR=address
    )
