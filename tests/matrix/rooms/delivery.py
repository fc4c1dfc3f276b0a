"""Work orders, one in each state."""

from tests.matrix.prepared import Prepared


def work_orders(made: Prepared) -> None:
    city, operator = made.city, made.cast["operator@bureau"]
    fresh, delivered, accepted = city.order(), city.delivered(), city.accepted()
    city.operator = operator
    claimed = city.claimed()
    line, lane = claimed.lines.latest("pk"), delivered.demand.lanes.get()
    page, api = "work-orders/<int:pk>/", "api/v1/work-orders/<order_id>"
    made.about(page, pk=claimed.pk)
    made.about(f"{page}claim/", pk=fresh.pk)
    made.about(f"{page}feedback/", pk=accepted.pk)
    made.about(f"{page}lanes/<int:lane_pk>/acceptance/", pk=delivered.pk, lane_pk=lane.pk)
    made.about(api, order_id=claimed.pk)
    made.about(f"{api}/lines/<line_id>/result", order_id=claimed.pk, line_id=line.pk)
    made.about(f"{api}/claim", order_id=fresh.pk)
    made.about(f"{api}/feedback", order_id=accepted.pk)
    made.about(f"{api}/acceptance", order_id=delivered.pk)
    made.takes(f"POST {page}", {"lines": [line.pk], "result": "delivered"})
    made.takes(f"POST {page}feedback/", {"score": 5})
    made.takes(f"POST {page}lanes/<int:lane_pk>/acceptance/", {"verdict": "passed"})
    made.takes(f"POST {api}/lines/<line_id>/result", {"result": "delivered"})
    made.takes(f"POST {api}/feedback", {"score": 5})
    made.takes(f"POST {api}/acceptance", {"lane_id": lane.pk, "passed": True})
