"""Many points that are approved: the decision stands at once, a job publishes them all or none."""

import json
from collections.abc import Callable
from functools import partial

import pytest
from django.db import OperationalError

from gongshi.audit.models import AuditEvent
from gongshi.catalogue import actions, deciding, importing, publishing_job
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.draft_actions import draft_point
from gongshi.catalogue.models import Camera, Submission
from gongshi.catalogue.publishing_models import Publishing
from gongshi.catalogue.queries import edition
from gongshi.identity.actions import lock_person
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden
from gongshi.kernel.problems import WorkbookRefused
from gongshi.notices.models import Notice
from tests.at_once import at_once
from tests.catalogue.books import row, xlsx
from tests.catalogue.conftest import State
from tests.catalogue.importing import fresh, upload, work
from tests.factories import browser_of, make_person

BASE = "/api/v1/catalogue/submissions"
HandIn = Callable[..., Submission]


@pytest.fixture(autouse=True)
def two_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 1)


@pytest.fixture
def hand_in(specialist: Person, police: Department) -> HandIn:
    def submit(*rows: dict[str, object]) -> Submission:
        file = xlsx([*rows])
        return submit_import(actor=specialist, department=police, title="", file=file, file_name="点位.xlsx")

    return submit


def approve(reviewer: Person, submission: Submission, **how: object) -> Submission:
    return decide_submission(actor=reviewer, submission=submission, verdict="approve", **how)  # type: ignore[arg-type]


@pytest.mark.django_db
class TestPublishing:
    def test_the_decision_stands_at_once_and_the_catalogue_follows(
        self, hand_in: HandIn, police: Department, reviewer: Person, specialist: Person
    ) -> None:
        submission = approve(reviewer, hand_in(row(police), row(police)))
        assert (submission.state, submission.decided_by) == ("publishing", reviewer)
        assert not Camera.objects.exists()
        decided = AuditEvent.objects.get(action="catalogue:submission:decided")
        assert (decided.actor_id, decided.after) == (reviewer.pk, {"approved": 2, "returned": 0})
        assert work() == 1
        submission.refresh_from_db()
        assert (submission.state, Camera.objects.count(), edition()) == ("decided", 2, 1)
        assert not Publishing.objects.exists()
        published = AuditEvent.objects.filter(action="catalogue:camera:published")
        assert {event.actor_id for event in published} == {reviewer.pk}
        assert "通过 2 项，退回 0 项" in Notice.objects.get(person=specialist).text
        assert Notice.objects.filter(person=reviewer, text__endswith="已发布。").count() == 1

    def test_some_go_back_while_the_rest_is_published(
        self, hand_in: HandIn, police: Department, reviewer: Person
    ) -> None:
        submission = hand_in(*(row(police) for _ in range(3)))
        first = submission.changes.all()[0]
        approve(reviewer, submission, returned=[(first.pk, "地址不详")])
        work()
        verdicts = list(submission.changes.values_list("verdict", "reason"))
        assert verdicts == [("returned", "地址不详"), ("approved", ""), ("approved", "")]
        assert Camera.objects.count() == 2

    def test_a_job_that_runs_twice_publishes_once(
        self, hand_in: HandIn, police: Department, reviewer: Person
    ) -> None:
        submission = approve(reviewer, hand_in(row(police), row(police)))
        for _ in range(2):
            publishing_job.publish_decided(submission.pk)
        assert set(Camera.objects.values_list("version", flat=True)) == {1}
        assert AuditEvent.objects.filter(action="catalogue:camera:published").count() == 2

    def test_few_points_are_published_while_the_reviewer_waits(
        self, hand_in: HandIn, police: Department, reviewer: Person
    ) -> None:
        assert approve(reviewer, hand_in(row(police))).state == "decided"
        assert Camera.objects.count() == 1

    def test_whoever_waits_for_many_may(self, hand_in: HandIn, police: Department, reviewer: Person) -> None:
        assert approve(reviewer, hand_in(row(police), row(police)), at_once=True).state == "decided"
        assert Camera.objects.count() == 2

    def test_a_decision_stands_although_the_reviewer_is_locked_before_it_is_carried_out(
        self, hand_in: HandIn, police: Department, reviewer: Person
    ) -> None:
        submission = approve(reviewer, hand_in(row(police), row(police)))
        lock_person(actor=make_person(Role.SECURITY_ADMINISTRATOR), person=reviewer, reason="离岗")
        work()
        submission.refresh_from_db()
        assert (submission.state, Camera.objects.count()) == ("decided", 2)


@pytest.mark.django_db
class TestMeanwhile:
    def test_points_that_are_being_published_are_not_handed_in_again(
        self, hand_in: HandIn, police: Department, reviewer: Person, specialist: Person
    ) -> None:
        first, second = row(police), row(police)
        submission = approve(reviewer, hand_in(first, second))
        with pytest.raises(WorkbookRefused, match=f"{submission.number} 中等待审核"):
            hand_in(first | {"设备名称": "改名"}, row(police))
        with pytest.raises(Conflict, match=f"{submission.number} 中等待审核"):
            draft_point(actor=specialist, cells=first | {"设备名称": "改名"})
        whole = upload(specialist, police, xlsx([first | {"设备名称": "改名"}]))
        importing.check(whole)
        assert (fresh(whole).state, fresh(whole).faulty) == ("checked", 1)

    def test_a_camera_that_changed_meanwhile_sends_the_whole_back(
        self,
        hand_in: HandIn,
        police: Department,
        reviewer: Person,
        state: Callable[[], State],
    ) -> None:
        given = [row(police) for _ in range(3)]
        approve(reviewer, hand_in(*given), at_once=True)
        submission = hand_in(*(each | {"设备名称": "改名"} for each in given))
        kept = submission.changes.all()[2]
        approve(reviewer, submission, returned=[(kept.pk, "名称不规范")])
        Camera.objects.filter(code=given[0]["视频编号"]).update(version=7)
        cameras, number = list(Camera.objects.values()), edition()
        work()
        submission.refresh_from_db()
        assert (submission.state, submission.decided_by, submission.decided_at) == ("submitted", None, None)
        assert f"（{given[0]['视频编号']}） 在提交后已有新版本" in submission.failure
        assert (list(Camera.objects.values()), edition()) == (cameras, number)
        assert set(submission.changes.values_list("verdict", flat=True)) == {"open"}
        assert not Publishing.objects.exists()
        event = AuditEvent.objects.get(action="catalogue:submission:not_published")
        assert event.reason == submission.failure
        notice = Notice.objects.filter(person=reviewer, text__contains="未能发布").get()
        assert notice.url == f"/catalogue/submissions/{submission.pk}/"

        page = browser_of(reviewer).get(f"/catalogue/submissions/{submission.pk}/").content.decode()
        assert "上次审核后未能发布，目录没有改变" in page and submission.failure in page
        assert f"{kept.code} 名称不规范" in page, "what was decided is not typed twice"
        stale = submission.changes.get(code=given[0]["视频编号"])
        approve(reviewer, submission, returned=[(stale.pk, "已有新版本"), (kept.pk, "名称不规范")])
        submission.refresh_from_db()
        assert (submission.state, submission.failure) == ("decided", "")
        assert Camera.objects.filter(name="改名").count() == 1

    def test_what_was_noted_before_is_forgotten_when_all_is_approved(
        self, hand_in: HandIn, police: Department, reviewer: Person
    ) -> None:
        submission = hand_in(*(row(police) for _ in range(3)))
        submission.changes.filter(pk=submission.changes.all()[0].pk).update(reason="以前的理由")
        approve(reviewer, submission)
        work()
        assert Camera.objects.count() == 3

    def test_what_breaks_for_no_reason_that_we_know_goes_back_too(
        self, hand_in: HandIn, police: Department, reviewer: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = approve(reviewer, hand_in(row(police), row(police)))
        breaking(monkeypatch, ValueError("a fault of ours"))
        with pytest.raises(ValueError, match="a fault of ours"):
            publishing_job.publish_decided(submission.pk)
        submission.refresh_from_db()
        assert (submission.state, Camera.objects.count()) == ("submitted", 0)
        assert "发布时出错，请重新审核" in submission.failure

    def test_when_the_database_is_away_the_job_is_tried_again(
        self, hand_in: HandIn, police: Department, reviewer: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = approve(reviewer, hand_in(row(police), row(police)))
        breaking(monkeypatch, OperationalError("the connection is lost"))
        with pytest.raises(OperationalError):
            publishing_job.publish_decided(submission.pk)
        submission.refresh_from_db()
        assert (submission.state, submission.failure, Camera.objects.count()) == ("publishing", "", 0)
        monkeypatch.undo()
        work()
        assert Camera.objects.count() == 2


def breaking(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Lets a publishing fail after it has written."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(deciding, "_record_published", fail)


@pytest.mark.django_db
class TestWhoSees:
    def test_page_and_interface_tell_how_far_it_is(
        self, hand_in: HandIn, police: Department, reviewer: Person, specialist: Person
    ) -> None:
        submission = hand_in(row(police), row(police))
        body = json.dumps({"verdict": "approve"})
        browser = browser_of(reviewer)
        answer = browser.post(f"{BASE}/{submission.pk}/decision", body, content_type="application/json")
        assert (answer.status_code, answer.json()["state"]) == (202, "publishing")
        for watching in (browser, browser_of(specialist)):
            page = watching.get(f"/catalogue/submissions/{submission.pk}/").content.decode()
            assert "发布中" in page and "共 2 项" in page and 'hx-trigger="every 2s"' in page
            assert "提交审核结论" not in page
            told = watching.get(f"{BASE}/{submission.pk}/publishing").json()
            assert told == {"state": "publishing", "failure": "", "total": 2, "done": 0}
        work()
        told = browser.get(f"{BASE}/{submission.pk}/publishing").json()
        assert told == {"state": "decided", "failure": "", "total": 0, "done": 0}
        page = browser.get(f"/catalogue/submissions/{submission.pk}/", headers={"HX-Target": "progress"})
        assert page.headers["HX-Refresh"] == "true"

    def test_others_are_told_nothing(self, hand_in: HandIn, police: Department, reviewer: Person) -> None:
        submission = approve(reviewer, hand_in(row(police), row(police)))
        for role in (Role.DATA_SPECIALIST, Role.VIEWER, Role.SECURITY_ADMINISTRATOR):
            told = browser_of(make_person(role)).get(f"{BASE}/{submission.pk}/publishing")
            assert told.status_code == 404

    def test_nobody_decides_about_what_is_being_published(
        self, hand_in: HandIn, police: Department, reviewer: Person, state: Callable[[], State]
    ) -> None:
        submission = approve(reviewer, hand_in(row(police), row(police)))
        before = state()
        with pytest.raises(Conflict, match="正在发布，不能再次审核"):
            approve(make_person(Role.BUREAU_ADMINISTRATOR), submission)
        with pytest.raises(Forbidden):
            approve(make_person(Role.SOURCE_REVIEWER), submission)
        assert (state(), Publishing.objects.count()) == (before, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_has_it_published(hand_in: HandIn, police: Department) -> None:
    submission = hand_in(row(police), row(police))
    reviewers = [make_person(Role.BUREAU_ADMINISTRATOR) for _ in range(2)]
    outcomes = at_once(*(partial(approve, person, submission) for person in reviewers))
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "Submission"]
    assert work() == 1
    assert (Camera.objects.count(), edition()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_publishes(hand_in: HandIn, police: Department, reviewer: Person) -> None:
    submission = approve(reviewer, hand_in(row(police), row(police)))
    step = partial(publishing_job.publish_decided, submission.pk)
    assert at_once(step, step) == [None, None]
    assert work() == 1, "the job itself finds nothing to do any more"
    assert (Camera.objects.count(), edition()) == (2, 1)
    assert AuditEvent.objects.filter(action="catalogue:camera:published").count() == 2
