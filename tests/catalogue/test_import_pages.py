"""Imports as pages and over JSON: what they show, to whom, and what a button does."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.columns import HEADS
from gongshi.catalogue.import_models import Import
from gongshi.catalogue.models import Submission
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from tests.catalogue.books import row, xlsx
from tests.catalogue.conftest import State
from tests.catalogue.importing import checked, fresh, upload, work
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db
API = "/api/v1/catalogue/imports"


def as_upload(file: io.BytesIO, name: str = "点位.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, file.getvalue())


@pytest.fixture
def whole(specialist: Person, police: Department) -> Import:
    """A checked file with a good row and one at fault."""
    return checked(specialist, police, xlsx([row(police), row(police, VLAN="0")]))


@pytest.fixture
def strangers(specialist: Person) -> list[Client]:
    """Those who may compile, but not for the police, and those who may not compile at all."""
    return [
        browser_of(make_person(Role.DATA_SPECIALIST)),
        browser_of(make_person(Role.BUREAU_ADMINISTRATOR)),
    ]


class TestPages:
    def test_an_upload_leads_to_its_import_that_shows_how_far_it_is(
        self, specialist: Person, police: Department
    ) -> None:
        client = browser_of(specialist)
        given = {"department": police.pk, "title": "年度", "file": as_upload(xlsx([row(police)]))}
        answer = client.post("/catalogue/submit/", given, follow=True)
        whole = Import.objects.get()
        assert answer.redirect_chain == [(f"/catalogue/imports/{whole.pk}/", 302)]
        page = answer.content.decode()
        assert "文件已上传，正在检查" in page and "等待检查" in page
        assert 'hx-trigger="every 2s"' in page

    def test_a_page_that_watches_is_told_when_it_is_done(
        self, specialist: Person, police: Department
    ) -> None:
        client, whole = browser_of(specialist), upload(specialist, police, xlsx([row(police)]))
        address = f"/catalogue/imports/{whole.pk}/"
        assert "HX-Refresh" not in client.get(address, headers={"HX-Request": "true"})
        work()
        assert client.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
        assert 'hx-trigger="every 2s"' not in client.get(address).content.decode()

    def test_it_shows_rows_with_their_differences_and_problems(
        self, specialist: Person, whole: Import
    ) -> None:
        client, address = browser_of(specialist), f"/catalogue/imports/{whole.pk}/"
        page = client.get(address).content.decode()
        assert "“0”应为 1 到 4094 之间的整数。" in page
        assert "rtsp:" not in page
        rows = client.get(address, {"kind": "error"}).context["table"].data
        assert [each.number for each in rows] == [3]
        for query, found in (
            ({"problems": "without"}, [2]),
            ({"differs": "True"}, []),
            ({"code": "33"}, [2, 3]),
        ):
            assert [each.number for each in client.get(address, query).context["table"].data] == found

    def test_confirming_hands_in_the_good_rows(self, specialist: Person, whole: Import) -> None:
        client, address = browser_of(specialist), f"/catalogue/imports/{whole.pk}/"
        refused = client.post(f"{address}confirmation/", {"good_rows_only": "all"})
        assert refused.status_code == 422
        assert "有 1 行有误，不能整体提交" in refused.content.decode()
        answer = client.post(f"{address}confirmation/", {"good_rows_only": "good"}, follow=True)
        assert "已确认，正在提交" in answer.content.decode()
        work()
        page = client.get(address).content.decode()
        assert Submission.objects.get().number in page
        assert "已提交" in page

    def test_columns_are_assigned(self, specialist: Person, police: Department) -> None:
        cells = row(police)
        heads = tuple("点位名" if head == "设备名称" else head for head in HEADS)
        whole = checked(specialist, police, xlsx([cells | {"点位名": "枪机"}], heads=heads))
        client, address = browser_of(specialist), f"/catalogue/imports/{whole.pk}/columns/"
        assert "设备名称（文件缺少）" in client.get(address).content.decode()
        client.post(address, {"head_0": "设备名称"})
        work()
        assert fresh(whole).rows.get().proposed["name"] == "枪机"

    def test_giving_up_deletes_the_file(self, specialist: Person, whole: Import) -> None:
        answer = browser_of(specialist).post(f"/catalogue/imports/{whole.pk}/giving-up/", follow=True)
        assert "已放弃该次导入" in answer.content.decode()
        assert (fresh(whole).state, whole.pieces.count()) == ("given_up", 0)

    def test_the_copy_is_downloaded_and_that_is_recorded(self, specialist: Person, whole: Import) -> None:
        answer = browser_of(specialist).get(f"/catalogue/imports/{whole.pk}/copy/")
        assert answer.getvalue().startswith(b"PK\x03\x04")
        assert AuditEvent.objects.get(action="catalogue:import:copy_taken_out").actor_id == specialist.pk

    def test_a_colleague_sees_it_and_can_do_no_more_than_give_it_up(
        self, police: Department, whole: Import, state: Callable[[], State]
    ) -> None:
        colleague = browser_of(make_person(Role.DATA_SPECIALIST, department=police))
        before = state()
        page = colleague.get(f"/catalogue/imports/{whole.pk}/").content.decode()
        assert f"由上传人{whole.asked_by.name}确认提交" in page
        for part in ("confirmation/", "columns/"):
            assert colleague.post(f"/catalogue/imports/{whole.pk}/{part}", {}).status_code == 403
        assert colleague.get(f"/catalogue/imports/{whole.pk}/copy/").status_code == 403
        assert (state(), fresh(whole).state) == (before, "checked")

    def test_for_others_it_does_not_exist(
        self, whole: Import, strangers: list[Client], state: Callable[[], State]
    ) -> None:
        before = state()
        for client in strangers:
            address = f"/catalogue/imports/{whole.pk}/"
            assert client.get(address).status_code == 404
            assert client.get(f"{address}copy/").status_code == 404
            for part in ("confirmation/", "columns/", "giving-up/"):
                assert client.post(f"{address}{part}", {"good_rows_only": "good"}).status_code == 404
            assert whole.file_name not in client.get("/catalogue/imports/").content.decode()
        viewer = browser_of(make_person(Role.VIEWER, department=whole.department))
        assert viewer.get(f"/catalogue/imports/{whole.pk}/").status_code == 403
        assert (state(), fresh(whole).state) == (before, "checked")

    def test_it_takes_as_many_queries_however_many_rows(self, specialist: Person, police: Department) -> None:
        client, counts = browser_of(specialist), []
        for length in (3, 40):
            whole = checked(specialist, police, xlsx([row(police) for _ in range(length)]))
            client.get(f"/catalogue/imports/{whole.pk}/")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/catalogue/imports/{whole.pk}/")
            counts.append(len(queries))
        assert counts[0] == counts[1]


def post(client: Client, address: str, body: object) -> tuple[int, dict[str, object]]:
    answer = client.post(f"{API}{address}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


class TestApi:
    def test_a_file_goes_from_its_upload_to_its_submission(
        self, specialist: Person, police: Department
    ) -> None:
        client = browser_of(specialist)
        file = xlsx([row(police), row(police, VLAN="0")])
        given = {"department": police.code, "title": "年度"}
        answer = client.post(API, given | {"file": as_upload(file)})
        assert answer.status_code == 202
        asked = answer.json()
        assert (asked["state"], asked["is_new"]) == ("waiting", True)
        again = client.post(API, given | {"file": as_upload(file)}).json()
        assert (again["id"], again["is_new"]) == (asked["id"], False)
        work()
        shown = client.get(f"{API}/{asked['id']}").json()
        assert (shown["state"], shown["new"], shown["faulty"]) == ("checked", 1, 1)
        rows = client.get(f"{API}/{asked['id']}/rows", {"kind": "error"}).json()["items"]
        assert rows[0]["problems"][0] == {
            "column": "VLAN",
            "message": "“0”应为 1 到 4094 之间的整数。",
            "severity": "error",
        }
        status, refusal = post(client, f"/{asked['id']}/confirmation", {"rows": "all"})
        assert (status, refusal["error"]["code"]) == (422, "invalid")  # type: ignore[index]
        assert post(client, f"/{asked['id']}/confirmation", {"rows": "good"})[0] == 202
        work()
        done = client.get(f"{API}/{asked['id']}").json()
        assert (done["state"], done["submission_id"]) == ("done", Submission.objects.get().pk)

    def test_columns_and_giving_up(self, specialist: Person, whole: Import) -> None:
        client = browser_of(specialist)
        answer = client.put(
            f"{API}/{whole.pk}/columns", json.dumps({"heads": {}}), content_type="application/json"
        )
        assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
        work()
        assert post(client, f"/{whole.pk}/giving-up", {})[1]["state"] == "given_up"
        assert post(client, f"/{whole.pk}/giving-up", {})[0] == 409

    def test_for_others_it_does_not_exist(self, whole: Import, strangers: list[Client]) -> None:
        for client in strangers:
            for part in ("", "/rows", "/copy"):
                assert client.get(f"{API}/{whole.pk}{part}").status_code == 404
            for part, body in (("confirmation", {"rows": "good"}), ("giving-up", {})):
                answer = client.post(
                    f"{API}/{whole.pk}/{part}", json.dumps(body), content_type="application/json"
                )
                assert answer.status_code == 404
            assert client.get(API).json()["count"] == 0
        assert fresh(whole).state == "checked"

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.SOURCE_REVIEWER, Role.SECURITY_ADMINISTRATOR])
    def test_who_may_not_compile_uploads_nothing(
        self, role: Role, police: Department, specialist: Person
    ) -> None:
        client = browser_of(make_person(role, department=police))
        file = as_upload(xlsx([row(police)]))
        assert client.post(API, {"department": police.code, "file": file}).status_code == 404
        assert client.get(API).status_code == 403
        assert not Import.objects.exists()


@pytest.fixture
def without_log() -> Iterator[None]:
    log = logging.getLogger("django.request")
    level = log.level
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(level)


@pytest.mark.usefixtures("without_log")
class TestAnyFile:
    """Any bytes as a file, by page and interface: a sentence at the door, or in the import."""

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(
        start=st.sampled_from(
            [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xef\xbb\xbf", ",".join(HEADS).encode() + b"\n"]
        ),
        rest=st.binary(max_size=300),
        name=st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a", "点位.CSV"]),
    )
    def test_it_is_answered_with_a_sentence(
        self, specialist: Person, police: Department, start: bytes, rest: bytes, name: str
    ) -> None:
        client = browser_of(specialist)
        file = SimpleUploadedFile(name, start + rest)
        page = client.post("/catalogue/submit/", {"department": police.pk, "file": file})
        assert page.status_code in {302, 422}
        file.seek(0)
        answer = client.post(API, {"department": police.code, "file": file})
        assert answer.status_code in {202, 422}
        assert answer.status_code == 202 or answer.json()["error"]["message"]
        work()
        for whole in Import.objects.all():
            assert whole.state == "checked" or (whole.state == "failed" and whole.failure)
            assert client.get(f"/catalogue/imports/{whole.pk}/").status_code == 200
            assert client.get(f"{API}/{whole.pk}").status_code == 200
        Import.objects.all().delete()
