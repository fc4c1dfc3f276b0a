"""The pages: list, camera, handing in, review."""

import io
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.columns import HEADS
from gongshi.catalogue.models import Camera, Submission
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Invalid
from tests.catalogue.books import row, xlsx
from tests.catalogue.conftest import State
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission(specialist: Person, police: Department) -> Submission:
    return submit_import(
        actor=specialist,
        department=police,
        title="年度编目",
        file=xlsx([row(police), row(police, 录像保存天数="7")]),
        file_name="点位.xlsx",
    )


class TestCameraList:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, {"A-1", "B-2"}),
            ({"q": "A-"}, {"A-1"}),
            ({"q": "水库"}, {"B-2"}),
            ({"address": "碧湖"}, {"B-2"}),
            ({"sharing_level": "restricted"}, {"B-2"}),
            ({"opening_level": "unconditional"}, {"A-1"}),
            ({"device_type": "3"}, {"B-2"}),
            ({"status": "offline"}, {"A-1"}),
            ({"transmission": "mobile"}, {"B-2"}),
            ({"region": "331121"}, set()),
            ({"point_class": "2"}, {"B-2"}),
        ],
    )
    def test_each_filter_of_the_standard_finds_its_points(
        self, query: dict[str, str], found: set[str]
    ) -> None:
        make_camera(code="A-1", name="人民街", opening_level="unconditional", status="offline")
        make_camera(
            code="B-2",
            name="水库大坝",
            address="碧湖镇",
            sharing_level="restricted",
            device_type="3",
            transmission="mobile",
            point_class="2",
        )
        page = browser_of(make_person(Role.VIEWER)).get("/catalogue/", query)
        assert page.status_code == 200
        assert {camera.code for camera in page.context["table"].data} == found

    def test_owner_and_source_find_theirs(self) -> None:
        camera, _ = make_camera(), make_camera()
        client = browser_of(make_person(Role.VIEWER))
        for name in ("owner", "source_department"):
            page = client.get("/catalogue/", {name: camera.owner_id})
            assert [each.pk for each in page.context["table"].data] == [camera.pk]

    def test_it_takes_few_queries_however_long(self) -> None:
        client = browser_of(make_person(Role.VIEWER))
        counts = []
        for _ in range(2):
            for _ in range(5):
                make_camera()
            client.get("/catalogue/")
            with CaptureQueriesContext(connection) as queries:
                client.get("/catalogue/")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 12

    @pytest.mark.parametrize("role", [Role.AUDIT_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR])
    def test_administrators_without_business_may_not(self, role: Role) -> None:
        camera = make_camera()
        client = browser_of(make_person(role))
        assert client.get("/catalogue/").status_code == 403
        assert client.get(f"/catalogue/cameras/{camera.code}/").status_code == 403


class TestExport:
    def published(self, police: Department, specialist: Person, reviewer: Person) -> None:
        given = [
            row(police, 接入平台="共享总平台、市大数据局汇聚平台", 运维联系方式="+86-138"),
            row(
                police, IP地址="2001:db8::2", 网关="2001:DB8::1", 子网掩码="64", 录像保存天数="", 安装时间=""
            ),
            row(police, 接入平台="", 网络区域="", 接入协议="", 取流地址="", 设备名称="=1+1"),
        ]
        submission = submit_import(
            actor=specialist, department=police, title="", file=xlsx(given), file_name="a.xlsx"
        )
        decide_submission(actor=reviewer, submission=submission, verdict="approve")

    @pytest.mark.parametrize("kind", ["xlsx", "csv"])
    def test_what_is_exported_is_the_same_when_handed_in_again(
        self, kind: str, police: Department, specialist: Person, reviewer: Person
    ) -> None:
        self.published(police, specialist, reviewer)
        exported = browser_of(specialist).get("/catalogue/", {"_export": kind}).getvalue()
        with pytest.raises(Invalid, match="没有需要变更的点位"):
            submit_import(
                actor=specialist,
                department=police,
                title="",
                file=io.BytesIO(exported),
                file_name=f"a.{kind}",
            )

    def test_it_never_has_the_address_of_a_stream(
        self, police: Department, specialist: Person, reviewer: Person
    ) -> None:
        self.published(police, specialist, reviewer)
        for person in (specialist, reviewer):
            assert b"rtsp" not in browser_of(person).get("/catalogue/", {"_export": "csv"}).getvalue()

    def test_network_columns_are_left_out_for_others(self) -> None:
        camera = make_camera()
        viewer = make_person(Role.VIEWER)
        exported = browser_of(viewer).get("/catalogue/", {"_export": "csv"}).getvalue().decode()
        assert "视频编号" in exported
        assert "网关" not in exported
        assert str(camera.ip_address) not in exported

    def test_network_stands_in_the_own_rows_only(self, police: Department, specialist: Person) -> None:
        own, other = make_camera(police), make_camera()
        exported = browser_of(specialist).get("/catalogue/", {"_export": "csv"}).getvalue().decode()
        assert str(own.ip_address) in exported
        assert str(other.ip_address) not in exported


class TestCameraPage:
    def test_the_archive_is_shown_in_groups_with_its_history(
        self, submission: Submission, reviewer: Person, specialist: Person
    ) -> None:
        decide_submission(actor=reviewer, submission=submission, verdict="approve")
        camera = Camera.objects.earliest("pk")
        page = browser_of(specialist).get(f"/catalogue/cameras/{camera.code}/").content.decode()
        for words in (
            camera.name,
            "共享与开放",
            "10.1.2.1",
            "接入路径",
            "已登记（不显示）",
            submission.number,
        ):
            assert words in page
        assert "rtsp" not in page

    def test_network_and_paths_are_hidden_from_other_departments(self) -> None:
        camera = make_camera()
        page = browser_of(make_person(Role.VIEWER)).get(f"/catalogue/cameras/{camera.code}/").content.decode()
        assert camera.name in page
        for words in ("网关", "接入路径", str(camera.ip_address)):
            assert words not in page

    def test_changes_of_the_network_are_hidden_from_other_departments(
        self, submission: Submission, reviewer: Person, specialist: Person, police: Department
    ) -> None:
        decide_submission(actor=reviewer, submission=submission, verdict="approve")
        code = Camera.objects.earliest("pk").code
        changed = row(police, 视频编号=code, IP地址="10.1.2.99", 设备名称="换了名字")
        again = submit_import(
            actor=specialist, department=police, title="", file=xlsx([changed]), file_name="a.xlsx"
        )
        decide_submission(actor=reviewer, submission=again, verdict="approve")
        page = browser_of(make_person(Role.VIEWER)).get(f"/catalogue/cameras/{code}/").content.decode()
        assert "换了名字" in page
        assert "10.1.2." not in page

    def test_a_withdrawn_or_unknown_camera_is_not_found(self) -> None:
        client = browser_of(make_person(Role.VIEWER))
        camera = make_camera(publication="withdrawn")
        assert client.get(f"/catalogue/cameras/{camera.code}/").status_code == 404
        assert client.get("/catalogue/cameras/none/").status_code == 404


class TestSubmit:
    def test_what_is_no_workbook_is_refused_and_what_was_typed_stays(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        client = browser_of(specialist)
        file = io.BytesIO(b"%PDF-1.7")
        file.name = "点位.pdf"
        before = state()
        answer = client.post("/catalogue/submit/", {"department": police.pk, "title": "年度", "file": file})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "只支持 .xlsx 和 .csv 文件" in page
        assert 'value="年度"' in page
        assert state() == before

    def test_only_departments_that_one_compiles_for_are_offered(
        self, specialist: Person, police: Department, state: Callable[[], State]
    ) -> None:
        client, other = browser_of(specialist), make_department("丽水市水利局")
        assert "丽水市水利局" not in client.get("/catalogue/submit/").content.decode()
        before = state()
        file = xlsx([row(other)])
        file.name = "a.xlsx"
        page = client.post("/catalogue/submit/", {"department": other.pk, "file": file})
        assert page.context["form"].errors["department"]
        assert state() == before

    @pytest.mark.parametrize(
        "role", [Role.VIEWER, Role.SOURCE_REVIEWER, Role.OPERATOR, Role.AUDIT_ADMINISTRATOR]
    )
    def test_other_roles_may_not(self, role: Role, police: Department) -> None:
        client = browser_of(make_person(role, department=police))
        assert client.get("/catalogue/submit/").status_code == 403
        assert client.get("/catalogue/submit/template.xlsx").status_code == 403
        assert client.post("/catalogue/submit/", {}).status_code == 403

    def test_the_template_has_the_heads_and_can_be_filled_in(self, specialist: Person) -> None:
        answer = browser_of(specialist).get("/catalogue/submit/template.xlsx")
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        assert book.sheet_names == ["点位", "说明", "可选值"]
        assert tuple(book.get_sheet_by_name("点位").to_python()[0]) == HEADS
        with pytest.raises(Invalid, match="表头下面没有数据行"):
            submit_import(
                actor=specialist,
                department=specialist.department,
                title="",
                file=io.BytesIO(answer.content),
                file_name="编目模板.xlsx",
            )


class TestReview:
    def test_the_list_shows_each_department_its_own(self, submission: Submission, specialist: Person) -> None:
        assert submission.number in browser_of(specialist).get("/catalogue/submissions/").content.decode()
        stranger = browser_of(make_person(Role.DATA_SPECIALIST))
        assert submission.number not in stranger.get("/catalogue/submissions/").content.decode()
        assert stranger.get(f"/catalogue/submissions/{submission.pk}/").status_code == 404

    def test_the_page_shows_what_is_proposed_and_what_is_doubtful(
        self, submission: Submission, reviewer: Person
    ) -> None:
        page = browser_of(reviewer).get(f"/catalogue/submissions/{submission.pk}/").content.decode()
        for words in ("少于法定的 30 天", "没有数源审核员", "丽水市公安局", "已填取流地址", "提交审核结论"):
            assert words in page
        assert "rtsp" not in page

    def test_the_compiler_sees_no_decision(self, submission: Submission, specialist: Person) -> None:
        page = browser_of(specialist).get(f"/catalogue/submissions/{submission.pk}/").content.decode()
        assert "提交审核结论" not in page
        answer = browser_of(specialist).post(
            f"/catalogue/submissions/{submission.pk}/decide/", {"verdict": "approve"}
        )
        assert answer.status_code == 403
        assert not Camera.objects.exists()

    def test_a_reviewer_publishes_some_and_returns_some(
        self, submission: Submission, reviewer: Person
    ) -> None:
        first = submission.changes.earliest("pk")
        client = browser_of(reviewer)
        answer = client.post(
            f"/catalogue/submissions/{submission.pk}/decide/",
            {"verdict": "approve", "returned": f"{first.code} 地址不详"},
            follow=True,
        )
        assert f"编目 {submission.number} 已审核。" in answer.content.decode()
        assert Camera.objects.count() == 1
        first.refresh_from_db()
        assert (first.verdict, first.reason) == ("returned", "地址不详")

    @pytest.mark.parametrize(
        ("given", "field", "sentence"),
        [
            ({"verdict": "return"}, "reason", "退回须写明理由"),
            ({"verdict": "approve", "returned": "A-9 没有"}, "returned", "本批次没有视频编号 A-9"),
        ],
    )
    def test_what_is_missing_stands_next_to_its_field(
        self,
        submission: Submission,
        reviewer: Person,
        state: Callable[[], State],
        given: dict[str, str],
        field: str,
        sentence: str,
    ) -> None:
        before = state()
        answer = browser_of(reviewer).post(f"/catalogue/submissions/{submission.pk}/decide/", given)
        assert sentence in answer.context["form"].errors[field][0]
        assert state() == before

    def test_the_page_takes_few_queries_however_many_changes(
        self, submission: Submission, reviewer: Person, specialist: Person, police: Department
    ) -> None:
        large = submit_import(
            actor=specialist,
            department=police,
            title="",
            file=xlsx([row(police) for _ in range(40)]),
            file_name="a.xlsx",
        )
        client, counts = browser_of(reviewer), []
        for each in (submission, submission, large):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/catalogue/submissions/{each.pk}/")
            counts.append(len(queries))
        assert counts[1] == counts[2] <= 20


def test_somebody_who_is_not_signed_in_is_sent_to_the_login() -> None:
    for address in ("/catalogue/", "/catalogue/submit/", "/catalogue/submissions/"):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"?{urlencode({'next': address}, safe='/')}")
