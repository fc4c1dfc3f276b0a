"""Asking the map over JSON, for tests."""

import json
from typing import Any

from django.test import Client

ATLAS = "/api/v1/atlas"


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"{ATLAS}/{path}", json.dumps(body), content_type="application/json")
