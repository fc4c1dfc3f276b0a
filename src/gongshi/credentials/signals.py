"""News of this room for the rooms above it."""

from django.dispatch import Signal

# A person changed his password and goes on in this session, whose key is new; his others have ended.
# Keywords: `person`, `old_key`, `new_key` (session keys).
session_renewed = Signal()
# A person's password was reset: whoever is in with the old one has to go. Keyword: `person`. Sent inside
# the transaction.
password_reset = Signal()
