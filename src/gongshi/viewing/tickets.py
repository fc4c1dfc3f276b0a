"""Tickets open one connection, once, within half a minute. Only their digest is kept."""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import parse_qs

TICKET_BYTES = 16
TICKET_LIFE = timedelta(seconds=30)


def new_ticket() -> str:
    """128 random bits, fit for a URL."""
    return secrets.token_urlsafe(TICKET_BYTES)


def digest(secret: str) -> str:
    """SHA-256 in hex: enough for secrets that nobody can guess, and without salt, to be looked up."""
    return hashlib.sha256(secret.encode()).hexdigest()


def ticket_in(query: str) -> str:
    """The ticket of a raw query string; empty unless there is exactly one."""
    tickets = parse_qs(query).get("ticket", [])
    return tickets[0] if len(tickets) == 1 else ""
