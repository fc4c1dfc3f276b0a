"""Django's sessions in the database, with no key in plain: who reads the table can be nobody."""

import hashlib
from typing import Any

from django.contrib.sessions.backends import db

from gongshi.login.models import LoginSession

# As wide as the column for the key is.
STORED = 40


def digest(key: str) -> str:
    """SHA-256 in hex: enough for random secrets, and without salt, to be looked up."""
    return hashlib.sha256(key.encode()).hexdigest()


def stored_key(key_hash: str) -> str:
    """Under which key the session with this digest stands in the table."""
    return key_hash[:STORED]


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        key = self.session_key
        self._session_key = key and stored_key(digest(key))
        row = super()._get_session_from_db()  # type: ignore[misc]
        self._session_key = key if row else None
        return row

    def exists(self, session_key: str | None = None) -> bool:
        return session_key is not None and super().exists(stored_key(digest(session_key)))

    def create_model_instance(self, data: Any) -> Any:
        row = super().create_model_instance(data)
        row.session_key = stored_key(digest(row.session_key))
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(stored_key(digest(key)))

    def cycle_key(self) -> None:
        """A new key for the same login, after a change of password."""
        super().cycle_key()
        if login := self.get("login"):
            LoginSession.objects.filter(pk=login["id"]).update(key_hash=digest(self.session_key or ""))
