"""News from this room for the rooms above it."""

from django.dispatch import Signal

# The security level of cameras changed. Keyword: `cameras`, their numbers. Sent inside the transaction of it.
security_levels_changed = Signal()
