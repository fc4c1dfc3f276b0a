"""A login that can be ended, and an allowed network."""

from gongshi.identity.roles import Role
from gongshi.login.models import AllowedNetwork, LoginSession
from tests.factories import browser_of, make_person
from tests.matrix.prepared import REASON, Prepared


def logins(made: Prepared) -> None:
    somebody = browser_of(make_person(Role.VIEWER))
    somebody.get("/")
    login = LoginSession.objects.latest("pk")
    made.about("sessions/<int:pk>/end/", pk=login.pk)
    made.about("api/v1/sessions/<int:session_id>/end", session_id=login.pk)
    network = AllowedNetwork.objects.create(network="10.0.0.0/8", person=make_person(Role.VIEWER))
    made.about("sessions/networks/<int:pk>/withdraw/", pk=network.pk)
    made.about("api/v1/sessions/networks/<int:network_id>/withdraw", network_id=network.pk)
    reason = {"reason": REASON}
    for call in (
        "sessions/<int:pk>/end/",
        "api/v1/sessions/<int:session_id>/end",
        "sessions/networks/<int:pk>/withdraw/",
        "api/v1/sessions/networks/<int:network_id>/withdraw",
    ):
        made.takes(f"POST {call}", reason)
    allowed = {"network": "10.33.0.0/16", "note": "办公网"}
    made.takes("POST sessions/networks/new/", allowed | {"person": made.city.specialist.account})
    made.takes("POST api/v1/sessions/networks", allowed | {"account": made.city.specialist.account})
