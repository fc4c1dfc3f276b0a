"""Passwords, second factors, locks and undertakings."""

from datetime import timedelta

from gongshi.credentials.models import Guard
from gongshi.credentials.undertaking import version_in_force
from gongshi.kernel import clock
from tests.credentials.factors import with_second_factor
from tests.factories import PASSWORD, in_days
from tests.matrix.prepared import REASON, Prepared


def credentials(made: Prepared) -> None:
    person, reason = made.city.specialist, {"reason": REASON}
    for name in ("passwords", "second-factors"):
        made.about(f"account/{name}/<slug:account>/reset/", account=person.account)
        made.takes(f"POST account/{name}/<slug:account>/reset/", reason)
        api = f"api/v1/credentials/{name}/<account>/reset"
        made.about(api, account=person.account)
        made.takes(f"POST {api}", reason)
    lock = Guard.objects.create(
        kind="account",
        key="0" * 64,
        person=person,
        failures=5,
        last_failed_at=clock.now(),
        locked_until=in_days(1),
    )
    made.about("account/locks/<int:pk>/lift/", pk=lock.pk)
    made.about("api/v1/credentials/locks/<lock_id>/lift", lock_id=lock.pk)
    made.takes("POST account/locks/<int:pk>/lift/", reason)
    made.takes("POST api/v1/credentials/locks/<lock_id>/lift", reason)
    # Everybody has one, which he may renew or put away.
    for each in (person, *made.cast.values()):
        app = with_second_factor(each)
        made.secrets += [app.secret, *app.recovery_codes]
    password = {"old": PASSWORD, "new": "Oujiang-2026-bridge"}
    made.takes("POST account/password/", password | {"again": password["new"]})
    made.takes("POST api/v1/credentials/password", password)
    made.takes("POST api/v1/credentials/second-factor", {"password": PASSWORD, "code": "000000"})
    for name in ("recovery-codes", "removal"):
        made.takes(f"POST account/second-factor/{name}/", {"password": PASSWORD})
        made.takes(f"POST api/v1/credentials/second-factor/{name}", {"password": PASSWORD})
    version = version_in_force().number
    made.takes(
        "POST account/undertaking/", lambda who: {"version": version, "agreed": True, "name": who.name}
    )
    made.takes("POST api/v1/credentials/undertaking", lambda who: {"version": version, "name": who.name})
    text = {
        "text": "本人承诺：专人专用，不得转借。",
        "in_force_on": (clock.today() + timedelta(days=9)).isoformat(),
    }
    made.takes("POST account/undertakings/new/", text)
    made.takes("POST api/v1/credentials/undertakings", text)
