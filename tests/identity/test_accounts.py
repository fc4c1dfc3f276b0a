"""What is done to an account directly: lock, unlock, correct, look at a number; and what the clock does."""

from datetime import timedelta
from typing import Any

import pytest

from gongshi.audit.models import AuditEvent
from gongshi.grants.models import GrantViewer
from gongshi.grants.queries import grants_to_watch
from gongshi.identity.actions import (
    edit_person,
    lock_idle_accounts,
    lock_person,
    reveal_phone,
    unlock_person,
)
from gongshi.identity.models import Person, PersonState
from gongshi.identity.policy import IDLE_DAYS
from gongshi.identity.proposal_actions import approve_proposals, propose_change
from gongshi.identity.roles import Role
from gongshi.identity.signals import rights_ended
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.notices.models import Notice
from tests.factories import browser_of, in_days, make_department, make_person
from tests.grants.making import make_grant

pytestmark = pytest.mark.django_db

ALL_BUT_SECURITY = [role for role in Role if role != Role.SECURITY_ADMINISTRATOR]


@pytest.fixture
def security() -> Person:
    return make_person(Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def viewer() -> Person:
    return make_person(Role.VIEWER)


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


class TestLocking:
    def test_a_locked_account_is_locked_at_once_and_for_a_reason(
        self, security: Person, viewer: Person
    ) -> None:
        ended: list[Person] = []

        def hear(person: Person, why: str, **_: Any) -> None:
            ended.append(person)

        rights_ended.connect(hear)
        lock_person(actor=security, person=viewer, reason="账号外借")
        rights_ended.disconnect(hear)
        viewer = fresh(viewer)
        assert (viewer.state, viewer.state_reason) == (PersonState.LOCKED, "账号外借")
        assert ended == [viewer]
        event = AuditEvent.objects.get(action="identity:account:locked")
        assert (event.reason, event.actor_id) == ("账号外借", security.pk)

    def test_and_may_be_used_again_when_unlocked(self, security: Person, viewer: Person) -> None:
        lock_person(actor=security, person=viewer, reason="账号外借")
        with pytest.raises(Conflict):
            lock_person(actor=security, person=viewer, reason="账号外借")
        unlock_person(actor=security, person=viewer, reason="已说明")
        assert fresh(viewer).state == PersonState.ACTIVE
        with pytest.raises(Conflict):
            unlock_person(actor=security, person=viewer, reason="已说明")

    def test_without_a_reason_nothing_is_done(self, security: Person, viewer: Person) -> None:
        with pytest.raises(Invalid):
            lock_person(actor=security, person=viewer, reason="  ")
        assert fresh(viewer).is_active

    @pytest.mark.parametrize("role", ALL_BUT_SECURITY)
    def test_nobody_else_locks_or_unlocks(self, viewer: Person, role: Role) -> None:
        at_home = role != Role.BUREAU_ADMINISTRATOR
        actor = make_person(role, department=viewer.department if at_home else None)
        before = AuditEvent.objects.count()
        with pytest.raises(Forbidden):
            lock_person(actor=actor, person=viewer, reason="离岗")
        with pytest.raises(Forbidden):
            unlock_person(actor=actor, person=viewer, reason="返岗")
        assert fresh(viewer).is_active and AuditEvent.objects.count() == before

    def test_nor_does_he_lock_himself(self, security: Person) -> None:
        with pytest.raises(Forbidden):
            lock_person(actor=security, person=security, reason="离岗")

    def test_a_retired_account_is_not_unlocked(self, security: Person, viewer: Person) -> None:
        specialist = make_person(Role.DATA_SPECIALIST, department=viewer.department)
        proposal = propose_change(actor=specialist, person=viewer, kind="retire", reason="退休")
        approve_proposals(actor=security, proposals=[proposal])
        with pytest.raises(Conflict, match="已注销"):
            unlock_person(actor=security, person=viewer, reason="返聘")
        assert not fresh(viewer).is_active

    def test_on_pages_and_over_the_interface(self, security: Person, viewer: Person) -> None:
        browser = browser_of(security)
        assert browser.post(f"/people/{viewer.pk}/lock/", {"reason": "外借"}).status_code == 302
        assert fresh(viewer).state == PersonState.LOCKED
        assert "外借" in browser.get(f"/people/{viewer.pk}/").content.decode()
        assert browser.post(f"/people/{viewer.pk}/unlock/", {"reason": "说明"}).status_code == 302
        api = f"/api/v1/people/{viewer.pk}"
        locked = browser.post(f"{api}/lock", {"reason": "外借"}, "application/json").json()
        assert locked["state"] == "locked"
        unlocked = browser.post(f"{api}/unlock", {"reason": "说明"}, "application/json").json()
        assert unlocked["state"] == "active"


class TestFacts:
    def test_the_specialist_corrects_what_gives_no_right(self, viewer: Person) -> None:
        specialist = make_person(Role.DATA_SPECIALIST, department=viewer.department)
        edit_person(actor=specialist, person=viewer, name="李华", title="科长", phone="13987654321")
        viewer = fresh(viewer)
        assert (viewer.name, viewer.title, viewer.phone) == ("李华", "科长", "13987654321")
        assert not AuditEvent.objects.filter(after__icontains="13987654321").exists()

    def test_an_empty_number_on_the_page_leaves_it(self, security: Person, viewer: Person) -> None:
        browser_of(security).post(f"/people/{viewer.pk}/edit/", {"name": "李华", "title": "", "phone": ""})
        assert (fresh(viewer).name, fresh(viewer).phone) == ("李华", "13800000000")

    def test_others_correct_nothing(self, viewer: Person) -> None:
        for actor in (viewer, make_person(Role.DATA_SPECIALIST), make_person(Role.SYSTEM_ADMINISTRATOR)):
            with pytest.raises(Forbidden):
                edit_person(actor=actor, person=viewer, name="李华", title="")
        assert fresh(viewer).name == viewer.name

    def test_a_number_is_masked_everywhere_but_after_asking(self, security: Person, viewer: Person) -> None:
        browser = browser_of(security)
        page = browser.get(f"/people/{viewer.pk}/").content.decode()
        assert "138******00" in page and "13800000000" not in page
        assert browser.get(f"/api/v1/people/{viewer.pk}").json()["phone"] == "138******00"
        shown = browser.post(f"/people/{viewer.pk}/phone/", {"reason": "核实身份"})
        assert "13800000000" in shown.content.decode()
        told = browser.post(
            f"/api/v1/people/{viewer.pk}/phone", {"reason": "核实身份"}, "application/json"
        ).json()
        assert told == {"phone": "13800000000"}
        events = AuditEvent.objects.filter(action="identity:phone:revealed", object_id=viewer.pk)
        assert [event.reason for event in events] == ["核实身份", "核实身份"]

    def test_asking_needs_a_reason_and_the_right(self, security: Person, viewer: Person) -> None:
        with pytest.raises(Invalid):
            reveal_phone(actor=security, person=viewer, reason="")
        colleague = make_person(Role.DEPARTMENT_HEAD, department=viewer.department)
        for actor in (colleague, make_person(Role.DATA_SPECIALIST), make_person(Role.AUDIT_ADMINISTRATOR)):
            with pytest.raises(Forbidden):
                reveal_phone(actor=actor, person=viewer, reason="核实身份")
        assert not AuditEvent.objects.filter(action="identity:phone:revealed").exists()


class TestLeaving:
    """What a department gave ends with the department."""

    @pytest.mark.parametrize("kind", ["move", "retire"])
    def test_he_is_taken_off_the_grants(self, security: Person, viewer: Person, kind: str) -> None:
        grant = make_grant(viewers=[viewer], department=viewer.department)
        specialist = make_person(Role.DATA_SPECIALIST, department=viewer.department)
        to = make_department() if kind == "move" else None
        proposal = propose_change(actor=specialist, person=viewer, kind=kind, to_department=to, reason="离岗")
        approve_proposals(actor=security, proposals=[proposal])
        assert not GrantViewer.objects.filter(person=viewer).exists()
        assert not grants_to_watch(fresh(viewer)).exists()
        event = AuditEvent.objects.get(action="grants:grant:viewer_dropped")
        assert (event.object_id, event.before) == (str(grant.pk), {"viewers": [viewer.account]})
        assert Notice.objects.filter(person=specialist, text__contains="1 项授权").exists()

    def test_where_he_was_and_is_stands_on_the_page_and_in_the_interface(
        self, security: Person, viewer: Person
    ) -> None:
        specialist = make_person(Role.DATA_SPECIALIST, department=viewer.department)
        left, to = viewer.department, make_department("丽水市气象局")
        proposal = propose_change(
            actor=specialist, person=viewer, kind="move", to_department=to, reason="调动"
        )
        approve_proposals(actor=security, proposals=[proposal])
        browser = browser_of(security)
        now, before = browser.get(f"/api/v1/people/{viewer.pk}").json()["stays"]
        assert (now["department"], now["until"]) == (to.name, None)
        assert before["department"] == left.name and before["until"] > before["since"]
        assert left.name in browser.get(f"/people/{viewer.pk}/").content.decode()

    def test_a_lock_alone_leaves_the_grant_to_him(self, security: Person, viewer: Person) -> None:
        make_grant(viewers=[viewer], department=viewer.department)
        lock_person(actor=security, person=viewer, reason="外借")
        assert GrantViewer.objects.filter(person=viewer).exists()
        assert not grants_to_watch(fresh(viewer)).exists()


class TestIdle:
    def idle(self, person: Person, days: int) -> None:
        Person.objects.filter(pk=person.pk).update(active_since=in_days(-days))

    def test_who_has_not_come_for_so_long_is_locked(self, viewer: Person) -> None:
        days = IDLE_DAYS.value()
        self.idle(viewer, days + 1)
        recent = make_person(Role.VIEWER)
        self.idle(recent, days - 1)
        came = make_person(Role.VIEWER)
        self.idle(came, days + 1)
        Person.objects.filter(pk=came.pk).update(last_login=in_days(-1))
        assert lock_idle_accounts() == 1
        assert fresh(viewer).state == PersonState.LOCKED
        assert fresh(recent).is_active and fresh(came).is_active
        event = AuditEvent.objects.get(action="identity:account:locked")
        assert (event.actor_id, event.object_id) == (None, str(viewer.pk))
        assert lock_idle_accounts() == 0

    def test_unlocking_begins_the_time_anew(self, security: Person, viewer: Person) -> None:
        self.idle(viewer, IDLE_DAYS.value() + 1)
        lock_idle_accounts()
        unlock_person(actor=security, person=viewer, reason="返岗")
        assert lock_idle_accounts() == 0
        assert fresh(viewer).active_since - viewer.created_at < timedelta(days=1)

    def test_the_last_security_administrator_stays(self, security: Person) -> None:
        self.idle(security, IDLE_DAYS.value() + 1)
        assert lock_idle_accounts() == 0
        make_person(Role.SECURITY_ADMINISTRATOR)
        assert lock_idle_accounts() == 1
