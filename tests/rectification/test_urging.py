"""Urging what is due or late: by working days, each step once, higher the later it is (§5.2 督促整改)."""

from datetime import date, timedelta

import pytest

from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.working_days import working_days_after
from gongshi.notices.models import Notice
from gongshi.rectification.actions import open_order
from gongshi.rectification.codes import Urging
from gongshi.rectification.models import Order
from gongshi.rectification.urging import urge
from tests.factories import make_person
from tests.rectification.orders import steps_of, told

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 3, 18)


@pytest.fixture(autouse=True)
def _on_a_working_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: WEDNESDAY)


def due(order: Order, days: int) -> None:
    """The term ended so many working days ago."""
    Order.objects.filter(pk=order.pk).update(due_on=working_days_after(clock.today(), -days))


@pytest.fixture
def head(manager: Person) -> Person:
    head = make_person(Role.DEPARTMENT_HEAD, department=manager.department)
    type(manager.department).objects.filter(pk=manager.department_id).update(head=head)
    return head


@pytest.mark.parametrize(
    ("days", "urging"),
    [
        (-2, Urging.NONE),
        (-1, Urging.REMINDED),
        (0, Urging.REMINDED),
        (1, Urging.OVERDUE),
        (3, Urging.ESCALATED),
        (5, Urging.REPORTED),
        (9, Urging.REPORTED),
    ],
)
def test_the_later_the_higher(
    order: Order, manager: Person, head: Person, bureau: Person, days: int, urging: Urging
) -> None:
    due(order, days)
    Notice.objects.all().delete()
    urge()
    assert Order.objects.get().urging == urging
    assert bool(told(manager)) is (urging >= Urging.REMINDED)
    assert bool(told(head)) is (urging >= Urging.ESCALATED)
    assert bool(told(bureau)) is (urging >= Urging.REPORTED)


def test_each_step_is_taken_once(order: Order, manager: Person) -> None:
    due(order, 1)
    assert [urge(), urge(), urge()] == [1, 0, 0]
    due(order, 3)
    assert [urge(), urge()] == [1, 0]
    assert steps_of(order) == ["opened", "urged", "urged"]


def test_what_is_mended_is_not_urged(mended: Order) -> None:
    due(mended, 9)
    assert urge() == 0


def test_holidays_do_not_count() -> None:
    # National Day 2025: 1 to 8 October are off, 28 September and 11 October are worked.
    assert working_days_after(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert working_days_after(date(2025, 10, 9), 2) == date(2025, 10, 11)
    assert working_days_after(date(2025, 10, 9), -1) == date(2025, 9, 30)
    # Nothing is announced for that year yet.
    assert working_days_after(date(2090, 1, 6), 1) == date(2090, 1, 9)


# Spring Festival 2026 is off from 15 to 23 February; Saturday the 14th and Saturday the 28th are worked.


def test_a_term_over_spring_festival_ends_after_it(
    monkeypatch: pytest.MonkeyPatch, bureau: Person, camera: Camera
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 2, 13))
    assert open_order(actor=bureau, camera=camera, description="画面发黑").due_on == date(2026, 2, 27)


def test_nobody_is_urged_on_days_off(monkeypatch: pytest.MonkeyPatch, order: Order) -> None:
    Order.objects.update(due_on=date(2026, 2, 12))
    taken: dict[int, str] = {}
    for day in (date(2026, 2, 10) + timedelta(days=number) for number in range(19)):
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        before = Order.objects.get().urging
        urge()
        urge()
        if Order.objects.get().urging != before:
            taken[day.day] = Order.objects.get().get_urging_display()
    assert taken == {11: "到期提醒", 13: "逾期催办", 24: "已报部门负责人", 26: "已报大数据局"}
    assert steps_of(order).count("urged") == 4
