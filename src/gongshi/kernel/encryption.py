"""Text that is unreadable in the database: personal data and camera secrets (等保 level 3, 数据保密性)."""

import base64
import secrets
from functools import lru_cache
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

from gongshi.kernel.key_ring import FIRST, FieldKey, key_ring

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
# Before there were several keys: AES with the first one as it is, bound to no place.
VERSION_1: Final = "v1"
VERSION: Final = "v2"


class Algorithm(NamedTuple):
    """A block cipher for GCM, and how long its key is."""

    block: type[algorithms.AES] | type[algorithms.SM4]
    key_bytes: int


# SM4 in GCM as RFC 8998 has it: the same lengths of nonce and tag.
ALGORITHMS: Final = {"aes": Algorithm(algorithms.AES, 32), "sm4": Algorithm(algorithms.SM4, 16)}


def encrypt(plain: str, place: str = "") -> str:
    """`v2:key:cipher:` and URL-safe base64 of nonce, ciphertext and tag, with the current key.

    What is encrypted for one `place`, such as `identity_person.phone`, is not readable in another.
    """
    key, nonce = key_ring().current, secrets.token_bytes(NONCE_BYTES)
    head = head_of(key)
    sealed = _seal(_block(key, settings.FIELD_CIPHER), nonce, plain.encode(), _bound(head, place))
    return f"{head}{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(text: str, place: str = "") -> str:
    """The plain text of what `encrypt` made. Raises ValueError: altered, moved, of a foreign key."""
    version, _, rest = text.partition(":")
    if version == VERSION_1:
        block: BlockCipherAlgorithm = algorithms.AES(_key(FIRST).secret)
        bound, body = VERSION_1.encode(), rest
    elif version == VERSION:
        name, cipher, body = rest.split(":", 2)
        block, bound = _block(_key(name), cipher), _bound(text[: -len(body)], place)
    else:
        raise ValueError("unknown version of encrypted field")
    raw = base64.urlsafe_b64decode(body)
    try:
        return _open(block, raw, bound).decode()
    except InvalidTag:
        raise ValueError("encrypted field was altered or moved, or belongs to another key") from None


def head_of(key: FieldKey) -> str:
    """How everything begins that is encrypted with this key and the cipher in force."""
    return f"{VERSION}:{key.name}:{settings.FIELD_CIPHER}:"


def key_of(text: str) -> str:
    """The name of the key with which a text was encrypted."""
    version, _, rest = text.partition(":")
    return FIRST if version == VERSION_1 else rest.partition(":")[0]


def is_encrypted(text: str) -> bool:
    return text.startswith((f"{VERSION_1}:", f"{VERSION}:"))


def _key(name: str) -> FieldKey:
    ring = key_ring()
    if name not in ring.keys:
        raise ValueError(f"encrypted field belongs to another key, {name}, which is not on the ring")
    return ring.keys[name]


def _bound(head: str, place: str) -> bytes:
    return f"{head}{place}".encode()


@lru_cache(maxsize=64)
def _block(key: FieldKey, cipher: str) -> BlockCipherAlgorithm:
    """Each cipher has a key of its own, derived, so that no secret serves two."""
    if cipher not in ALGORITHMS:
        raise ValueError("unknown cipher of encrypted field")
    algorithm = ALGORITHMS[cipher]
    derived = HKDF(SHA256(), algorithm.key_bytes, salt=None, info=f"gongshi field {cipher}".encode())
    return algorithm.block(derived.derive(key.secret))


def _seal(block: BlockCipherAlgorithm, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    encryptor = Cipher(block, modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _open(block: BlockCipherAlgorithm, raw: bytes, bound: bytes) -> bytes:
    if len(raw) < NONCE_BYTES + TAG_BYTES:
        raise InvalidTag
    nonce, sealed, tag = raw[:NONCE_BYTES], raw[NONCE_BYTES:-TAG_BYTES], raw[-TAG_BYTES:]
    decryptor = Cipher(block, modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(bound)
    return decryptor.update(sealed) + decryptor.finalize()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted at rest. It cannot be searched; the empty string stays empty."""

    @property
    def place(self) -> str:
        """What its texts are bound to. Whoever renames the table or the column has to encrypt anew."""
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return decrypt(value, self.place) if value else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value, self.place) if value else value


def masked(text: str) -> str:
    """A phone number or account for the screen: the first three and the last two characters stay."""
    return text if len(text) <= 5 else f"{text[:3]}{'*' * (len(text) - 5)}{text[-2:]}"
