"""News from a lane to the rooms above, inside the transaction: a receiver that raises undoes the step."""

from django.dispatch import Signal

# kwargs: lane, actor. The bureau approved: the lane's approved lines may be carried out (§6.5.1).
lane_approved = Signal()

# kwargs: lane, actor. Refused, rejected, terminated or withdrawn: nothing more will come of its open lines.
lane_ended = Signal()

# kwargs: lane, reason. Lines of a locked lane are void: their cameras were withdrawn from the catalogue.
lines_voided = Signal()
