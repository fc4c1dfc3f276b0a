"""告警 over JSON: the same steps as on the pages."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.pagination import paginate

from gongshi.alerts import actions, queries
from gongshi.alerts.models import Alert
from gongshi.alerts.rules import Permission
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid

router = Router(tags=["告警"])


class AskedAlertOut(Schema):
    """What who is asked may know."""

    id: int
    kind: str
    sentence: str
    times: int
    first_at: datetime
    last_at: datetime
    state: str
    question: str
    explanation: str


class AlertOut(AskedAlertOut):
    person: str | None
    department: str | None
    address: str | None
    handler: str | None
    explainer: str | None
    explained_at: datetime | None
    conclusion: str
    closed_at: datetime | None

    @staticmethod
    def resolve_person(alert: Alert) -> str | None:
        return _account(alert.person)

    @staticmethod
    def resolve_department(alert: Alert) -> str | None:
        return alert.person.department_name if alert.person else None

    @staticmethod
    def resolve_handler(alert: Alert) -> str | None:
        return _account(alert.handler)

    @staticmethod
    def resolve_explainer(alert: Alert) -> str | None:
        return _account(alert.explainer)


class Question(Schema):
    """`explainer` is an account."""

    explainer: str
    question: str


class Explanation(Schema):
    explanation: str


class Conclusion(Schema):
    conclusion: str


class Reopening(Schema):
    reason: str


@router.get("", response=list[AlertOut])
@paginate
def list_alerts(request: HttpRequest, state: str = "", kind: str = "") -> QuerySet[Alert]:
    """告警, latest first, for security administrators and the auditor."""
    person = signed_in(request)
    authorise(person, Permission.ReadAlerts)
    wanted = {name: value for name, value in (("state", state), ("kind", kind)) if value}
    return queries.alerts_visible_to(person).filter(**wanted)


@router.get("/mine", response=list[AskedAlertOut])
@paginate
def list_mine(request: HttpRequest) -> QuerySet[Alert]:
    """我的告警说明: what the person is asked to explain."""
    return queries.alerts_to_explain(signed_in(request))


@router.post("/mine/{int:alert_id}/explanation", response=AskedAlertOut)
def explain(request: HttpRequest, alert_id: int, body: Explanation) -> Alert:
    """说明, by who is asked."""
    person = signed_in(request)
    alert = queries.one_of(queries.alerts_to_explain(person), alert_id)
    return actions.explain(actor=person, alert=alert, explanation=body.explanation)


@router.get("/{int:alert_id}", response=AlertOut)
def show_alert(request: HttpRequest, alert_id: int) -> Alert:
    """One alert."""
    return _alert(request, alert_id)


@router.post("/{int:alert_id}/taking", response=AlertOut)
def take_over(request: HttpRequest, alert_id: int) -> Alert:
    """接手告警: become its named handler."""
    alert = _alert(request, alert_id)
    actions.take_over(actor=signed_in(request), alert=alert)
    return _alert(request, alert_id)


@router.post("/{int:alert_id}/question", response=AlertOut)
def ask_explanation(request: HttpRequest, alert_id: int, body: Question) -> Alert:
    """要求说明."""
    alert = _alert(request, alert_id)
    authorise(request.user, Permission.Handle, alert)
    explainer = queries.may_be_asked(alert).filter(account=body.explainer).first()
    if explainer is None:
        raise Invalid("只能要求告警涉及的人员或其部门的数据专员说明，请核对账号。", field="explainer")
    actions.ask_explanation(
        actor=signed_in(request), alert=alert, explainer=explainer, question=body.question
    )
    return _alert(request, alert_id)


@router.post("/{int:alert_id}/conclusion", response=AlertOut)
def close_alert(request: HttpRequest, alert_id: int, body: Conclusion) -> Alert:
    """关闭告警 with its conclusion."""
    alert = _alert(request, alert_id)
    actions.close_alert(actor=signed_in(request), alert=alert, conclusion=body.conclusion)
    return _alert(request, alert_id)


@router.post("/{int:alert_id}/reopening", response=AlertOut)
def reopen_alert(request: HttpRequest, alert_id: int, body: Reopening) -> Alert:
    """重新打开告警."""
    alert = _alert(request, alert_id)
    actions.reopen_alert(actor=signed_in(request), alert=alert, reason=body.reason)
    return _alert(request, alert_id)


def _alert(request: HttpRequest, alert_id: int) -> Alert:
    person = signed_in(request)
    authorise(person, Permission.ReadAlerts)
    return queries.one_of(queries.alerts_visible_to(person), alert_id)


def _account(person: Person | None) -> str | None:
    return person.account if person else None
