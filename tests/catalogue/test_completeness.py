"""编目完整性: what counts, what costs, who is told, and that the scores follow."""

from typing import Any

import pytest

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.completeness import Scorer, rescore_everything, score_of
from gongshi.catalogue.completeness_actions import set_score_weight
from gongshi.catalogue.completeness_models import ScoreWeight
from gongshi.catalogue.completeness_queries import places, ranking, ranking_visible_to
from gongshi.catalogue.completeness_weights import DEFAULTS, PATHS, RULES, Kind, table_in_force
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Forbidden, Invalid, NotFound
from tests.catalogue.books import row, xlsx
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


def camera_of(department: Department | None = None, **fields: Any) -> Camera:
    """A point that breaks no rule."""
    given = {"longitude": 119.9229, "latitude": 28.4676, "code": None} | fields
    given["code"] = given["code"] or f"33110200001320{Camera.objects.count():06d}"
    return make_camera(department, **given)


class TestScore:
    def test_each_field_that_is_filled_in_counts(self) -> None:
        bare, fuller = camera_of(), camera_of(manufacturer="海康威视", installed_on="2024-03-01")
        assert score_of(bare).completeness < score_of(fuller).completeness < 100
        assert "manufacturer" in score_of(bare).missing
        assert "manufacturer" not in score_of(fuller).missing

    def test_what_the_class_asks_for_counts_more(self) -> None:
        first, third = camera_of(point_class="1"), camera_of(point_class="3")
        # 三类点 need no police station.
        assert DEFAULTS["police_station"].by_class == (3, 3, 1)
        assert score_of(first).completeness < score_of(third).completeness

    def test_a_point_without_a_path_lacks_something(self) -> None:
        assert PATHS in score_of(camera_of(platforms=())).missing
        assert PATHS not in score_of(camera_of()).missing

    def test_a_condition_is_asked_for_of_restricted_points_only(self) -> None:
        shared = score_of(camera_of(sharing_level="unconditional"))
        assert not {"sharing_condition", "no_sharing_ground"} & set(shared.missing)

    def test_a_broken_rule_costs_validity_and_nothing_else(self) -> None:
        good, bad = camera_of(), camera_of(gateway="10.99.0.1", retention_days=7)
        kept = camera_of(retention_days=30)
        assert score_of(good).validity == 100
        assert score_of(bad).validity == 100 - 30 - 10
        assert score_of(bad).failed == ["gateway_outside", "short_retention"]
        assert score_of(bad).completeness == score_of(kept).completeness

    def test_it_never_falls_below_nothing(self) -> None:
        for code in ("gateway_outside", "short_retention"):
            ScoreWeight.objects.create(key=code, class_1=90, class_2=90, class_3=90)
        assert score_of(camera_of(gateway="10.99.0.1", retention_days=7)).validity == 0

    def test_all_costs_three_queries_for_many_points(self, django_assert_num_queries: Any) -> None:
        cameras = [camera_of() for _ in range(3)]
        with django_assert_num_queries(3):
            scorer = Scorer()
            for camera in cameras:
                scorer.score(camera, has_paths=True)

    def test_every_rule_that_costs_is_declared(self) -> None:
        assert {weight.key for weight in table_in_force() if weight.kind is Kind.RULE} == set(RULES)


class TestKeeping:
    def test_publishing_brings_the_scores_with_it(
        self, police: Department, specialist: Person, reviewer: Person
    ) -> None:
        def publish(given: dict[str, Any]) -> Camera:
            file = xlsx([given])
            submission = submit_import(
                actor=specialist, department=police, title="", file=file, file_name="点位.xlsx"
            )
            decide_submission(actor=reviewer, submission=submission, verdict="approve")
            return Camera.objects.get(code=given["视频编号"])

        given = row(police)
        first = publish(given)
        assert (first.completeness, first.validity) == (score_of(first).completeness, 100)
        second = publish(given | {"安装时间": "", "录像保存天数": "7"})
        assert first.completeness is not None
        assert second.completeness is not None
        assert second.completeness < first.completeness
        assert second.validity == 90
        assert (second.completeness, second.validity) == (
            score_of(second).completeness,
            score_of(second).validity,
        )
        no_path = dict.fromkeys(("接入平台", "网络区域", "接入协议", "取流地址"), "")
        third = publish(given | no_path | {"安装时间": "", "录像保存天数": "7"})
        assert third.completeness == score_of(third).completeness
        assert third.completeness is not None
        assert third.completeness < second.completeness

    def test_the_job_brings_all_up_to_date_and_touches_only_what_differs(self) -> None:
        cameras = [camera_of() for _ in range(3)]
        assert rescore_everything() == 3
        assert rescore_everything() == 0
        Camera.objects.filter(pk=cameras[0].pk).update(manufacturer="大华")
        assert rescore_everything() == 1
        fresh = Camera.objects.get(pk=cameras[0].pk)
        assert fresh.completeness == score_of(fresh).completeness
        assert fresh.version == cameras[0].version


class TestWeights:
    def test_the_bureau_sets_what_a_field_counts(self, reviewer: Person) -> None:
        camera = camera_of()
        before = score_of(camera).completeness
        set_score_weight(actor=reviewer, key="manufacturer", by_class=(100, 1, 1))
        assert score_of(camera).completeness < before
        set_score_weight(actor=reviewer, key="manufacturer", by_class=(0, 0, 0))
        assert score_of(camera).completeness > before
        assert "manufacturer" not in score_of(camera).missing
        event = AuditEvent.objects.filter(action="catalogue:score_weight:set").latest("id")
        assert event.before == {"class_1": 100, "class_2": 1, "class_3": 1}
        assert event.after == {"class_1": 0, "class_2": 0, "class_3": 0}

    @pytest.mark.parametrize("role", [Role.DATA_SPECIALIST, Role.OPERATOR, Role.SYSTEM_ADMINISTRATOR])
    def test_nobody_else_does(self, role: Role) -> None:
        with pytest.raises(Forbidden):
            set_score_weight(actor=make_person(role), key="manufacturer", by_class=(9, 9, 9))
        assert not ScoreWeight.objects.exists()
        assert not AuditEvent.objects.filter(action="catalogue:score_weight:set").exists()

    def test_what_is_no_line_or_no_number_is_refused(self, reviewer: Person) -> None:
        with pytest.raises(NotFound):
            set_score_weight(actor=reviewer, key="nonsense", by_class=(1, 1, 1))
        with pytest.raises(Invalid, match="0 到 100"):
            set_score_weight(actor=reviewer, key="manufacturer", by_class=(1, -1, 1))
        assert not ScoreWeight.objects.exists()

    def test_on_the_page(self, reviewer: Person) -> None:
        browser = browser_of(reviewer)
        assert "厂商" in browser.get("/catalogue/completeness/weights/").content.decode()
        answer = browser.post(
            "/catalogue/completeness/weights/manufacturer/",
            {"class_1": "7", "class_2": "6", "class_3": "5"},
            follow=True,
        )
        assert "“厂商”的权重已修改" in answer.content.decode()
        assert browser.get("/catalogue/completeness/weights/nonsense/").status_code == 404

    def test_over_the_interface(self, reviewer: Person) -> None:
        browser = browser_of(reviewer)
        answer = browser.put(
            "/api/v1/catalogue/completeness/weights/manufacturer",
            {"by_class": [7, 6, 5]},
            content_type="application/json",
        )
        assert answer.json()["by_class"] == [7, 6, 5]
        lines = browser.get("/api/v1/catalogue/completeness/weights").json()
        assert [line["by_class"] for line in lines if not line["is_default"]] == [[7, 6, 5]]


class TestRanking:
    def scored(self, department: Department, completeness: int, **fields: Any) -> Camera:
        return camera_of(department, completeness=completeness, validity=100, **fields)

    def test_departments_stand_by_the_mean_of_their_published_points(self) -> None:
        good, poor, other = (make_department() for _ in range(3))
        self.scored(good, 90), self.scored(good, 70)
        self.scored(poor, 60)
        self.scored(other, 60)
        self.scored(poor, 100, publication=Publication.WITHDRAWN)
        found = {each.pk: each for each in ranking()}
        assert [vars(found[good.pk])[name] for name in ("points", "completeness", "low")] == [2, 80.0, 1]
        assert places() == {good.pk: 1, poor.pk: 2, other.pk: 2}

    def test_a_department_sees_itself_and_whom_it_leads(self, police: Department, reviewer: Person) -> None:
        other = make_department()
        self.scored(police, 60)
        self.scored(other, 90)
        own = make_person(Role.DEPARTMENT_HEAD, department=police)
        assert list(ranking_visible_to(own)) == [police]
        assert set(ranking_visible_to(reviewer)) == {police, other}
        assert not ranking_visible_to(make_person(Role.OPERATOR)).exists()
        page = browser_of(own).get("/catalogue/completeness/").content.decode()
        assert police.name in page
        assert other.name not in page
        assert '<td class="number">2</td>' in page
        answer = browser_of(own).get("/api/v1/catalogue/completeness").json()
        assert [(each["code"], each["place"]) for each in answer] == [(police.code, 2)]

    def test_an_operator_may_not_read_it(self) -> None:
        browser = browser_of(make_person(Role.OPERATOR))
        assert browser.get("/catalogue/completeness/").status_code == 403
        assert browser.get("/api/v1/catalogue/completeness").status_code == 403


class TestWhatIsShown:
    def test_the_page_of_a_camera_says_what_is_missing(self, police: Department, specialist: Person) -> None:
        camera = camera_of(police, retention_days=7)
        rescore_everything()
        page = browser_of(specialist).get(f"/catalogue/cameras/{camera.code}/").content.decode()
        assert "待补充" in page
        assert "厂商" in page
        assert "录像保存天数不应少于法定的 30 天" in page

    def test_a_stranger_sees_the_numbers_only(self) -> None:
        camera = camera_of(gateway="10.99.0.1")
        rescore_everything()
        page = browser_of(make_person(Role.VIEWER)).get(f"/catalogue/cameras/{camera.code}/").content.decode()
        assert "完整性" in page
        assert "待补充" not in page
        assert "网关须与" not in page

    def test_the_list_is_filtered_and_sorted_by_it(self) -> None:
        department = make_department()
        low, high = camera_of(department, completeness=40), camera_of(department, completeness=90)
        browser = browser_of(make_person(Role.VIEWER))
        page = browser.get("/catalogue/", {"completeness_max": "50"}).content.decode()
        assert low.code in page
        assert high.code not in page
        browser.cookies["columns_catalogue_cameras"] = "code.completeness"
        page = browser.get("/catalogue/", {"sort": "-completeness"}).content.decode()
        assert page.index(high.code) < page.index(low.code)
        assert browser.get("/api/v1/catalogue/cameras", {"completeness_max": "50"}).json()["count"] == 1
