"""News of this room for the rooms above it."""

from django.dispatch import Signal

# A person's password was reset: whoever is in with the old one has to go. Keyword: `person`. Sent inside
# the transaction.
password_reset = Signal()
