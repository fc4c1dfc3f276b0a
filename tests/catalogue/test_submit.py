"""Handing in: what becomes a change, what does not, and who may."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import submit_import
from gongshi.catalogue.models import Camera, Change, Submission
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Forbidden, GongshiError, Invalid
from gongshi.kernel.problems import WorkbookRefused
from gongshi.notices.models import Notice
from tests.catalogue.books import csv_file, row, xlsx
from tests.catalogue.conftest import State
from tests.factories import make_camera, make_department, make_person


def hand_in(person: Person, department: Department, *rows: dict[str, object]) -> Submission:
    return submit_import(
        actor=person, department=department, title="年度编目", file=xlsx(list(rows)), file_name="点位.xlsx"
    )


@pytest.mark.django_db
class TestSubmission:
    def test_new_rows_become_changes_and_no_camera_yet(self, specialist: Person, police: Department) -> None:
        submission = hand_in(specialist, police, row(police), row(police))
        assert submission.number.startswith("BM-")
        assert [change.kind for change in submission.changes.all()] == ["create", "create"]
        assert not Camera.objects.exists()

    def test_it_is_recorded_and_the_reviewers_are_told(
        self, specialist: Person, police: Department, reviewer: Person
    ) -> None:
        submission = hand_in(specialist, police, row(police))
        event = AuditEvent.objects.get(action="catalogue:submission:submitted")
        assert (event.actor_id, event.object_label) == (specialist.pk, str(submission))
        assert Notice.objects.get().person == reviewer

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_csv_is_read_in_the_usual_encodings(
        self, specialist: Person, police: Department, encoding: str
    ) -> None:
        file = csv_file([row(police, 设备名称="丽阳门枪机")], encoding=encoding)
        submission = submit_import(
            actor=specialist, department=police, title="", file=file, file_name="A.CSV"
        )
        assert submission.changes.get().proposed["name"] == "丽阳门枪机"
        assert submission.title == "A.CSV"

    def test_numbers_and_dates_of_a_spreadsheet_are_taken(
        self, specialist: Person, police: Department
    ) -> None:
        change = hand_in(
            specialist,
            police,
            row(police, 经度=119.9229, 纬度=28.4676, VLAN=33.0, 录像保存天数=45, 安装时间="20240301"),
        ).changes.get()
        assert change.proposed["longitude"] == 119.9229
        assert (change.proposed["vlan"], change.proposed["retention_days"]) == (33, 45)
        assert change.proposed["installed_on"] == "2024-03-01"

    def test_one_row_may_name_a_path_for_each_platform(self, specialist: Person, police: Department) -> None:
        change = hand_in(
            specialist, police, row(police, 接入平台="共享总平台、市大数据局汇聚平台")
        ).changes.get()
        assert len(change.proposed["paths"]) == 2

    def test_addresses_are_unreadable_in_the_database_and_absent_from_the_record(
        self, specialist: Person, police: Department
    ) -> None:
        hand_in(specialist, police, row(police, 取流地址="rtsp://admin:topsecret@10.1.2.9/main"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(c)::text FROM catalogue_change c")
            assert "topsecret" not in cursor.fetchone()[0]
            cursor.execute("SELECT string_agg(row_to_json(e)::text, '') FROM audit_auditevent e")
            assert "10.1.2." not in cursor.fetchone()[0]

    def test_only_what_differs_is_proposed(self, specialist: Person, police: Department) -> None:
        first = row(police)
        approve(hand_in(specialist, police, first))
        change = hand_in(specialist, police, first | {"使用状态": "拆除"}, row(police)).changes.first()
        assert change is not None
        assert (change.kind, change.previous, change.proposed) == (
            "update",
            {"use_state": "1"},
            {"use_state": "3"},
        )

    def test_an_empty_address_keeps_the_one_that_is_there(
        self, specialist: Person, police: Department
    ) -> None:
        first = row(police)
        approve(hand_in(specialist, police, first))
        approve(hand_in(specialist, police, first | {"取流地址": "", "网络区域": "视频专线"}))
        path = Camera.objects.get().paths.get()
        assert (path.main_url, path.network_zone) == (first["取流地址"], "line")

    def test_nothing_to_change_is_told(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        first = row(police)
        approve(hand_in(specialist, police, first))
        before = state()
        with pytest.raises(Invalid, match="没有需要变更的点位"):
            hand_in(specialist, police, first)
        assert state() == before

    def test_the_same_content_is_not_taken_twice_while_it_waits(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        first = row(police)
        number = hand_in(specialist, police, first).number
        before = state()
        with pytest.raises(Conflict, match=f"{number} 中等待审核，请勿重复提交"):
            hand_in(specialist, police, first)
        with pytest.raises(WorkbookRefused, match=f"第 3 行“视频编号”：.*{number} 中等待审核"):
            hand_in(specialist, police, row(police), first)
        assert state() == before

    def test_doubtful_rows_are_taken_with_a_warning(self, specialist: Person, police: Department) -> None:
        submission = hand_in(specialist, police, row(police, 录像保存天数="7"))
        assert submission.warnings == ["第 2 行“录像保存天数”：7 天少于法定的 30 天，请督促整改。"]

    @pytest.mark.parametrize(
        ("cells", "doubtful"),
        [
            ({"取流地址": "rtsp://admin:secret@10.9.9.9/main"}, True),
            ({"取流地址": "rtsp://admin:secret@[2001:db8::9]:554/main"}, True),
            ({"取流地址": "rtsp://10.1.2.77/main", "IP地址": "10.1.2.77"}, False),
            ({"取流地址": "rtsp://recorder.example/main"}, False),
            ({"取流地址": ""}, False),
            ({"取流地址": "rtsp://10.9.9.9/main", "接入协议": "外部平台"}, False),
        ],
    )
    def test_an_address_at_another_host_is_taken_with_a_warning_that_does_not_show_it(
        self, specialist: Person, police: Department, cells: dict[str, str], doubtful: bool
    ) -> None:
        submission = hand_in(specialist, police, row(police, **cells))
        warning = "第 2 行“取流地址”：取流地址的主机不是本点位的IP地址，请核实。"
        assert submission.warnings == ([warning] if doubtful else [])

    def test_a_camera_that_says_it_is_not_secret_is_taken(
        self, specialist: Person, police: Department
    ) -> None:
        assert hand_in(specialist, police, row(police, 备注="非涉密点位")).changes.count() == 1

    def test_many_rows_take_as_many_queries_as_few(self, specialist: Person, police: Department) -> None:
        assert specialist.roles  # read once a person
        files = [xlsx([row(police) for _ in range(length)]) for length in (10, 400)]
        counts = []
        for file in files:
            with CaptureQueriesContext(connection) as queries:
                submit_import(actor=specialist, department=police, title="", file=file, file_name="a.xlsx")
            counts.append(len(queries))
        assert counts[0] == counts[1]


@pytest.mark.django_db
class TestWhoMay:
    @pytest.mark.parametrize(
        "role", [role for role in Role if role not in {Role.DATA_SPECIALIST, Role.BUREAU_ADMINISTRATOR}]
    )
    def test_other_roles_may_not(
        self, role: Role, police: Department, specialist: Person, state: Callable[[], State]
    ) -> None:
        person = make_person(role, department=police)
        before = state()
        with pytest.raises(Forbidden):
            hand_in(person, police, row(police))
        assert state() == before

    def test_nobody_compiles_for_another_department(
        self, police: Department, specialist: Person, state: Callable[[], State]
    ) -> None:
        stranger = make_person(Role.DATA_SPECIALIST)
        before = state()
        with pytest.raises(Forbidden):
            hand_in(stranger, police, row(police))
        assert state() == before

    def test_nobody_takes_over_the_camera_of_another_department(
        self, police: Department, specialist: Person, state: Callable[[], State]
    ) -> None:
        camera = make_camera(make_department("丽水市水利局"))
        before = state()
        with pytest.raises(WorkbookRefused, match=f"{camera.code} 由“丽水市水利局”编目，您不能修改"):
            hand_in(specialist, police, row(police, 视频编号=camera.code))
        assert state() == before

    def test_the_supervisor_compiles_for_a_third_party(self, specialist: Person, police: Department) -> None:
        firm = make_department("某某物业", kind=DepartmentKind.ENTERPRISE, supervisor=police)
        third = row(police, 所属单位=firm.name, 点位分类="三类点")
        assert hand_in(specialist, firm, third).department == firm

    def test_the_bureau_compiles_where_there_is_no_specialist(self, reviewer: Person) -> None:
        orphan = make_department("丽水市档案馆")
        assert hand_in(reviewer, orphan, row(orphan)).changes.count() == 1

    def test_the_bureau_does_not_where_there_is_one(
        self, reviewer: Person, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        before = state()
        with pytest.raises(Forbidden):
            hand_in(reviewer, police, row(police))
        assert state() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_in_the_same_file_at_once_one_wins(specialist: Person, police: Department) -> None:
    content = xlsx([row(police) for _ in range(20)]).getvalue()

    def submit(_: int) -> str:
        try:
            return submit_import(
                actor=specialist, department=police, title="", file=io.BytesIO(content), file_name="a.xlsx"
            ).number
        except GongshiError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        results = sorted(threads.map(submit, range(2)))
    assert results[1] == "conflict"
    assert Submission.objects.count() == 1
    assert Change.objects.count() == 20


def approve(submission: Submission) -> Submission:
    from gongshi.catalogue.actions import decide_submission

    reviewer = make_person(Role.BUREAU_ADMINISTRATOR)
    return decide_submission(actor=reviewer, submission=submission, verdict="approve")
