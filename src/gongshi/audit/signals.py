"""What this room tells those above it; receivers run inside the sender's transaction."""

from typing import Final

from django.dispatch import Signal

# since: when the oldest row that no seal covers was written
sealing_is_late: Final = Signal()
