"""News from this room for the rooms above it."""

from django.dispatch import Signal

# The security level of cameras changed. Keyword: `cameras`, their numbers. Sent inside the transaction of it.
security_levels_changed = Signal()

# Cameras were withdrawn from the catalogue. Keywords: `cameras`, their numbers with the reason of each, and
# `actor`, who approved it. Sent inside its transaction, the cameras locked: a receiver that raises undoes it.
cameras_withdrawn = Signal()

# Published cameras are no longer what they were: copies of them are old. Keyword: `cameras`, their numbers.
# Sent inside the transaction that makes the new edition, perhaps several times.
cameras_changed = Signal()
