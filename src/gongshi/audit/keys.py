"""The key that signs seals: made at the first start, kept outside the database (ADR 14, ADR 18)."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from gongshi.audit.encoding import key_id_of


def public_key() -> bytes:
    """The public half of this installation's key, 32 bytes."""
    return _private_key().public_key().public_bytes_raw()


def public_keys() -> dict[str, bytes]:
    """Every public key that is trusted, by key id: ours, and former ones that the settings name."""
    return {key_id_of(key): key for key in (*settings.FORMER_SEAL_KEYS, public_key())}


def sign(digest: str) -> str:
    """The Ed25519 signature over the text of a digest, in hex."""
    return _private_key().sign(digest.encode()).hex()


def is_signed(digest: str, signature: str, key_id: str) -> bool:
    """Whether the signature over a digest was made with a key that is trusted."""
    key = public_keys().get(key_id)
    if key is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(signature), digest.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(settings.SEAL_KEY)
