"""Months of the record in one file that anybody verifies without Gongshi; the auditor keeps it."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker
from typer.testing import CliRunner

from gongshi.audit import auditing, tasks
from gongshi.audit.actions import record
from gongshi.audit.bundles import months_between, write_bundle
from gongshi.audit.commands import app
from gongshi.audit.encoding import content, content_hash
from gongshi.audit.keys import public_key
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent, Bundle, RecordExport, Verification
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Invalid
from gongshi.kernel.models import NumberSeries
from tests.audit.sealed import sealed_record
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db

TOOL = Path(__file__).parents[2] / "tools" / "verify_bundle.py"
THIS_MONTH = f"{clock.today():%Y-%m}"
EVENTS = f"audit_auditevent-{THIS_MONTH}.jsonl"
Row = dict[str, Any]


def write_event_of(moment: datetime) -> None:
    """An event as the clock of an earlier day would have written it."""
    now = clock.now
    try:
        clock.now = lambda: moment
        with transaction.atomic():
            record(AuditAction.LoggedIn, actor=None, thing=NumberSeries(prefix="乙", year=2026, last=1))
    finally:
        clock.now = now


@pytest.fixture(scope="module")
def last_month(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A record with one event of last month, nine of this, and three looks, all sealed."""
    with django_db_blocker.unblock():
        moment = clock.now() - timedelta(days=clock.today().day + 5)
        write_event_of(moment)
        sealed_record()
        yield f"{moment.astimezone(clock.LOCAL_ZONE):%Y-%m}"
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def auditor() -> Person:
    return make_person(Role.AUDIT_ADMINISTRATOR, name="郑审")


@pytest.fixture
def exported(last_month: str, tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    write_bundle(path, last_month, THIS_MONTH)
    return path


def verified(path: Path, *options: str) -> tuple[int, str]:
    """Exit code and words of the tool, run by a bare interpreter."""
    ran = subprocess.run(
        [sys.executable, "-I", str(TOOL), str(path), *options], capture_output=True, text=True, check=False
    )
    assert not ran.stderr
    return ran.returncode, ran.stdout


def rewritten(path: Path, name: str, change: Callable[[list[Row]], list[Row]]) -> Path:
    """The bundle with the lines of one file changed."""
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.namelist():
            raw = old.read(entry)
            if entry == name:
                lines = change([json.loads(line) for line in raw.splitlines()])
                raw = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
            new.writestr(entry, raw)
    return changed


def test_an_untouched_bundle_is_whole(exported: Path) -> None:
    code, words = verified(exported)
    assert (code, "WHOLE" in words, public_key().hex() in words) == (0, True, True)
    assert verified(exported, "--key", public_key().hex())[0] == 0


def test_a_bundle_that_another_key_signed_is_not_believed(exported: Path) -> None:
    code, words = verified(exported, "--key", "ab" * 32)
    assert code == 1 and "unknown key" in words


def test_rows_can_be_read_as_they_are(exported: Path) -> None:
    with zipfile.ZipFile(exported) as bundle:
        looks = [
            json.loads(line)
            for line in bundle.read(f"audit_accessrecord-{THIS_MONTH}.jsonl").decode().splitlines()
        ]
        rules = bundle.read("RULES.txt").decode()
    assert (looks[0]["person_name"], looks[0]["address"]) == ("陈静", "2001:db8::1")
    assert datetime.fromisoformat(looks[0]["opened_at"]).tzinfo is not None
    assert "RFC 6962" in rules


def edited(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"reason": "改过"}, *rows[1:]]


def edited_with_its_digest(rows: list[Row]) -> list[Row]:
    """The forger computes the digest of the row again."""
    row = rows[0] | {"object_label": "别的"}
    names = [name for name in row if name not in {"id", "position", "entry_hash"}]
    texts = [row[name] for name in names]
    texts[0] = str(int(datetime.fromisoformat(row["at"]).timestamp() * 1_000_000))
    return [row | {"entry_hash": content_hash("sha256", content("audit_auditevent", texts))}, *rows[1:]]


def swapped(rows: list[Row]) -> list[Row]:
    return [rows[1], rows[0], *rows[2:]]


def swapped_positions(rows: list[Row]) -> list[Row]:
    first, second = rows[0], rows[1]
    return [second | {"position": first["position"]}, first | {"position": second["position"]}, *rows[2:]]


def written_twice(rows: list[Row]) -> list[Row]:
    return [rows[0], rows[0] | {"id": 999_999}, *rows[1:]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (edited, "EDITED"),
        (edited_with_its_digest, "EDITED"),
        (lambda rows: rows[1:], "MISSING row"),
        (lambda rows: rows[:-1], "MISSING row"),
        (swapped, "REORDERED"),
        (swapped_positions, "REORDERED"),
        (written_twice, "INSERTED LATER row 999999"),
    ],
)
def test_a_changed_row_is_named(exported: Path, change: Callable[[list[Row]], list[Row]], said: str) -> None:
    code, words = verified(rewritten(exported, EVENTS, change))
    assert code == 1 and said in words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda seals: [*seals[:-1], seals[-1] | {"sealed_at": "2020-01-01T00:00:00+00:00"}], "SEAL BROKEN"),
        (lambda seals: [*seals[:-1], seals[-1] | {"signature": "00" * 64}], "signature is false"),
        (lambda seals: [seals[0], *seals[2:]], "MISSING seals"),
        (lambda seals: seals[:-1], "no seal covers it"),
    ],
)
def test_a_changed_seal_is_named(exported: Path, change: Callable[[list[Row]], list[Row]], said: str) -> None:
    code, words = verified(rewritten(exported, "seals.jsonl", change))
    assert code == 1 and said in words


def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "letter.zip"
    path.write_text("something else")
    assert verified(path)[0] == 2


def test_months_are_counted_over_the_year() -> None:
    assert months_between("2026-11", "2027-01") == ["2026-11", "2026-12", "2027-01"]
    for first, last in (("2026-11", "2026-10"), ("2026-13", "2027-01"), ("", "2026-01")):
        with pytest.raises(Invalid):
            months_between(first, last)


def test_months_without_a_sealed_row_make_no_bundle(last_month: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="没有已封存的记录"):
        write_bundle(tmp_path / "none.zip", "2020-01", "2020-02")


class TestTheAuditor:
    """Asks on the page or by the interface, downloads, and confirms by the digest of his copy."""

    @pytest.fixture
    def bundle(self, auditor: Person, last_month: str) -> Bundle:
        bundle = auditing.ask_bundle(actor=auditor, from_month=last_month, until_month=THIS_MONTH)
        tasks.make_bundle(bundle.pk)
        bundle.refresh_from_db()
        return bundle

    def test_asks_on_the_page(self, auditor: Person, last_month: str) -> None:
        asked = {"from_month": last_month, "until_month": THIS_MONTH}
        answer = browser_of(auditor).post("/audit/bundles/new/", asked)
        bundle = Bundle.objects.get()
        assert answer.headers["Location"] == f"/audit/bundles/{bundle.pk}/"
        assert "等待处理" in browser_of(auditor).get(answer.headers["Location"]).content.decode()

    def test_asks_by_the_interface(self, auditor: Person, last_month: str) -> None:
        asked = {"from_month": last_month, "until_month": THIS_MONTH}
        answer = browser_of(auditor).post("/api/v1/audit/bundles", asked, "application/json")
        assert (answer.status_code, answer.json()["state"]) == (201, "waiting")

    def test_a_wrong_month_makes_no_bundle(self, auditor: Person) -> None:
        for asked in (
            {"from_month": "2026-11", "until_month": "2026-10"},
            {"from_month": "x", "until_month": "y"},
        ):
            browser_of(auditor).post("/audit/bundles/new/", asked)
            assert (
                browser_of(auditor).post("/api/v1/audit/bundles", asked, "application/json").status_code
                == 422
            )
        assert not Bundle.objects.exists()

    @pytest.mark.parametrize("address", ["/audit/bundles/{}/file/", "/api/v1/audit/bundles/{}/file"])
    def test_downloads_what_verifies(
        self, auditor: Person, bundle: Bundle, address: str, tmp_path: Path
    ) -> None:
        answer = browser_of(auditor).get(address.format(bundle.pk))
        path = tmp_path / "copy.zip"
        path.write_bytes(b"".join(answer))  # type: ignore[arg-type]
        assert verified(path)[0] == 0
        assert AuditEvent.objects.get(action=AuditAction.BundleDownloaded).actor_id == auditor.pk

    def test_only_complete_months_count_as_exported(self, bundle: Bundle, last_month: str) -> None:
        (export,) = RecordExport.objects.all()
        assert (export.table, export.month, export.rows) == ("audit_auditevent", last_month, 1)
        assert (export.digest, export.confirmed_at) == (bundle.digest, None)

    def test_a_wrong_digest_confirms_nothing(self, auditor: Person, bundle: Bundle) -> None:
        answer = browser_of(auditor).post(f"/audit/bundles/{bundle.pk}/", {"digest": "0" * 64})
        assert answer.status_code == 422 and "摘要与归档文件不一致" in answer.content.decode()
        assert not RecordExport.objects.exclude(confirmed_at=None).exists()
        assert auditing.file_of(bundle).exists()

    def test_confirms_by_the_digest_of_his_copy(
        self, auditor: Person, bundle: Bundle, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            browser_of(auditor).post(f"/audit/bundles/{bundle.pk}/", {"digest": bundle.digest.upper()})
        bundle.refresh_from_db()
        assert bundle.confirmed_by == "郑审" and not auditing.file_of(bundle).exists()
        assert RecordExport.objects.get().confirmed_by_id == auditor.pk
        assert browser_of(auditor).get(f"/audit/bundles/{bundle.pk}/file/").status_code == 409

    def test_confirms_once(self, auditor: Person, bundle: Bundle) -> None:
        given, address = {"digest": bundle.digest}, f"/api/v1/audit/bundles/{bundle.pk}/confirmation"
        browser = browser_of(auditor)
        codes = [browser.post(address, given, "application/json").status_code for _ in range(2)]
        assert codes == [200, 409]

    def test_reads_the_pages(self, auditor: Person, bundle: Bundle) -> None:
        browser = browser_of(auditor)
        for address in ("/audit/bundles/", f"/audit/bundles/{bundle.pk}/", "/audit/seals/"):
            assert browser.get(address).status_code == 200
        assert browser.get(f"/api/v1/audit/bundles/{bundle.pk}").json()["digest"] == bundle.digest
        assert browser.get("/api/v1/audit/seals").json()["count"] >= 3

    def test_has_the_record_verified(self, auditor: Person, last_month: str) -> None:
        browser = browser_of(auditor)
        answer = browser.post("/audit/verifications/new/", {})
        verification = Verification.objects.get()
        tasks.verify_record(verification.pk)
        page = browser.get(answer.headers["Location"]).content.decode()
        assert "完好" in page
        told = browser.get(f"/api/v1/audit/verifications/{verification.pk}").json()
        assert (told["state"], told["is_whole"], told["findings"]) == ("done", True, [])
        assert told["rows"] >= 13


class TestTheCommand:
    def test_exports_for_the_auditor(self, auditor: Person, last_month: str, tmp_path: Path) -> None:
        path = tmp_path / "out.zip"
        ran = CliRunner().invoke(
            app, ["export", "--from", last_month, "--to", THIS_MONTH, *named(auditor, path)]
        )
        bundle = Bundle.objects.get()
        assert ran.exit_code == 0 and bundle.digest in ran.output
        assert verified(path)[0] == 0
        assert RecordExport.objects.get().made_by_id == auditor.pk

    def test_exports_for_nobody_else_and_over_no_file(
        self, auditor: Person, last_month: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "out.zip"
        months = ["--from", last_month, "--to", THIS_MONTH]
        other = make_person(Role.SECURITY_ADMINISTRATOR)
        assert CliRunner().invoke(app, ["export", *months, *named(other, path)]).exit_code == 1
        assert not path.exists()
        path.write_text("mine")
        assert CliRunner().invoke(app, ["export", *months, *named(auditor, path)]).exit_code == 1
        assert path.read_text() == "mine" and not Bundle.objects.exists()


def named(person: Person, path: Path) -> list[str]:
    return ["--account", person.account, str(path)]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDIT_ADMINISTRATOR])
def test_nobody_else_exports_or_verifies(role: Role, last_month: str, auditor: Person) -> None:
    bundle = auditing.ask_bundle(actor=auditor, from_month=last_month, until_month=THIS_MONTH)
    tasks.make_bundle(bundle.pk)
    bundle.refresh_from_db()
    browser, months = browser_of(make_person(role)), {"from_month": last_month, "until_month": THIS_MONTH}
    pages = ["bundles/", "bundles/new/", f"bundles/{bundle.pk}/", f"bundles/{bundle.pk}/file/", "seals/"]
    for address in (*pages, "verifications/new/"):
        assert browser.get(f"/audit/{address}").status_code == 403
    for address in ("bundles", f"bundles/{bundle.pk}", f"bundles/{bundle.pk}/file", "seals", "verifications"):
        assert browser.get(f"/api/v1/audit/{address}").status_code == 403
    for address, given in (
        ("/audit/bundles/new/", months),
        (f"/audit/bundles/{bundle.pk}/", {"digest": bundle.digest}),
        ("/audit/verifications/new/", {}),
    ):
        assert browser.post(address, given).status_code == 403
    for address, given in (
        ("bundles", months),
        (f"bundles/{bundle.pk}/confirmation", {"digest": bundle.digest}),
        ("verifications", {}),
    ):
        assert browser.post(f"/api/v1/audit/{address}", given, "application/json").status_code == 403
    assert Bundle.objects.get().confirmed_at is None and not Verification.objects.exists()
