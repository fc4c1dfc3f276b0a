"""A media node, an open look, and a camera that may be looked at."""

from tests.factories import in_days
from tests.matrix.prepared import REASON, Prepared
from tests.viewing.making import let_watch, make_node, open_look


def viewing(made: Prepared) -> None:
    # Alive however long the tests take.
    make_node(last_seen_at=in_days(1))
    viewer = made.city.viewer
    look = open_look(viewer, let_watch(viewer).camera)
    api = "api/v1/viewing/sessions"
    made.about(f"{api}/<int:session_id>", f"{api}/<int:session_id>/closing", session_id=look.session.pk)
    camera = let_watch(viewer).camera
    made.takes(f"POST {api}", {"camera_id": camera.pk, "kind": "live", "reason": REASON})
    made.takes(f"POST {api}/<int:session_id>/closing", {"reason": "closed"})
    made.about("media-hooks/<slug:event>", event="on_play")
