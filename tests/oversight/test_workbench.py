"""The workbench: what waits for whom, and what is in motion."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongshi.demand import actions
from gongshi.demand.models import Lane
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.oversight import queries
from tests.demand.making import City
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db


def kinds(person: Person) -> list[str]:
    return [todo.kind for todo in queries.todos(person)]


def workbench_of(person: Person) -> str:
    return browser_of(person).get("/").content.decode()


def aged(lane: Lane, days: int) -> Lane:
    Lane.objects.filter(pk=lane.pk).update(entered_at=clock.now() - timedelta(days=days))
    return lane


class TestToDos:
    def test_each_step_waits_for_whoever_takes_it(self, city: City) -> None:
        city.confirming()
        city.reviewing()
        assert kinds(city.water_reviewer) == ["数源确认"]
        assert kinds(city.administrator) == ["大数据局审核"]
        assert kinds(city.specialist) == kinds(city.viewer) == []

    def test_what_has_waited_longest_stands_first(self, city: City) -> None:
        young, old = city.reviewing(), aged(city.reviewing(), days=3)
        assert [todo.title for todo in queries.todos(city.administrator)] == [
            str(old.demand),
            str(young.demand),
        ]
        assert "3 天" in workbench_of(city.administrator)

    def test_nobody_is_asked_for_a_second_duty(self, city: City) -> None:
        city.delivered()
        assert kinds(city.acceptor) == ["验收"]
        assert kinds(city.administrator) == [], "reviewed this lane, may not accept it"

    def test_feedback_is_asked_of_the_specialist_after_acceptance(self, city: City) -> None:
        city.accepted()
        assert kinds(city.specialist) == ["满意度评价"]


class TestInMotion:
    def test_the_bureau_sees_the_city_and_others_what_concerns_them(self, city: City) -> None:
        lane = city.confirming()
        seen = {person.pk: [row.lane for row in queries.in_motion(person)[0]] for person in everybody(city)}
        assert seen == {
            city.administrator.pk: [lane],
            city.specialist.pk: [lane],
            city.water_reviewer.pk: [lane],
            city.traffic_reviewer.pk: [],
        }
        assert "全市办理中的需求" in workbench_of(city.administrator)
        assert "全市" not in workbench_of(city.specialist)

    def test_what_has_ended_moves_no_more(self, city: City) -> None:
        lane = city.reviewing()
        actions.review_lane(actor=city.administrator, lane=lane, approve=False, reason="用途说明不充分")
        assert queries.in_motion(city.administrator) == ([], 0)

    def test_administrators_of_the_system_see_no_business(self, city: City) -> None:
        city.confirming()
        page = workbench_of(make_person(Role.SECURITY_ADMINISTRATOR, department=city.bureau))
        assert "办理中的需求" not in page

    def test_many_lanes_ask_the_database_as_often_as_one(self, city: City) -> None:
        browser = browser_of(city.administrator)
        city.reviewing()
        browser.get("/")
        with CaptureQueriesContext(connection) as for_one:
            browser.get("/")
        for _ in range(3):
            city.reviewing()
        with CaptureQueriesContext(connection) as for_many:
            browser.get("/")
        assert len(for_many) == len(for_one)


def everybody(city: City) -> list[Person]:
    return [city.administrator, city.specialist, city.water_reviewer, city.traffic_reviewer]
