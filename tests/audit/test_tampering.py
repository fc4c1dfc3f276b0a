"""Whoever may do anything in the database can change the record, but not unseen (§10, 等保 level 3)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker, Settings
from typer.testing import CliRunner

from gongshi.audit.commands import app
from gongshi.audit.encoding import content_hash
from gongshi.audit.fields import content_of
from gongshi.audit.keys import public_key
from gongshi.audit.models import AuditEvent, Seal
from gongshi.audit.stored import is_as_written
from gongshi.audit.verifying import Fault, Finding, SealOutside, verify
from gongshi.config.postgres import PostgresServer
from tests.audit.sealed import Execute, rows, sealed_record, superuser, write_events

pytestmark = pytest.mark.django_db

EVENT = "audit_auditevent"
# What is copied when a row is written once more; its number and its position are new.
COLUMNS = (
    "at, entry_hash, actor_id, actor_account, actor_name, actor_department, actor_roles, action, "
    "object_type, object_id, object_label, succeeded, reason, before, after, address, user_agent, request_id"
)


@pytest.fixture(scope="module")
def ids(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[int]]:
    """The events of a sealed record. It is made once: each test leaves it as it was."""
    with django_db_blocker.unblock():
        yield sealed_record()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def tamper(ids: list[int], postgres_server: PostgresServer | None) -> Iterator[Execute]:
    """Changes the database as its superuser; undone after the test."""
    with superuser(postgres_server) as execute:
        yield execute


def found() -> list[tuple[Fault, int | None]]:
    return [(finding.fault, finding.row_id) for finding in verify().findings]


@pytest.mark.usefixtures("ids")
def test_an_untouched_record_is_whole() -> None:
    verdict = verify()
    assert verdict.is_whole and verdict.first is None
    assert (verdict.seals, verdict.rows, verdict.unsealed) == (Seal.objects.count(), rows(), 0)


@pytest.mark.usefixtures("tamper")
def test_rows_without_a_seal_are_counted_and_prove_nothing() -> None:
    write_events(2)
    assert verify().is_whole and verify().unsealed == 2


@pytest.mark.parametrize(
    "change",
    [
        "reason = '改过'",
        "after = '{}'",
        "after = NULL",
        "actor_name = '别人'",
        "address = '10.9.9.9'",
        "succeeded = NOT succeeded",
        "at = at + interval '1 microsecond'",
        "at = at - interval '70 days'",
        "at = 'infinity'",
        "object_label = '', object_id = object_id || object_label",
        "entry_hash = repeat('0', 64)",
        "entry_hash = ''",
        "entry_hash = '1-md5-00'",
        "entry_hash = replace(entry_hash, 'sha256', 'sm3')",
    ],
)
def test_a_changed_field_is_named(change: str, ids: list[int], tamper: Execute) -> None:
    fifth = ids[4]
    tamper(f"UPDATE {EVENT} SET {change} WHERE id = {fifth}")
    assert found() == [(Fault.EDITED, fifth)]
    first = verify().first
    assert first is not None and first.sentence.startswith(f"审计日志第 {fifth} 号记录（封条 2）：内容被修改")


def test_a_changed_field_with_a_fitting_digest_is_named(ids: list[int], tamper: Execute) -> None:
    event = AuditEvent.objects.get(pk=ids[4])
    event.reason = "改过"
    forged = content_hash("sha256", content_of(event))
    tamper(f"UPDATE {EVENT} SET reason = '改过', entry_hash = '{forged}' WHERE id = {ids[4]}")
    assert is_as_written(event)
    assert found() == [(Fault.EDITED, ids[4])]


def test_a_deleted_row_is_named(ids: list[int], tamper: Execute) -> None:
    tamper(f"DELETE FROM {EVENT} WHERE id = {ids[4]}")
    assert found() == [(Fault.MISSING, ids[4])]


def test_a_deleted_range_is_named(ids: list[int], tamper: Execute) -> None:
    tamper(f"DELETE FROM {EVENT} WHERE id BETWEEN {ids[1]} AND {ids[7]}")
    assert found() == [(Fault.MISSING, row_id) for row_id in ids[1:8]]


@pytest.mark.parametrize("table", ["audit_accessrecord", "audit_accessoutcome"])
def test_the_register_is_guarded_like_the_log(table: str, tamper: Execute) -> None:
    tamper(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})")
    findings = verify().findings
    assert [(finding.fault, finding.table) for finding in findings] == [(Fault.MISSING, table)]


def test_two_swapped_rows_are_named(ids: list[int], tamper: Execute) -> None:
    mine, other = ids[3], ids[5]
    tamper(
        f"UPDATE {EVENT} AS one SET ({COLUMNS}) = (SELECT {COLUMNS} FROM {EVENT} AS two "
        f"WHERE two.id = {mine} + {other} - one.id) WHERE id IN ({mine}, {other})"
    )
    assert found() == [(Fault.REORDERED, mine), (Fault.REORDERED, other)]


def test_a_row_moved_to_another_position_is_named(ids: list[int], tamper: Execute) -> None:
    tamper(f"UPDATE {EVENT} SET position = 1 WHERE id = {ids[4]}")
    assert (Fault.REORDERED, ids[4]) in found()
    tamper(f"UPDATE {EVENT} SET position = 1000000 WHERE id = {ids[4]}")
    assert found() == [(Fault.REORDERED, ids[4])]


def test_a_row_that_was_taken_away_and_written_again_is_named(ids: list[int], tamper: Execute) -> None:
    tamper(
        f"INSERT INTO {EVENT} ({COLUMNS}) SELECT {COLUMNS} FROM {EVENT} WHERE id = {ids[4]};"
        f"DELETE FROM {EVENT} WHERE id = {ids[4]}"
    )
    assert found() == [(Fault.MISSING, ids[4])]


def test_a_row_that_was_slipped_in_later_is_named(ids: list[int], tamper: Execute) -> None:
    tamper(
        f"INSERT INTO {EVENT} (id, position, {COLUMNS}) SELECT 999999, position, {COLUMNS} FROM {EVENT} "
        f"WHERE id = {ids[4]}"
    )
    assert found() == [(Fault.INSERTED, 999999)]


@pytest.mark.parametrize(
    "change",
    [
        "rows = rows + 1",
        "outline = '\\x00'",
        "outline = set_byte(outline, 9, get_byte(outline, 9) # 1)",
        "parts = replace(parts, '3,', '2,')",
        "parts = '7'",
        'drops = \'[["audit_auditevent","2026-11",3,"00"]]\'',
        "sealed_at = sealed_at - interval '1 day'",
        "digest = repeat('a', 64)",
        "signature = repeat('a', 128)",
        "signature = '字'",
        "previous = repeat('a', 64)",
        "algorithm = 'md5'",
        "key_id = 'ffffffffffffffff'",
        "to_position = to_position + 1",
        "from_position = from_position + 1",
    ],
)
def test_a_changed_seal_is_named(change: str, tamper: Execute) -> None:
    tamper(f"UPDATE audit_seal SET {change} WHERE number = 2")
    first = verify().first
    assert first is not None and (first.fault, first.seal_number) == (Fault.SEAL_BROKEN, 2)
    assert first.sentence == "封条 2：封条被破坏。"


def test_a_seal_taken_out_of_the_chain_is_named(tamper: Execute) -> None:
    tamper("DELETE FROM audit_seal WHERE number = 2")
    assert [(each.fault, each.seal_number) for each in verify().findings] == [(Fault.SEAL_MISSING, 2)]


def test_an_end_that_was_cut_off_is_seen_by_the_seal_outside(tamper: Execute) -> None:
    told = SealOutside(3, Seal.objects.get(number=3).digest)
    assert verify(outside=[told]).is_whole
    third = "position >= (SELECT from_position FROM audit_seal WHERE number = 3)"
    for table in (EVENT, "audit_accessrecord", "audit_accessoutcome"):
        tamper(f"DELETE FROM {table} WHERE {third}")
    tamper("DELETE FROM audit_seal WHERE number = 3")
    assert verify().is_whole
    assert verify(outside=[told]).findings == [Finding(Fault.SEAL_MISSING, 3)]


@pytest.mark.usefixtures("ids")
def test_a_chain_that_was_made_anew_is_seen_by_the_seal_outside() -> None:
    assert verify(outside=[SealOutside(3, "f" * 64)]).findings == [Finding(Fault.SEAL_BROKEN, 3)]


@pytest.mark.usefixtures("ids")
def test_a_chain_signed_with_a_strange_key_is_not_believed(settings: Settings) -> None:
    settings.SEAL_KEY = b"\x01" * 32
    assert {(each.fault, each.seal_number) for each in verify().findings} == {
        (Fault.SEAL_BROKEN, number) for number in (1, 2, 3)
    }


@pytest.mark.usefixtures("ids")
def test_a_former_key_that_the_settings_name_is_still_believed(settings: Settings) -> None:
    settings.FORMER_SEAL_KEYS = [public_key()]
    settings.SEAL_KEY = b"\x01" * 32
    assert verify().is_whole


@pytest.mark.usefixtures("ids")
def test_the_command_says_that_the_record_is_whole_and_which_key_signed_it() -> None:
    answer = CliRunner().invoke(app, ["verify"])
    assert answer.exit_code == 0 and "记录完好" in answer.output and public_key().hex() in answer.output


def test_the_command_names_what_is_wrong_and_ends_with_one(ids: list[int], tamper: Execute) -> None:
    tamper(f"UPDATE {EVENT} SET reason = '改过' WHERE id = {ids[4]}")
    answer = CliRunner().invoke(app, ["verify", "--from", "2020-01-01", "--to", "2099-12-31"])
    assert answer.exit_code == 1 and f"第 {ids[4]} 号记录（封条 2）：内容被修改" in answer.output
    earlier = CliRunner().invoke(app, ["verify", "--from", "2020-01-01", "--to", "2020-01-31"])
    assert earlier.exit_code == 0


def test_the_command_compares_with_a_file_of_daily_seals(
    ids: list[int], tamper: Execute, tmp_path: Path
) -> None:
    file = tmp_path / "seals.jsonl"
    file.write_text(json.dumps({"number": 3, "digest": "f" * 64}) + "\n")
    answer = CliRunner().invoke(app, ["verify", "--outside", str(file)])
    assert answer.exit_code == 1 and "封条 3：封条被破坏" in answer.output
