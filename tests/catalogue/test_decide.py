"""Review: what is published, what goes back, and that nobody reviews his own work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction

from gongshi.audit.models import AuditEvent
from gongshi.audit.stored import is_as_written
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.models import Camera, Submission
from gongshi.catalogue.queries import edition
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, GongshiError, Invalid
from gongshi.notices.models import Notice
from tests.catalogue.books import row, xlsx
from tests.catalogue.conftest import State
from tests.factories import make_department, make_person


@pytest.fixture
def hand_in(specialist: Person, police: Department) -> Callable[..., Submission]:
    def submit(*rows: dict[str, object]) -> Submission:
        return submit_import(
            actor=specialist, department=police, title="", file=xlsx(list(rows)), file_name="点位.xlsx"
        )

    return submit


@pytest.mark.django_db
class TestApproval:
    def test_every_field_of_the_row_is_published(
        self, hand_in: Callable[..., Submission], police: Department, reviewer: Person
    ) -> None:
        given = row(police)
        decide_submission(actor=reviewer, submission=hand_in(given), verdict="approve")
        camera = Camera.objects.get()
        assert (camera.code, camera.name, camera.version) == (given["视频编号"], given["设备名称"], 1)
        assert (camera.source_department, camera.longitude, camera.latitude) == (police, 119.9229, 28.4676)
        assert (camera.ip_address, camera.vlan, camera.netmask) == (given["IP地址"], 33, "255.255.255.0")
        assert str(camera.installed_on) == "2024-03-01"
        path = camera.paths.get()
        assert (path.platform, path.protocol, path.main_url) == ("sharing", "rtsp", given["取流地址"])

    def test_an_update_raises_the_version_and_keeps_the_path_and_its_stream(
        self, hand_in: Callable[..., Submission], police: Department, reviewer: Person
    ) -> None:
        given = row(police)
        decide_submission(actor=reviewer, submission=hand_in(given), verdict="approve")
        path = Camera.objects.get().paths.get()
        changed = given | {"使用状态": "拆除", "取流地址": "rtsp://new.example/main", "安装时间": ""}
        submission = hand_in(changed, row(police))
        assert Camera.objects.get().use_state == "1", "the published values stay valid until approval"
        decide_submission(actor=reviewer, submission=submission, verdict="approve")
        camera = Camera.objects.get(code=given["视频编号"])
        assert (camera.version, camera.use_state, camera.installed_on) == (2, "3", None)
        assert (camera.paths.get().stream, camera.paths.get().main_url) == (
            path.stream,
            "rtsp://new.example/main",
        )

    def test_a_path_that_is_no_longer_named_goes_and_a_new_one_comes(
        self, hand_in: Callable[..., Submission], police: Department, reviewer: Person
    ) -> None:
        given = row(police)
        decide_submission(actor=reviewer, submission=hand_in(given), verdict="approve")
        moved = given | {"接入平台": "市大数据局汇聚平台", "网络区域": "视频专线"}
        decide_submission(actor=reviewer, submission=hand_in(moved), verdict="approve")
        assert [path.platform for path in Camera.objects.get().paths.all()] == ["bureau"]

    def test_each_publishing_is_a_new_edition(
        self, hand_in: Callable[..., Submission], police: Department, reviewer: Person
    ) -> None:
        assert edition() == 0
        decide_submission(actor=reviewer, submission=hand_in(row(police)), verdict="approve")
        decide_submission(actor=reviewer, submission=hand_in(row(police)), verdict="approve")
        assert edition() == 2

    def test_every_camera_is_recorded_without_its_network(
        self, hand_in: Callable[..., Submission], police: Department, reviewer: Person
    ) -> None:
        submission = hand_in(row(police), row(police))
        decide_submission(actor=reviewer, submission=submission, verdict="approve")
        events = AuditEvent.objects.filter(action="catalogue:camera:published")
        assert {event.object_id for event in events} == {
            str(key) for key in Camera.objects.values_list("pk", flat=True)
        }
        for event in events:
            assert is_as_written(event)
            assert event.reason == submission.number
            assert "10.1.2." not in str(event.after)
            assert "ip_address" in event.after["network_fields_changed"]
        assert AuditEvent.objects.get(action="catalogue:submission:decided").actor_id == reviewer.pk

    def test_the_compiler_is_told(
        self, hand_in: Callable[..., Submission], police: Department, reviewer: Person, specialist: Person
    ) -> None:
        decide_submission(actor=reviewer, submission=hand_in(row(police)), verdict="approve")
        assert "通过 1 项，退回 0 项" in Notice.objects.get(person=specialist).text


@pytest.mark.django_db
class TestReturn:
    def test_some_go_back_with_their_reasons_and_the_rest_is_published(
        self, hand_in: Callable[..., Submission], police: Department, reviewer: Person
    ) -> None:
        submission = hand_in(row(police), row(police))
        first, second = submission.changes.all()
        decide_submission(
            actor=reviewer, submission=submission, verdict="approve", returned=[(first.pk, "地址不详")]
        )
        assert [camera.code for camera in Camera.objects.all()] == [second.code]
        first.refresh_from_db()
        assert (first.verdict, first.reason) == ("returned", "地址不详")
        assert AuditEvent.objects.get(action="catalogue:change:returned").reason == "地址不详"

    def test_all_go_back_with_one_reason_and_may_come_again(
        self, hand_in: Callable[..., Submission], police: Department, reviewer: Person
    ) -> None:
        given = row(police)
        submission = hand_in(given)
        decide_submission(actor=reviewer, submission=submission, verdict="return", reason="请补充依据")
        assert not Camera.objects.exists()
        assert edition() == 0
        assert hand_in(given).changes.count() == 1

    @pytest.mark.parametrize(
        ("verdict", "reason", "returned", "sentence"),
        [
            ("return", "  ", [], "退回须写明理由"),
            ("perhaps", "", [], "请选择通过或退回"),
            ("approve", "", [(0, "理由")], "没有编号为 0 的变更"),
            ("approve", "", [(None, " ")], "须写明理由"),
            ("return", "长" * 301, [], "最多 300 个字"),
        ],
    )
    def test_a_decision_that_says_too_little_is_refused(
        self,
        hand_in: Callable[..., Submission],
        police: Department,
        reviewer: Person,
        state: Callable[[], State],
        verdict: str,
        reason: str,
        returned: list[tuple[int | None, str]],
        sentence: str,
    ) -> None:
        submission = hand_in(row(police))
        change = submission.changes.get()
        named = [(change.pk if key is None else key, why) for key, why in returned]
        before = state()
        with pytest.raises(Invalid, match=sentence):
            decide_submission(
                actor=reviewer, submission=submission, verdict=verdict, reason=reason, returned=named
            )
        change.refresh_from_db()
        assert change.verdict == "open"
        assert state() == before


@pytest.mark.django_db
class TestWhoMay:
    @pytest.mark.parametrize("role", [role for role in Role if role != Role.BUREAU_ADMINISTRATOR])
    def test_other_roles_may_not(
        self,
        role: Role,
        hand_in: Callable[..., Submission],
        police: Department,
        state: Callable[[], State],
    ) -> None:
        submission, person = hand_in(row(police)), make_person(role)
        before = state()
        with pytest.raises(Forbidden):
            decide_submission(actor=person, submission=submission, verdict="approve")
        assert state() == before

    def test_nobody_reviews_what_he_compiled(self, reviewer: Person, state: Callable[[], State]) -> None:
        orphan = make_department()
        file = xlsx([row(orphan)])
        own = submit_import(actor=reviewer, department=orphan, title="", file=file, file_name="a.xlsx")
        before = state()
        with pytest.raises(Conflict, match="编目与审核须由不同的人办理"):
            decide_submission(actor=reviewer, submission=own, verdict="approve")
        assert state() == before
        with pytest.raises(IntegrityError), transaction.atomic():
            Submission.objects.update(decided_by=reviewer)

    def test_a_decision_is_final(
        self,
        hand_in: Callable[..., Submission],
        police: Department,
        reviewer: Person,
        state: Callable[[], State],
    ) -> None:
        submission = hand_in(row(police))
        decide_submission(actor=reviewer, submission=submission, verdict="approve")
        before = state()
        with pytest.raises(Conflict, match="已审核，不能再次审核"):
            decide_submission(actor=reviewer, submission=submission, verdict="return", reason="改主意")
        assert state() == before


@pytest.mark.django_db
class TestConflicts:
    def test_a_camera_that_changed_meanwhile_is_not_overwritten(
        self,
        hand_in: Callable[..., Submission],
        police: Department,
        reviewer: Person,
        state: Callable[[], State],
    ) -> None:
        given = row(police)
        decide_submission(actor=reviewer, submission=hand_in(given), verdict="approve")
        submission = hand_in(given | {"使用状态": "拆除"})
        Camera.objects.update(version=2, status="offline")
        before = state()
        with pytest.raises(Conflict, match=f"{given['视频编号']}.*在提交后已有新版本"):
            decide_submission(actor=reviewer, submission=submission, verdict="approve")
        assert Camera.objects.get().status == "offline"
        assert state() == before

    def test_a_code_that_another_batch_published_first_is_not_taken_over(
        self, hand_in: Callable[..., Submission], police: Department, reviewer: Person
    ) -> None:
        given = row(police)
        late = hand_in(given)
        # A camera waits for one review at a time, so the first batch steps aside for a moment.
        Submission.objects.filter(pk=late.pk).update(state="decided")
        rival = hand_in(given)
        Submission.objects.filter(pk=late.pk).update(state="submitted")
        decide_submission(actor=reviewer, submission=rival, verdict="approve")
        with pytest.raises(Conflict, match="在提交后已由其他批次发布"):
            decide_submission(actor=reviewer, submission=late, verdict="approve")
        assert Camera.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_decides(hand_in: Callable[..., Submission], police: Department) -> None:
    submission = hand_in(row(police))
    reviewers = [make_person(Role.BUREAU_ADMINISTRATOR) for _ in range(2)]

    def decide(person: Person) -> str:
        try:
            return decide_submission(actor=person, submission=submission, verdict="approve").state
        except GongshiError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(decide, reviewers)) == ["conflict", "decided"]
    assert Camera.objects.get().version == 1
    assert AuditEvent.objects.filter(action="catalogue:camera:published").count() == 1
