"""Alerts."""

from gongshi.alerts.actions import ask_explanation, close_alert, raise_alert, take_over
from gongshi.alerts.kinds import AlertKind
from tests.matrix.prepared import REASON, Prepared


def alerts(made: Prepared) -> None:
    """One alert that waits for a handler, one in work with a question to the viewer, one that is closed."""
    viewer, handler = made.city.viewer, made.cast["security_administrator@asking"]
    waiting, working, closed = (
        raise_alert(kind, person=viewer, sentence="登录异常") for kind in list(AlertKind)[:3]
    )
    for alert in (working, closed):
        take_over(actor=handler, alert=alert)
    ask_explanation(actor=handler, alert=working, explainer=viewer, question="当时是否本人登录？")
    close_alert(actor=handler, alert=closed, conclusion="系本人操作")
    page, api = "alerts/<int:pk>/", "api/v1/alerts/<int:alert_id>"
    made.about(page, f"{page}taking/", pk=waiting.pk)
    made.about(api, f"{api}/taking", alert_id=waiting.pk)
    made.about(f"{page}question/", f"{page}conclusion/", "alerts/mine/<int:pk>/", pk=working.pk)
    made.about(
        f"{api}/question",
        f"{api}/conclusion",
        "api/v1/alerts/mine/<int:alert_id>/explanation",
        alert_id=working.pk,
    )
    made.about(f"{page}reopening/", pk=closed.pk)
    made.about(f"{api}/reopening", alert_id=closed.pk)
    question = {"question": "请说明"}
    made.takes(f"POST {page}question/", question | {"explainer": viewer.pk})
    made.takes(f"POST {api}/question", question | {"explainer": viewer.account})
    conclusion, explanation, reason = {"conclusion": "已核实"}, {"explanation": "是本人"}, {"reason": REASON}
    made.takes(f"POST {page}conclusion/", conclusion)
    made.takes(f"POST {api}/conclusion", conclusion)
    made.takes("POST alerts/mine/<int:pk>/", explanation)
    made.takes("POST api/v1/alerts/mine/<int:alert_id>/explanation", explanation)
    made.takes(f"POST {page}reopening/", reason)
    made.takes(f"POST {api}/reopening", reason)
