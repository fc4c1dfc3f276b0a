"""Raising an alert, and every step until it is closed (§10a 专人专用; 等保 level 3: 安全事件处置)."""

from django.db import connection, transaction

from gongshi.alerts import queries
from gongshi.alerts.kinds import AlertKind
from gongshi.alerts.models import Alert, AlertState
from gongshi.alerts.rules import Permission
from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.identity.models import Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.notices.actions import notify

QUESTION_LENGTH = 300
ANSWER_LENGTH = 500


def raise_alert(
    kind: AlertKind, *, person: Person | None, sentence: str, address: str | None = None
) -> Alert:
    """Put something out of order before the security administrators, in the transaction that found it.

    `person` is whom it is about. What happens again on one day to one person is counted, with what was said
    last, and told nobody anew.
    """
    alert = _raised(kind, person, sentence[:300], address)
    record(
        AuditAction.AlertRaised, actor=None, thing=alert, reason=alert.sentence, after={"times": alert.times}
    )
    if alert.times == 1:
        others = [each for each in holders(Role.SECURITY_ADMINISTRATOR) if each != person]
        notify(others, f"告警：{alert.sentence}", alert.get_absolute_url())
    return alert


def _raised(kind: AlertKind, person: Person | None, sentence: str, address: str | None) -> Alert:
    """One statement, so that two who raise the same at once count up one row."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO alerts_alert (kind, person_id, sentence, address, day, first_at, last_at,
                                      times, state, question, explanation, conclusion)
            VALUES (%s, %s, %s, %s, %s, %s, %s, 1, 'open', '', '', '')
            ON CONFLICT (kind, person_id, day) WHERE NOT (state = 'closed') DO UPDATE SET
                times = alerts_alert.times + 1,
                sentence = EXCLUDED.sentence,
                address = EXCLUDED.address,
                last_at = EXCLUDED.last_at
            RETURNING id
            """,
            [kind.value, person.pk if person else None, sentence, address, clock.today(), now, now],
        )
        (pk,) = cursor.fetchone()
    return Alert.objects.select_related("person").get(pk=pk)


@transaction.atomic
def take_over(*, actor: Person, alert: Alert) -> Alert:
    """Become the named handler. Raises Conflict when somebody else was first."""
    authorise(actor, Permission.Handle, alert)
    alert = _locked(alert)
    _require_not_closed(alert)
    if alert.handler is not None:
        raise Conflict(f"该告警已由 {alert.handler.name} 处理。请刷新页面查看最新情况。")
    alert.handler = actor
    alert.save(update_fields=["handler"])
    record(AuditAction.AlertTaken, actor=actor, thing=alert, after={"handler": actor.name})
    return alert


@transaction.atomic
def ask_explanation(*, actor: Person, alert: Alert, explainer: Person, question: str) -> Alert:
    """Ask who it is about, or the data specialist of his department, what happened."""
    alert = _handled(actor, alert)
    question = _text(question, "question", "请填写要求说明的问题。", QUESTION_LENGTH)
    if not queries.may_be_asked(alert).filter(pk=explainer.pk).exists():
        raise Invalid("只能要求告警涉及的人员或其部门的数据专员说明，请重新选择。", field="explainer")
    alert.explainer, alert.question, alert.state = explainer, question, AlertState.OPEN
    alert.explanation, alert.explained_at = "", None
    alert.save(update_fields=["explainer", "question", "state", "explanation", "explained_at"])
    record(
        AuditAction.AlertQuestioned,
        actor=actor,
        thing=alert,
        reason=question,
        after={"explainer": explainer.account},
    )
    notify([explainer], f"安全管理员请您说明：{question}", alert.url_of_explanation())
    return alert


@transaction.atomic
def explain(*, actor: Person, alert: Alert, explanation: str) -> Alert:
    """Answer for an alert, by the person who was asked; until it is closed the answer may be mended."""
    # Who is asked may change until the row is ours.
    alert = _locked(alert)
    authorise(actor, Permission.Explain, alert)
    _require_not_closed(alert)
    alert.explanation = _text(explanation, "explanation", "请填写说明。", ANSWER_LENGTH)
    alert.explained_at, alert.state = clock.now(), AlertState.EXPLAINED
    alert.save(update_fields=["explanation", "explained_at", "state"])
    record(AuditAction.AlertExplained, actor=actor, thing=alert, reason=alert.explanation)
    if alert.handler is not None:
        notify([alert.handler], f"{actor.name} 已说明告警：{alert.sentence}", alert.get_absolute_url())
    return alert


@transaction.atomic
def close_alert(*, actor: Person, alert: Alert, conclusion: str) -> Alert:
    """End an alert with what was found; by its handler, never by whom it is about."""
    alert = _handled(actor, alert)
    alert.conclusion = _text(conclusion, "conclusion", "请填写处理结论。", ANSWER_LENGTH)
    alert.closed_at = clock.now()
    _change_state(alert, AlertState.CLOSED, AuditAction.AlertClosed, actor, alert.conclusion)
    return alert


@transaction.atomic
def reopen_alert(*, actor: Person, alert: Alert, reason: str) -> Alert:
    """Take up a closed alert again, as its handler from now on. Raises Conflict when its like is open."""
    authorise(actor, Permission.Handle, alert)
    alert = _locked(alert)
    if alert.state != AlertState.CLOSED:
        raise Conflict("该告警尚未关闭，无须重新打开。请刷新页面查看最新情况。")
    reason = _text(reason, "reason", "请填写重新打开的理由。", QUESTION_LENGTH)
    same = Alert.objects.filter(kind=alert.kind, person=alert.person_id, day=alert.day)
    if same.exclude(state=AlertState.CLOSED).exists():
        raise Conflict("同一人同一天已有一条同类告警在处理，请在该告警中继续处理。")
    alert.handler, alert.conclusion, alert.closed_at = actor, "", None
    _change_state(alert, AlertState.OPEN, AuditAction.AlertReopened, actor, reason)
    return alert


@transaction.atomic
def release_alerts_of(*, person: Person) -> int:
    """Give back what a handler who is no security administrator any more has not closed; gives how many."""
    if person.is_active and Role.SECURITY_ADMINISTRATOR in person.roles:
        return 0
    held = Alert.objects.select_for_update(no_key=True).filter(handler=person).order_by("pk")
    held = held.exclude(state=AlertState.CLOSED)
    for alert in held:
        alert.handler = None
        alert.save(update_fields=["handler"])
        record(AuditAction.AlertReleased, actor=None, thing=alert, before={"handler": person.name})
        notify(
            holders(Role.SECURITY_ADMINISTRATOR), f"告警无人处理：{alert.sentence}", alert.get_absolute_url()
        )
    return len(held)


def _change_state(alert: Alert, state: AlertState, action: AuditAction, actor: Person, reason: str) -> None:
    before, alert.state = str(alert.state), state
    alert.save(update_fields=["state", "handler", "conclusion", "closed_at"])
    after = {"state": state.value}
    record(action, actor=actor, thing=alert, before={"state": before}, after=after, reason=reason)


def _handled(actor: Person, alert: Alert) -> Alert:
    """The alert, locked, in the hands of this handler and not closed."""
    authorise(actor, Permission.Handle, alert)
    alert = _locked(alert)
    _require_not_closed(alert)
    if alert.handler_id != actor.pk:
        raise Conflict(
            "请先接手该告警，再进行处理。" if alert.handler is None else "该告警由他人处理，您不能代办。"
        )
    return alert


def _locked(alert: Alert) -> Alert:
    # Nothing is joined that another handler may have changed while we waited: a join shows what was before.
    return Alert.objects.select_for_update(no_key=True).get(pk=alert.pk)


def _require_not_closed(alert: Alert) -> None:
    if alert.state == AlertState.CLOSED:
        raise Conflict("该告警已关闭。如有新情况，请先重新打开。")


def _text(text: str, field: str, missing: str, longest: int) -> str:
    text = text.strip()
    if not text:
        raise Invalid(missing, field=field)
    if len(text) > longest:
        raise Invalid(f"不能超过 {longest} 个字，请精简后再提交。", field=field)
    return text
