"""The record: an event, a bundle and a verification."""

from gongshi.audit.auditing import ask_bundle, ask_verification
from gongshi.audit.models import AuditEvent
from gongshi.kernel import clock
from tests.matrix.prepared import Prepared


def record(made: Prepared) -> None:
    auditor, month = made.cast["audit_administrator@asking"], f"{clock.today():%Y-%m}"
    bundle = ask_bundle(actor=auditor, from_month=month, until_month=month)
    verification = ask_verification(actor=auditor)
    event = AuditEvent.objects.latest("pk")
    for prefix in ("", "api/v1/"):
        end = "" if prefix else "/"
        made.about(f"{prefix}audit/events/<int:event_id>{end}", event_id=event.pk)
        made.about(f"{prefix}audit/verifications/<int:verification_id>{end}", verification_id=verification.pk)
        for part in ("", "/file", "/confirmation"):
            made.about(f"{prefix}audit/bundles/<int:bundle_id>{part}{end}", bundle_id=bundle.pk)
    months = {"from_month": month, "until_month": month}
    made.takes("POST audit/bundles/new/", months)
    made.takes("POST api/v1/audit/bundles", months)
    today = clock.today().isoformat()
    made.takes("POST api/v1/audit/verifications", {"since": today, "until": today})
    made.takes("POST audit/bundles/<int:bundle_id>/", {"digest": "0" * 64})
    made.takes("POST api/v1/audit/bundles/<int:bundle_id>/confirmation", {"digest": "0" * 64})
