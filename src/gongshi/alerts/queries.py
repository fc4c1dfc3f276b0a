"""Reads of alerts, scoped to who asks."""

from django.db.models import Q, QuerySet

from gongshi.alerts.models import Alert
from gongshi.alerts.rules import Permission
from gongshi.identity.models import Person
from gongshi.identity.queries import holders, people
from gongshi.identity.roles import Role
from gongshi.kernel.authority import may
from gongshi.kernel.errors import NotFound


def alerts_visible_to(person: Person) -> QuerySet[Alert]:
    """All, for security administrators and the auditor; none for others."""
    if not may(person, Permission.ReadAlerts):
        return Alert.objects.none()
    return Alert.objects.select_related("person__department", "handler__department", "explainer__department")


def alerts_to_explain(person: Person) -> QuerySet[Alert]:
    """The alerts that this person is, or was, asked to explain."""
    return Alert.objects.filter(explainer=person).select_related("handler", "person")


def may_be_asked(alert: Alert) -> QuerySet[Person]:
    """Who may be asked: whom it is about, his department's data specialists; else system administrators."""
    if alert.person is None:
        return holders(Role.SYSTEM_ADMINISTRATOR)
    specialists = Q(
        department=alert.person.department_id, role_assignments__role=Role.DATA_SPECIALIST, is_active=True
    )
    return people().filter(Q(pk=alert.person_id, is_active=True) | specialists).distinct()


def one_of(alerts: QuerySet[Alert], pk: int) -> Alert:
    """One alert of a scoped query. Raises NotFound, also for what the person may not know of."""
    alert = alerts.filter(pk=pk).first()
    if alert is None:
        raise NotFound("没有找到该告警，或它不在您可查看的范围。请从告警列表进入。")
    return alert
