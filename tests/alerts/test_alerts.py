"""Alerts: raised once, taken by one, explained by who is asked, closed with a conclusion; never forgotten."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from gongshi.alerts import actions
from gongshi.alerts.kinds import AlertKind
from gongshi.alerts.models import Alert, AlertState
from gongshi.audit.models import AuditEvent
from gongshi.identity.accounts import lock
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, GongshiError, Invalid
from gongshi.notices.models import Notice
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db
KIND = AlertKind.ClientLocked


def raised(person: Person | None, sentence: str = "接入方密钥连续错误 5 次") -> Alert:
    with transaction.atomic():
        return actions.raise_alert(KIND, person=person, sentence=sentence, address="10.1.2.3")


@pytest.fixture
def security() -> Person:
    return make_person(Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def suspect() -> Person:
    return make_person(Role.VIEWER)


@pytest.fixture
def alert(security: Person, suspect: Person) -> Alert:
    return raised(suspect)


@pytest.fixture
def taken(security: Person, alert: Alert) -> Alert:
    return actions.take_over(actor=security, alert=alert)


def state_of(alert: Alert) -> tuple[str, int | None, int]:
    found = Alert.objects.get(pk=alert.pk)
    steps = AuditEvent.objects.filter(object_type="alerts.alert", object_id=str(alert.pk))
    return found.state, found.handler_id, steps.filter(action__startswith="alerts:").count()


class TestRaising:
    def test_what_happens_again_is_counted_and_told_once(self, security: Person, suspect: Person) -> None:
        first, second = raised(suspect), raised(suspect, "又一次")
        assert first.pk == second.pk
        assert (second.times, second.sentence) == (2, "又一次")
        assert Notice.objects.filter(person=security, url=first.get_absolute_url()).count() == 1
        assert AuditEvent.objects.filter(action="alerts:alert:raised").count() == 2

    def test_alerts_about_the_installation_are_counted_too(self, security: Person) -> None:
        assert raised(None).pk == raised(None).pk

    def test_each_person_has_an_alert_of_his_own(self, alert: Alert) -> None:
        assert raised(make_person(Role.VIEWER)).pk != alert.pk

    def test_a_closed_alert_stays_closed_and_a_new_one_begins(
        self, security: Person, suspect: Person, taken: Alert
    ) -> None:
        actions.close_alert(actor=security, alert=taken, conclusion="误报")
        assert raised(suspect).pk != taken.pk
        assert Alert.objects.get(pk=taken.pk).state == AlertState.CLOSED

    def test_whom_it_is_about_is_not_warned(self) -> None:
        insider = make_person(Role.SECURITY_ADMINISTRATOR)
        raised(insider)
        assert not Notice.objects.filter(person=insider).exists()

    def test_an_alert_belongs_to_a_transaction(self, suspect: Person) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            raised(suspect)
            raise IntegrityError
        assert not Alert.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_who_take_one_alert_have_one_winner(self) -> None:
        people = [make_person(Role.SECURITY_ADMINISTRATOR) for _ in range(4)]
        alert = raised(make_person(Role.VIEWER))

        def take(person: Person) -> bool:
            try:
                actions.take_over(actor=person, alert=alert)
            except Conflict:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(4) as pool:
            won = list(pool.map(take, people))
        assert won.count(True) == 1
        assert Alert.objects.get().handler == people[won.index(True)]

    def test_many_who_raise_the_same_count_up_one_alert(self) -> None:
        make_person(Role.SECURITY_ADMINISTRATOR)
        suspect = make_person(Role.VIEWER)

        def again(_: int) -> None:
            raised(suspect)
            connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(again, range(12)))
        assert Alert.objects.get().times == 12
        assert Notice.objects.count() == 1


class TestHandling:
    def test_the_whole_way(self, security: Person, suspect: Person, taken: Alert) -> None:
        actions.ask_explanation(actor=security, alert=taken, explainer=suspect, question="当时谁在用？")
        assert Notice.objects.filter(person=suspect, url=taken.url_of_explanation()).exists()
        actions.explain(actor=suspect, alert=taken, explanation="密码抄在旧配置里")
        assert Alert.objects.get().state == AlertState.EXPLAINED
        actions.close_alert(actor=security, alert=taken, conclusion="已更换密钥")
        actions.reopen_alert(actor=security, alert=taken, reason="又出现")
        steps = AuditEvent.objects.filter(object_type="alerts.alert").order_by("id")
        assert [event.action.rpartition(":")[2] for event in steps] == [
            "raised",
            "taken",
            "questioned",
            "explained",
            "closed",
            "reopened",
        ]
        assert Alert.objects.get().state == AlertState.OPEN

    def test_a_specialist_of_the_department_may_be_asked(
        self, security: Person, suspect: Person, taken: Alert
    ) -> None:
        specialist = make_person(Role.DATA_SPECIALIST, department=suspect.department)
        actions.ask_explanation(actor=security, alert=taken, explainer=specialist, question="何故？")
        assert Alert.objects.get().explainer == specialist

    def test_strangers_are_not_asked(self, security: Person, taken: Alert) -> None:
        before = state_of(taken)
        with pytest.raises(Invalid):
            actions.ask_explanation(
                actor=security, alert=taken, explainer=make_person(Role.DATA_SPECIALIST), question="何故？"
            )
        assert state_of(taken) == before

    def test_a_new_question_opens_it_again(self, security: Person, suspect: Person, taken: Alert) -> None:
        actions.ask_explanation(actor=security, alert=taken, explainer=suspect, question="何故？")
        actions.explain(actor=suspect, alert=taken, explanation="不知道")
        actions.ask_explanation(actor=security, alert=taken, explainer=suspect, question="请查明")
        found = Alert.objects.get()
        assert (found.state, found.explanation) == (AlertState.OPEN, "")
        assert AuditEvent.objects.filter(reason="不知道").exists()

    def test_nothing_is_closed_without_a_conclusion(self, security: Person, taken: Alert) -> None:
        before = state_of(taken)
        with pytest.raises(Invalid):
            actions.close_alert(actor=security, alert=taken, conclusion="  ")
        assert state_of(taken) == before

    def test_a_closed_alert_is_reopened_only_when_its_like_is_not_open(
        self, security: Person, suspect: Person, taken: Alert
    ) -> None:
        actions.close_alert(actor=security, alert=taken, conclusion="误报")
        raised(suspect)
        with pytest.raises(Conflict, match="同类"):
            actions.reopen_alert(actor=security, alert=taken, reason="再查")


class TestAHandlerWhoLeaves:
    def test_what_he_has_not_closed_waits_for_others(self, security: Person, taken: Alert) -> None:
        other = make_person(Role.SECURITY_ADMINISTRATOR)
        lock(actor=other, person=security, reason="离岗")
        assert state_of(taken)[:2] == ("open", None)
        assert actions.take_over(actor=other, alert=taken).handler == other

    def test_what_he_closed_keeps_his_name(self, security: Person, taken: Alert) -> None:
        actions.close_alert(actor=security, alert=taken, conclusion="误报")
        lock(actor=make_person(Role.SECURITY_ADMINISTRATOR), person=security, reason="离岗")
        assert state_of(taken)[:2] == ("closed", security.pk)


class TestWhoMayNot:
    @pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMINISTRATOR])
    def test_nobody_else_takes_an_alert(self, alert: Alert, role: Role) -> None:
        before = state_of(alert)
        with pytest.raises(Forbidden):
            actions.take_over(actor=make_person(role), alert=alert)
        assert state_of(alert) == before

    def test_nobody_handles_an_alert_about_himself(self, security: Person) -> None:
        alert = raised(security)
        with pytest.raises(Forbidden):
            actions.take_over(actor=security, alert=alert)
        with pytest.raises(IntegrityError, match="about_himself"), transaction.atomic():
            Alert.objects.filter(pk=alert.pk).update(handler=security)
        assert state_of(alert)[:2] == ("open", None)

    def test_the_database_closes_nothing_without_handler_and_conclusion(self, alert: Alert) -> None:
        with pytest.raises(IntegrityError, match="a_closed_alert"), transaction.atomic():
            Alert.objects.filter(pk=alert.pk).update(state="closed")

    def test_who_did_not_take_it_does_not_close_it(self, taken: Alert) -> None:
        before, other = state_of(taken), make_person(Role.SECURITY_ADMINISTRATOR)
        for act in (
            lambda: actions.close_alert(actor=other, alert=taken, conclusion="误报"),
            lambda: actions.ask_explanation(
                actor=other, alert=taken, explainer=taken.person or other, question="何故？"
            ),
            lambda: actions.take_over(actor=other, alert=taken),
        ):
            with pytest.raises(Conflict, match="由"):
                act()
        assert state_of(taken) == before

    def test_who_was_not_asked_explains_nothing(self, suspect: Person, taken: Alert) -> None:
        before = state_of(taken)
        for person in (suspect, make_person(Role.AUDIT_ADMINISTRATOR)):
            with pytest.raises(Forbidden):
                actions.explain(actor=person, alert=taken, explanation="不是我")
        assert state_of(taken) == before

    def test_a_closed_alert_is_left_alone(self, security: Person, suspect: Person, taken: Alert) -> None:
        actions.ask_explanation(actor=security, alert=taken, explainer=suspect, question="何故？")
        actions.close_alert(actor=security, alert=taken, conclusion="误报")
        before = state_of(taken)
        with pytest.raises(GongshiError, match="已关闭"):
            actions.explain(actor=suspect, alert=taken, explanation="晚了")
        with pytest.raises(Conflict, match="已关闭"):
            actions.close_alert(actor=security, alert=taken, conclusion="再关")
        assert state_of(taken) == before


class TestPages:
    def test_the_handler_works_through_an_alert(
        self, security: Person, suspect: Person, alert: Alert
    ) -> None:
        browser, url = browser_of(security), alert.get_absolute_url()
        assert "测试人" in browser.get("/alerts/").content.decode()
        assert "接手" in browser.get(url).content.decode()
        browser.post(f"{url}taking/")
        browser.post(f"{url}question/", {"explainer": suspect.pk, "question": "何故？"})
        mine = browser_of(suspect)
        assert "何故？" in mine.get("/alerts/mine/").content.decode()
        assert "何故？" in mine.get(f"/alerts/mine/{alert.pk}/").content.decode()
        mine.post(f"/alerts/mine/{alert.pk}/", {"explanation": "密码抄在旧配置里"})
        assert "密码抄在旧配置里" in browser.get(url).content.decode()
        browser.post(f"{url}conclusion/", {"conclusion": "已更换密钥"})
        page = browser.get(url).content.decode()
        assert "已更换密钥" in page
        assert "重新打开" in page
        assert browser.post(f"{url}reopening/", {"reason": "又出现"}).status_code == 302
        assert state_of(alert)[:2] == ("open", security.pk)

    def test_a_refusal_stands_beside_the_field(self, security: Person, taken: Alert) -> None:
        answer = browser_of(security).post(f"{taken.get_absolute_url()}conclusion/", {"conclusion": ""})
        assert answer.context["form"].errors["conclusion"] == ["请填写处理结论。"]

    def test_the_auditor_reads_and_changes_nothing(self, taken: Alert) -> None:
        browser, url = browser_of(make_person(Role.AUDIT_ADMINISTRATOR)), taken.get_absolute_url()
        before = state_of(taken)
        page = browser.get(url).content.decode()
        assert "处理记录" in page
        assert "关闭告警</a>" not in page
        for step in ("taking", "question", "conclusion", "reopening"):
            browser.post(f"{url}{step}/", {"conclusion": "误报", "reason": "再查"})
        assert state_of(taken) == before

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.BUREAU_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR])
    def test_others_do_not_even_learn_of_it(self, alert: Alert, role: Role) -> None:
        browser = browser_of(make_person(role))
        for url in ("/alerts/", alert.get_absolute_url(), "/api/v1/alerts", f"/api/v1/alerts/{alert.pk}"):
            assert browser.get(url).status_code == 403
        assert browser.get(f"/alerts/mine/{alert.pk}/").status_code == 404

    def test_the_list_asks_the_same_few_questions_however_long_it_is(
        self, security: Person, django_assert_max_num_queries: object
    ) -> None:
        for _ in range(15):
            raised(make_person(Role.VIEWER))
        browser = browser_of(security)
        with django_assert_max_num_queries(11):  # type: ignore[operator]
            browser.get("/alerts/")


class TestApi:
    def test_the_same_way_over_json(self, security: Person, suspect: Person, alert: Alert) -> None:
        handler, asked, url = browser_of(security), browser_of(suspect), f"/api/v1/alerts/{alert.pk}"
        assert handler.get("/api/v1/alerts", {"state": "open"}).json()["count"] == 1
        assert handler.post(f"{url}/taking").json()["handler"] == security.account
        question = {"explainer": suspect.account, "question": "何故？"}
        assert handler.post(f"{url}/question", question, "application/json").status_code == 200
        assert asked.get("/api/v1/alerts/mine").json()["items"][0]["question"] == "何故？"
        answer = {"explanation": "密码抄在旧配置里"}
        path = f"/api/v1/alerts/mine/{alert.pk}/explanation"
        assert asked.post(path, answer, "application/json").json()["state"] == "explained"
        closed = handler.post(f"{url}/conclusion", {"conclusion": "已更换"}, "application/json").json()
        assert (closed["state"], closed["explanation"]) == ("closed", "密码抄在旧配置里")
        assert handler.post(f"{url}/reopening", {"reason": "又出现"}, "application/json").status_code == 200

    def test_an_unknown_explainer_is_named(self, security: Person, taken: Alert) -> None:
        body = {"explainer": "nobody", "question": "何故？"}
        answer = browser_of(security).post(f"/api/v1/alerts/{taken.pk}/question", body, "application/json")
        assert answer.json()["error"]["field"] == "explainer"
