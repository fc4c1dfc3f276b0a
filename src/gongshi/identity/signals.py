"""News from this room for the rooms above it, sent inside the transaction of the change."""

from django.dispatch import Signal

# An account was opened. Keywords: `person`, `first` (True: its password was made by somebody else).
account_created = Signal()

# A person's rights changed: locked, retired, moved, other roles. Keywords: `person`, `why` (a sentence).
rights_ended = Signal()

# A person left a department, by moving or for ever. Keywords: `person`, `department`, `actor`, `why`.
department_left = Signal()

# A department became part of another one. Keywords: `department`, `into`, `actor`, `reason`.
department_merged = Signal()

# People are to be told something. Keywords: `people`, `text`, `url`.
people_told = Signal()
