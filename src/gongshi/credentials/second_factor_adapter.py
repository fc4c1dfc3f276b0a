"""How allauth's second factor is fitted to us: its secrets are unreadable in the database."""

from allauth.mfa.adapter import DefaultMFAAdapter

from gongshi.kernel import encryption


class EncryptedFactors(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)
