"""News from this room for the rooms above it."""

from django.dispatch import Signal

# What was found of some cameras is kept. Keyword: `inspections`. Sent inside the transaction of it.
cameras_inspected = Signal()
