"""Who may look into alerts: security administrators handle, the auditor reads, whoever is asked explains."""

from enum import StrEnum

import rules

from gongshi.alerts.models import Alert
from gongshi.identity.models import Person
from gongshi.identity.rules import is_audit_administrator, is_security_administrator


class Permission(StrEnum):
    Explain = "alerts:alert:explain"
    Handle = "alerts:alert:handle"
    ReadAlerts = "alerts:alert:read"
    ReadOwn = "alerts:alert:read_own"


@rules.predicate
def is_about_another(person: Person, alert: Alert | None) -> bool:
    return alert is None or alert.person_id != person.pk


@rules.predicate
def is_asked(person: Person, alert: Alert | None) -> bool:
    return alert is not None and alert.explainer_id == person.pk


rules.add_perm(Permission.ReadAlerts, is_security_administrator | is_audit_administrator)
rules.add_perm(Permission.Handle, is_security_administrator & is_about_another)
rules.add_perm(Permission.Explain, is_asked)
# The query is by person.
rules.add_perm(Permission.ReadOwn, rules.always_allow)
