"""How allauth's second factor is fitted to us: its secrets are unreadable in the database."""

from allauth.mfa.adapter import DefaultMFAAdapter

from gongshi.kernel import encryption
from gongshi.kernel.reencryption import declare_json

# Its data is JSON with the secrets in it.
PLACE = "mfa_authenticator.data"
declare_json("mfa.Authenticator", "data")


class EncryptedFactors(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text, PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text, PLACE)
