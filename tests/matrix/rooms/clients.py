"""Systems that call the interface: one active, one suspended."""

from datetime import timedelta

from gongshi.clients.actions import suspend_client
from gongshi.kernel import clock
from tests.clients.making import make_client
from tests.matrix.prepared import REASON, Prepared


def clients(made: Prepared) -> None:
    actor, responsible = made.cast["security_administrator@asking"], made.city.specialist
    issued = make_client(actor=actor, responsible=responsible)
    made.secrets.append(issued.secret)
    active = issued.client
    suspended = make_client(actor=actor, responsible=responsible, name="市级平台").client
    suspend_client(actor=actor, client=suspended, reason=REASON)
    page, api = "clients/<int:pk>/", "api/v1/clients/<int:client_pk>"
    made.about(page, *(f"{page}{act}/" for act in ("terms", "secret", "suspension", "ending")), pk=active.pk)
    made.about(api, *(f"{api}/{act}" for act in ("secret", "suspension", "ending")), client_pk=active.pk)
    made.about(f"{page}resumption/", pk=suspended.pk)
    made.about(f"{api}/resumption", client_pk=suspended.pk)
    terms = {
        "name": "省公安平台",
        "purpose": "目录汇聚",
        "scopes": ["catalogue:read"],
        "per_minute": 30,
        "expires_on": (clock.today() + timedelta(days=20)).isoformat(),
    }
    form = terms | {"responsible": responsible.pk, "networks": "10.33.0.0/16"}
    body = terms | {"responsible": responsible.account, "networks": ["10.33.0.0/16"]}
    for call in ("clients/new/", f"{page}terms/"):
        made.takes(f"POST {call}", form)
    made.takes("POST api/v1/clients", body)
    made.takes(f"PUT {api}", body)
    for act, sent in (
        ("secret", {"overlap_hours": 1}),
        ("suspension", {"reason": REASON}),
        ("ending", {"reason": REASON}),
    ):
        made.takes(f"POST {page}{act}/", sent)
        made.takes(f"POST {api}/{act}", sent)
