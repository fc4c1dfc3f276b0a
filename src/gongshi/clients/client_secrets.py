"""Secrets of clients: 256 random bits, of which only a digest is kept."""

import hashlib
import hmac
import secrets
from datetime import datetime

from gongshi.clients.models import ApiClient


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def fits(client: ApiClient, secret: str, moment: datetime) -> bool:
    """Whether it is the client's secret, or the one before while that is still good."""
    given = digest(secret)
    if hmac.compare_digest(given, client.secret_hash):
        return True
    old_is_good = client.old_secret_until is not None and moment < client.old_secret_until
    return old_is_good and hmac.compare_digest(given, client.old_secret_hash)
