"""Scores of departments: counted as inspections are kept, month by month, each seen by whom it is about."""

from datetime import date, timedelta

import pytest

from gongshi.assessment.counting import count_inspections, count_points
from gongshi.assessment.models import MonthlyScore
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.parameters import PARAMETERS
from gongshi.parameters.actions import set_parameter
from gongshi.quality.codes import Outcome
from gongshi.quality.models import Inspection
from tests.at_once import at_once
from tests.factories import browser_of, make_camera, make_department, make_person
from tests.rectification.orders import inspected

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Person:
    return make_person(Role.DATA_SPECIALIST, department=make_department("水利局"))


@pytest.fixture
def bureau() -> Person:
    return make_person(Role.BUREAU_ADMINISTRATOR)


def rates(department_name: str = "水利局") -> tuple[float | None, float | None, float | None]:
    score = MonthlyScore.objects.get(department__name=department_name)
    return score.online_rate, score.key_intact_rate, score.other_intact_rate


def rows(person: Person, **filters: str) -> list[tuple[str, str]]:
    page = browser_of(person).get("/assessment/", filters)
    told = browser_of(person).get("/api/v1/assessment/scores", filters).json()["items"]
    seen = [
        (row.record.department.name, row.record.month.isoformat())
        for row in page.context["table"].page.object_list
    ]
    assert seen == [(item["department"], item["month"]) for item in told]
    return seen


class TestCounting:
    def test_online_is_of_all_looks_and_intact_of_those_online(self, source: Person) -> None:
        key = make_camera(source.department, point_class="1")
        other = make_camera(source.department, point_class="3")
        for camera, outcome in (
            (key, Outcome.INTACT),
            (key, Outcome.FAULTY),
            (other, Outcome.INTACT),
            (other, Outcome.OFFLINE),
        ):
            inspected(camera, outcome)
        assert rates() == (75.0, 50.0, 100.0)

    def test_what_could_not_be_looked_at_is_not_counted(self, source: Person) -> None:
        inspected(make_camera(source.department), Outcome.UNTESTED)
        assert not MonthlyScore.objects.exists()

    def test_a_rate_of_nothing_is_none(self, source: Person) -> None:
        inspected(make_camera(source.department, point_class="2"), Outcome.OFFLINE)
        assert rates() == (0.0, None, None)

    def test_a_look_counts_for_whom_the_camera_was(self, source: Person) -> None:
        camera = make_camera(source.department)
        inspected(camera, Outcome.INTACT)
        Camera.objects.update(source_department=make_department("交通局"))
        camera.refresh_from_db()
        inspected(camera, Outcome.OFFLINE)
        assert (rates("水利局")[0], rates("交通局")[0]) == (100.0, 0.0)

    def test_the_month_is_lishuis(self, source: Person) -> None:
        inspection = inspected(make_camera(source.department), Outcome.UNTESTED)
        inspection.outcome = Outcome.INTACT
        # 17:00 UTC on the last of a month is the first of the next in Lishui.
        inspection.at = clock.now().replace(year=2026, month=3, day=31, hour=17)
        count_inspections([inspection])
        assert MonthlyScore.objects.get().month == date(2026, 4, 1)

    @pytest.mark.django_db(transaction=True)
    def test_two_workers_count_everything(self, source: Person) -> None:
        others = make_department("交通局")
        cameras = [make_camera(source.department), make_camera(others)]
        found = [
            Inspection(
                camera=camera,
                source_department=camera.source_department,
                at=clock.now(),
                outcome=Outcome.INTACT,
            )
            for camera in cameras
        ]

        def often(mine: list[Inspection]) -> None:
            for _ in range(20):
                count_inspections(mine)

        at_once(lambda: often(found), lambda: often(found[::-1]))
        assert set(MonthlyScore.objects.values_list("inspections", flat=True)) == {40}

    def test_points_and_their_archives_are_noted(self, source: Person) -> None:
        for completeness in (80, 91):
            make_camera(source.department, completeness=completeness)
        inspected(make_camera(source.department, completeness=90), Outcome.INTACT)
        assert [count_points(), count_points()] == [1, 1]
        score = MonthlyScore.objects.get()
        assert (score.points, score.completeness, score.inspections) == (3, 87.0, 1)

    def test_who_has_no_points_any_more_has_none_in_the_score(self, source: Person) -> None:
        camera = make_camera(source.department, completeness=80)
        count_points()
        Camera.objects.filter(pk=camera.pk).update(publication=Publication.WITHDRAWN)
        assert count_points() == 0
        score = MonthlyScore.objects.get()
        assert (score.points, score.completeness) == (0, None)


class TestReading:
    @pytest.fixture
    def scores(self, source: Person) -> None:
        this, other = clock.today().replace(day=1), make_department("交通局")
        before = (this - timedelta(days=1)).replace(day=1)
        for department, month, online in (
            (source.department, before, 90),
            (source.department, this, 96),
            (other, this, 50),
        ):
            MonthlyScore.objects.create(
                department=department,
                month=month,
                inspections=100,
                online=online,
                key_online=100,
                key_intact=96 + (month == this),
            )

    def test_the_bureau_sees_all_and_others_their_own(
        self, scores: None, bureau: Person, source: Person
    ) -> None:
        assert [name for name, _ in rows(bureau)] == ["水利局", "交通局", "水利局"]
        assert {name for name, _ in rows(source)} == {"水利局"}
        assert rows(make_person(Role.DATA_SPECIALIST)) == []

    def test_a_month_and_a_department_can_be_chosen(
        self, scores: None, bureau: Person, source: Person
    ) -> None:
        this = f"{clock.today():%Y-%m}"
        assert len(rows(bureau, month=this)) == 2
        assert len(rows(bureau, department=str(source.department_id))) == 2

    def test_the_trend_is_against_the_month_before(self, scores: None, source: Person) -> None:
        told = browser_of(source).get("/api/v1/assessment/scores").json()["items"]
        assert [item["online_change"] for item in told] == [6.0, None]
        assert [item["key_intact_change"] for item in told] == [1.0, None]
        browser = browser_of(source)
        browser.cookies["columns_assessment_scores"] = "online_change.key_intact_change"
        page = browser.get("/assessment/").content.decode()
        assert "↑ 6.0" in page and "↑ 1.0" in page

    def test_a_month_without_its_predecessor_has_no_trend(self, scores: None, source: Person) -> None:
        MonthlyScore.objects.filter(online=90).update(month=date(2020, 1, 1))
        told = browser_of(source).get("/api/v1/assessment/scores").json()["items"]
        assert [item["online_change"] for item in told] == [None, None]

    def test_the_aims_are_told(self, source: Person) -> None:
        told = browser_of(source).get("/api/v1/assessment/aims").json()
        assert {each["score"]: each["aim"] for each in told} == {
            "online_rate": 95,
            "key_intact_rate": 98,
            "other_intact_rate": 95,
            "completeness": 95,
        }
        page = browser_of(source).get("/assessment/").content.decode()
        assert "一类完好率 98%" in page and "其他完好率 95%" in page

    def test_a_missed_aim_is_red_whatever_it_is_set_to(self, scores: None, source: Person) -> None:
        before = browser_of(source).get("/assessment/").content.decode()
        system = make_person(Role.SYSTEM_ADMINISTRATOR)
        aim = PARAMETERS["assessment.online"]
        set_parameter(actor=system, parameter=aim, value=99, seen=95, reason="提高要求")
        after = browser_of(source).get("/assessment/").content.decode()
        assert before.count("red") < after.count("red")

    def test_a_sort_by_rate_is_in_the_order_of_rates(self, scores: None, bureau: Person) -> None:
        page = browser_of(bureau).get("/assessment/", {"sort": "-online_rate"})
        found = [row.record.online_rate for row in page.context["table"].page.object_list]
        assert found == [96.0, 90.0, 50.0]

    def test_what_has_no_rate_is_last_however_it_is_sorted(self, scores: None, bureau: Person) -> None:
        MonthlyScore.objects.filter(online=50).update(inspections=0, online=0)
        for sort in ("online_rate", "-online_rate", "online_change", "-online_change"):
            page = browser_of(bureau).get("/assessment/", {"sort": sort})
            last = list(page.context["table"].page.object_list)[-1].record
            assert getattr(last, sort.lstrip("-")) is None

    def test_the_list_costs_few_queries(
        self, scores: None, bureau: Person, django_assert_max_num_queries: object
    ) -> None:
        browser = browser_of(bureau)
        browser.get("/assessment/")
        with django_assert_max_num_queries(22):  # type: ignore[operator]
            browser.get("/assessment/")
