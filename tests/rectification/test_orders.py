"""Rectification: told to builder, manager and maintainer, answered, proved, closed (§5.2)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import decide_submission
from gongshi.catalogue.bulk_actions import draft_withdrawal
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.draft_actions import submit_draft
from gongshi.catalogue.models import Camera
from gongshi.identity.department_actions import merge_departments
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.kernel.working_days import working_days_after
from gongshi.quality.codes import Outcome, RunState
from gongshi.quality.models import InspectionRun
from gongshi.rectification import actions
from gongshi.rectification.codes import OrderState
from gongshi.rectification.models import Addressee, Order
from tests.at_once import at_once
from tests.factories import make_department, make_person
from tests.rectification.orders import inspected, state_of, steps_of, told

pytestmark = pytest.mark.django_db


class TestOpening:
    def test_builder_manager_and_maintainer_are_told(
        self, order: Order, camera: Camera, source: Person, manager: Person
    ) -> None:
        assert [(each.department.name, each.capacities) for each in order.addressees.all()] == [
            ("水利局", ["builder"]),
            ("城管局", ["manager"]),
            ("运维公司", ["maintainer"]),
        ]
        for person in (source, manager):
            assert any(order.number in text and camera.name in text for text in told(person))

    def test_the_term_is_counted_in_working_days(self, order: Order) -> None:
        assert order.due_on == working_days_after(clock.today(), 5)

    def test_a_point_has_one_order_at_a_time(self, bureau: Person, order: Order, camera: Camera) -> None:
        with pytest.raises(Conflict, match=order.number):
            actions.open_order(actor=bureau, camera=camera, description="又一次")
        assert Order.objects.count() == 1

    @pytest.mark.parametrize(
        ("description", "faults", "field"), [("  ", [], "description"), ("画面发黑", ["猫"], "faults")]
    )
    def test_it_says_what_is_wrong(
        self, bureau: Person, camera: Camera, description: str, faults: list[str], field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            actions.open_order(actor=bureau, camera=camera, description=description, faults=faults)
        assert refusal.value.field == field
        assert not Order.objects.exists()

    @pytest.mark.parametrize(
        "role", [Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER, Role.OPERATOR, Role.VIEWER, Role.DEPARTMENT_HEAD]
    )
    def test_only_the_bureau_opens_one(self, role: Role, camera: Camera) -> None:
        with pytest.raises(Forbidden):
            actions.open_order(actor=make_person(role), camera=camera, description="画面发黑")
        assert not Order.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_of_two_who_open_at_once_one_does(self, bureau: Person, camera: Camera) -> None:
        def opening() -> Order:
            return actions.open_order(actor=bureau, camera=camera, description="画面发黑")

        outcomes = at_once(opening, opening)
        assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "Order"]
        assert Order.objects.count() == 1


class TestByRule:
    def test_the_third_failure_in_a_row_opens_one(self, camera: Camera) -> None:
        inspected(camera, Outcome.OFFLINE)
        inspected(camera, Outcome.FAULTY)
        assert not Order.objects.exists()
        last = inspected(camera, Outcome.FAULTY)
        order = Order.objects.get()
        assert (order.opened_by, order.cause, order.faults) == (None, last, ["black"])

    def test_what_could_not_be_looked_at_does_not_count(self, camera: Camera) -> None:
        for outcome in (Outcome.OFFLINE, Outcome.UNTESTED, Outcome.OFFLINE, Outcome.UNTESTED):
            inspected(camera, outcome)
        assert not Order.objects.exists()

    def test_one_intact_look_between_begins_the_count_anew(self, camera: Camera) -> None:
        for outcome in (Outcome.OFFLINE, Outcome.OFFLINE, Outcome.INTACT, Outcome.OFFLINE, Outcome.OFFLINE):
            inspected(camera, outcome)
        assert not Order.objects.exists()

    def test_a_point_withdrawn_while_it_was_looked_at_gets_none_and_what_was_found_is_kept(
        self, camera: Camera
    ) -> None:
        inspected(camera, Outcome.OFFLINE)
        inspected(camera, Outcome.OFFLINE)
        Camera.objects.filter(pk=camera.pk).update(publication=Publication.WITHDRAWN)
        last = inspected(camera, Outcome.OFFLINE)
        assert last in camera.inspections.all()
        assert not Order.objects.exists()

    def test_what_failed_before_it_was_closed_opens_no_other(self, camera: Camera, bureau: Person) -> None:
        for _ in range(3):
            inspected(camera, Outcome.OFFLINE)
        actions.close_order(actor=bureau, order=Order.objects.get(), conclusion="点位道路改造，年底拆除。")
        inspected(camera, Outcome.OFFLINE)
        inspected(camera, Outcome.OFFLINE)
        assert Order.objects.count() == 1
        inspected(camera, Outcome.OFFLINE)
        assert [order.state for order in Order.objects.order_by("id")] == ["closed", "open"]

    def test_more_failures_open_no_second_one(self, camera: Camera) -> None:
        for _ in range(5):
            inspected(camera, Outcome.OFFLINE)
        assert Order.objects.count() == 1


class TestAnswering:
    def test_an_answer_is_kept_with_who_gave_it(self, order: Order, source: Person, bureau: Person) -> None:
        actions.answer_order(actor=source, order=order, answer="已报修，明日更换。", is_mended=False)
        answered = order.addressees.get(department=source.department)
        assert (answered.answer, answered.answered_by) == ("已报修，明日更换。", source)
        assert order.addressees.filter(answered_at=None).count() == 2
        assert state_of(order) == OrderState.OPEN

    def test_mended_asks_for_an_inspection_at_once(
        self, order: Order, source: Person, bureau: Person, camera: Camera
    ) -> None:
        actions.answer_order(actor=source, order=order, answer="已更换电源", is_mended=True)
        assert state_of(order) == OrderState.MENDED
        run = InspectionRun.objects.get()
        assert (run.state, run.points.get().camera, run.asked_by) == (RunState.RUNNING, camera, None)
        assert any(order.number in text for text in told(bureau))

    def test_a_supervisor_answers_for_its_company(self, order: Order, manager: Person) -> None:
        actions.answer_order(actor=manager, order=order, answer="已通知运维公司", is_mended=False)
        answered = order.addressees.exclude(answered_at=None)
        assert {each.department.name for each in answered} == {"城管局", "运维公司"}

    def test_nobody_else_answers(self, order: Order, source: Person, bureau: Person) -> None:
        others = [
            make_person(Role.DATA_SPECIALIST),
            make_person(Role.VIEWER, department=source.department),
            make_person(Role.SOURCE_REVIEWER, department=source.department),
            bureau,
        ]
        for person in others:
            with pytest.raises(Forbidden):
                actions.answer_order(actor=person, order=order, answer="好了", is_mended=True)
        assert not Addressee.objects.exclude(answered_at=None).exists()
        assert state_of(order) == OrderState.OPEN

    def test_an_empty_answer_is_none(self, order: Order, source: Person) -> None:
        with pytest.raises(Invalid):
            actions.answer_order(actor=source, order=order, answer=" ", is_mended=True)
        assert state_of(order) == OrderState.OPEN


class TestProof:
    def test_an_intact_picture_proves_it(self, mended: Order, camera: Camera, bureau: Person) -> None:
        inspection = inspected(camera, Outcome.INTACT)
        found = Order.objects.get()
        assert (found.state, found.proved_at) == (OrderState.PROVED, inspection.at)
        assert any("复检合格" in text for text in told(bureau))

    def test_a_fault_opens_it_again_and_says_which(
        self, mended: Order, camera: Camera, source: Person
    ) -> None:
        inspected(camera, Outcome.OFFLINE)
        found = Order.objects.get()
        assert (found.state, found.faults, found.mended_at) == (OrderState.OPEN, ["offline"], None)
        assert any("离线" in text and "继续整改" in text for text in told(source))

    def test_what_could_not_be_looked_at_proves_nothing(self, mended: Order, camera: Camera) -> None:
        inspected(camera, Outcome.UNTESTED)
        assert state_of(mended) == OrderState.MENDED

    def test_a_look_before_it_was_mended_proves_nothing(self, order: Order, camera: Camera) -> None:
        inspected(camera, Outcome.INTACT)
        assert state_of(order) == OrderState.OPEN


class TestClosing:
    def test_the_bureau_closes_what_is_proved(self, mended: Order, camera: Camera, bureau: Person) -> None:
        inspected(camera, Outcome.INTACT)
        actions.close_order(actor=bureau, order=mended, conclusion="复检合格，销号。")
        assert state_of(mended) == OrderState.CLOSED
        assert steps_of(mended) == ["opened", "answered", "proved", "closed"]

    def test_whoever_closes_without_proof_says_why(self, order: Order, bureau: Person) -> None:
        with pytest.raises(Invalid):
            actions.close_order(actor=bureau, order=order, conclusion="")
        actions.close_order(actor=bureau, order=order, conclusion="点位道路改造，年底拆除。")
        event = AuditEvent.objects.get(action="rectification:order:closed")
        assert event.after == {"state": "closed", "proved": False}

    def test_those_who_mend_do_not_close(self, mended: Order, source: Person, manager: Person) -> None:
        for person in (source, manager, make_person(Role.OPERATOR)):
            with pytest.raises(Forbidden):
                actions.close_order(actor=person, order=mended, conclusion="好了")
        assert state_of(mended) == OrderState.MENDED

    def test_what_is_closed_stays_closed(self, order: Order, bureau: Person, source: Person) -> None:
        actions.close_order(actor=bureau, order=order, conclusion="无需整改")
        for act in (
            lambda: actions.close_order(actor=bureau, order=order, conclusion="再来"),
            lambda: actions.answer_order(actor=source, order=order, answer="好了", is_mended=True),
        ):
            with pytest.raises(Conflict):
                act()
        assert steps_of(order) == ["opened", "closed"]

    def test_afterwards_there_may_be_another(self, order: Order, bureau: Person, camera: Camera) -> None:
        actions.close_order(actor=bureau, order=order, conclusion="无需整改")
        assert actions.open_order(actor=bureau, camera=camera, description="又黑了").number != order.number

    def test_the_database_keeps_no_closed_order_without_a_conclusion(self, order: Order) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(state=OrderState.CLOSED)

    @pytest.mark.django_db(transaction=True)
    def test_of_two_who_close_at_once_one_does(self, order: Order, bureau: Person) -> None:
        def closing() -> Order:
            return actions.close_order(actor=bureau, order=order, conclusion="无需整改")

        outcomes = at_once(closing, closing)
        assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "Order"]
        assert steps_of(order) == ["opened", "closed"]


def test_a_merged_departments_orders_are_its_successors(order: Order, manager: Person) -> None:
    successor = make_department("综合执法局")
    system = make_person(Role.SYSTEM_ADMINISTRATOR)
    merge_departments(actor=system, department=manager.department, into=successor, reason="机构改革")
    names = {each.department.name for each in order.addressees.all()}
    assert names == {"水利局", "综合执法局", "运维公司"}
    assert "taken_over" in steps_of(order)


def test_a_departments_two_capacities_become_one(order: Order, manager: Person, source: Person) -> None:
    system = make_person(Role.SYSTEM_ADMINISTRATOR)
    merge_departments(actor=system, department=manager.department, into=source.department, reason="机构改革")
    (ours,) = order.addressees.filter(department=source.department)
    assert ours.capacities == ["builder", "manager"]


def test_a_withdrawn_point_has_nothing_left_to_mend(
    order: Order, source: Person, bureau: Person, camera: Camera
) -> None:
    (draft,) = draft_withdrawal(actor=source, camera_ids=[camera.pk], ground="杆件拆除")
    submission = submit_draft(actor=source, submission=draft)
    decide_submission(actor=bureau, submission=submission, verdict="approve")
    found = Order.objects.get(pk=order.pk)
    assert (found.state, found.conclusion) == (OrderState.CLOSED, "点位已撤回：杆件拆除")
    assert steps_of(order) == ["opened", "closed"]
    with pytest.raises(Conflict, match="已撤回"):
        actions.open_order(actor=bureau, camera=camera, description="又黑了")


def test_overdue_is_what_was_not_mended_in_time(order: Order, source: Person) -> None:
    late = Order(due_on=clock.today() - timedelta(days=3), state=OrderState.OPEN)
    assert late.is_overdue
    assert not order.is_overdue
    late.state = OrderState.CLOSED
    assert not late.is_overdue
