"""News of logins to the rooms above, inside the transaction."""

from django.dispatch import Signal

# kwargs: session (LoginSession). It has ended, whoever ended it: what was opened with it ends as well.
session_ended = Signal()
