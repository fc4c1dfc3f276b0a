"""Seals cover everything without a gap, whoever writes and whoever seals meanwhile (§10)."""

import json
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django import Settings

from gongshi.alerts.kinds import AlertKind
from gongshi.alerts.models import Alert
from gongshi.audit import sealing, tasks
from gongshi.audit.actions import record
from gongshi.audit.daily_seals import seals_outside, send_daily_seals
from gongshi.audit.forwarding import forward
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent, DailySeal, Seal
from gongshi.audit.outlets import outlets
from gongshi.audit.sealing import seal_all, seal_of, settled_position, unsealed
from gongshi.audit.verifying import SealOutside, verify
from gongshi.config.processes import WORKERS
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.models import NumberSeries
from tests.audit.sealed import write_events, write_look
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def other_connection() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(**connection.get_connection_params())  # type: ignore[arg-type]


def test_a_seal_covers_all_three_tables_and_the_next_begins_where_it_ends() -> None:
    write_events(2)
    look = write_look()
    seal_all()
    write_events(1)
    seal_all()
    first, second = Seal.objects.order_by("number")
    month = clock.today().strftime("%Y-%m")
    assert [(part.table, part.month, part.count) for part in first.parts] == [
        ("audit_auditevent", month, 2),
        ("audit_accessrecord", month, 1),
        ("audit_accessoutcome", month, 1),
    ]
    assert (first.from_position, second.from_position) == (0, first.to_position)
    assert second.previous == first.digest
    assert seal_of(look) == first and unsealed() == 0


def test_where_nothing_was_written_no_seal_is_made() -> None:
    write_events(1)
    assert (seal_all(), seal_all()) == (1, 0)


def test_a_transaction_that_still_runs_is_waited_for_by_the_seal_and_by_nobody_else() -> None:
    with other_connection() as slow:
        slow.execute("INSERT INTO kernel_numberseries (prefix, year, last) VALUES ('慢', 2026, 1)")
        (before,) = write_events(1)
        assert seal_all() == 0 and AuditEvent.objects.filter(pk=before).exists()
        slow.rollback()
        assert seal_all() == 1
    assert verify().is_whole and verify().rows == 1


def test_what_was_rolled_back_leaves_no_gap_that_a_seal_would_miss() -> None:
    with transaction.atomic():
        record(AuditAction.LoggedIn, actor=None, thing=NumberSeries(prefix="甲", year=2026, last=1))
        transaction.set_rollback(True)
    write_events(1)
    seal_all()
    assert verify().is_whole and verify().rows == 1


def test_much_at_once_becomes_several_seals_cut_between_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "ROWS_A_SEAL", 4)
    write_events(3)
    with transaction.atomic():
        for number in range(9):
            thing = NumberSeries(prefix="批", year=2026, last=number)
            record(AuditAction.LoggedIn, actor=None, thing=thing)
    write_events(3)
    seal_all()
    assert [seal.rows for seal in Seal.objects.order_by("number")] == [3, 9, 3]
    assert verify().is_whole


def test_rows_hashed_with_sm3_are_sealed_and_verified(settings: Settings) -> None:
    write_events(1)
    settings.RECORD_HASH = "sm3"
    (new,) = write_events(1)
    seal_all()
    assert AuditEvent.objects.get(pk=new).entry_hash.startswith("1-sm3-")
    assert Seal.objects.get().algorithm == "sm3"
    assert verify().is_whole and verify().rows == 2


def test_only_the_asked_time_is_verified() -> None:
    for _ in range(3):
        write_events(1)
        seal_all()
    second = Seal.objects.get(number=2)
    verdict = verify(since=second.sealed_at, until=second.sealed_at)
    # With the seal after it, which may hold rows of its last moment.
    assert verdict.is_whole and (verdict.seals, verdict.rows) == (2, 2)


def test_after_a_restore_elsewhere_positions_go_on_above_all_that_was_sealed() -> None:
    write_events(1)
    seal_all()
    sealed_up_to = Seal.objects.get().to_position
    with connection.cursor() as cursor, transaction.atomic():
        # Another server would have another name, and count its transactions from the start.
        cursor.execute("ALTER TABLE audit_era DISABLE TRIGGER ALL")
        cursor.execute("UPDATE audit_era SET cluster = 'elsewhere'")
        cursor.execute("ALTER TABLE audit_era ENABLE TRIGGER ALL")
    assert settled_position() > sealed_up_to
    (later,) = write_events(1)
    assert AuditEvent.objects.get(pk=later).position > sealed_up_to
    seal_all()
    assert verify().is_whole and verify().rows == 2


def test_late_sealing_is_told_to_the_rooms_above(monkeypatch: pytest.MonkeyPatch) -> None:
    write_events(1)
    sealing.watch()
    assert not Alert.objects.exists()
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    sealing.watch()
    assert Alert.objects.get().kind == AlertKind.SealingLate
    assert sealing.late_since() is not None


def test_who_watches_the_sealing_lives_on_when_the_worker_that_seals_is_dead() -> None:
    def served_by(queue: str) -> list[str]:
        return [name for name, options in WORKERS.items() if queue in str(options["queues"]).split(",")]

    (sealer,), (watcher,) = served_by(tasks.seal.queue), served_by(tasks.watch_sealing.queue)
    assert sealer != watcher


def test_the_interface_tells_what_the_page_of_the_seals_tells(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor, missing = make_person(Role.AUDIT_ADMINISTRATOR), tmp_path / "no-folder" / "log.jsonl"
    settings.SEAL_OUTLETS = outlets(f"file://{tmp_path / 'seals.jsonl'}")
    send_daily_seals()
    (place,) = outlets(f"file://{missing}")
    forward(place)
    write_events(2)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    told = browser_of(auditor).get("/api/v1/audit/sealing").json()
    last = Seal.objects.latest("number")
    assert (told["last"]["number"], told["last"]["digest"]) == (last.number, last.digest)
    assert told["unsealed"] == unsealed() >= 2
    assert told["late_since"] is not None
    assert [each["seal_number"] for each in told["daily"]] == [last.number]
    (failing,) = told["forwardings"]
    assert failing["outlet"] == place.address and failing["failing_since"] and failing["failure"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDIT_ADMINISTRATOR])
def test_only_the_auditor_is_told_how_the_sealing_goes(role: Role) -> None:
    assert browser_of(make_person(role)).get("/api/v1/audit/sealing").status_code == 403


def test_the_days_seal_is_written_outside_once_a_day(settings: Settings, tmp_path: Path) -> None:
    file, missing = tmp_path / "seals.jsonl", tmp_path / "no-folder" / "seals.jsonl"
    settings.SEAL_OUTLETS = outlets(f"file://{file}, file://{missing}")
    write_events(1)
    failed = send_daily_seals()
    assert len(failed) == 1 and str(missing) in failed[0]
    write_events(1)
    missing.parent.mkdir()
    assert send_daily_seals() == send_daily_seals() == []
    first, second = Seal.objects.order_by("number")
    assert [json.loads(line)["digest"] for line in file.read_text().splitlines()] == [first.digest]
    assert [json.loads(line)["number"] for line in missing.read_text().splitlines()] == [2]
    assert DailySeal.objects.count() == 2
    assert [*seals_outside()] == [SealOutside(1, first.digest), SealOutside(2, second.digest)]
    assert verify(outside=seals_outside()).is_whole
