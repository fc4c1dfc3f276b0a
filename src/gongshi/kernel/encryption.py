"""Fields that are unreadable in the database: personal data and camera secrets (等保 level 3, 数据保密性)."""

import base64
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

VERSION = "v1"
NONCE_BYTES = 12


def encrypt(plain: str) -> str:
    """AES-256-GCM with the installation's field key, as `v1:` and URL-safe base64 of nonce and ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(settings.FIELD_KEY).encrypt(nonce, plain.encode(), VERSION.encode())
    return f"{VERSION}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(text: str) -> str:
    """The plain text of what `encrypt` made. Raises ValueError when it was altered or the key is another."""
    version, _, body = text.partition(":")
    if version != VERSION:
        raise ValueError("unknown version of encrypted field")
    raw = base64.urlsafe_b64decode(body)
    try:
        return (
            AESGCM(settings.FIELD_KEY)
            .decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], version.encode())
            .decode()
        )
    except InvalidTag:
        raise ValueError("encrypted field was altered, or belongs to another key") from None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted at rest. It cannot be searched; the empty string stays empty."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value


def masked(text: str) -> str:
    """A phone number or account for the screen: the first three and the last two characters stay."""
    return text if len(text) <= 5 else f"{text[:3]}{'*' * (len(text) - 5)}{text[-2:]}"
