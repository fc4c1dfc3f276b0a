"""News from this room for the rooms above it."""

from django.dispatch import Signal

# A running grant was revoked or ran out. Keyword: `grant`. Sent inside the transaction that ends it: whoever
# must act outside the database (cutting a picture) does so on commit.
grant_ended = Signal()

# Somebody is no longer a viewer of these grants. Keywords: `person`, `grants` (keys). Sent in the same way.
viewer_dropped = Signal()
