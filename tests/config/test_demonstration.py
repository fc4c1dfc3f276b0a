"""A demonstration takes no real installation's place, begins anew, and tells a visitor what to do."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from benchmarks.instance import READY
from gongshi import cli
from gongshi.config.demonstration import MARK, TRY_THIS, NotADemonstrationError, claim, forget, welcome
from gongshi.config.environment import Environment
from gongshi.config.processes import Installation, installation
from gongshi.config.supervisor import AlreadyRunningError, single_instance
from gongshi.demo.accounts import ACCOUNTS, PASSWORD


@pytest.fixture
def var() -> Iterator[Path]:
    """An empty folder that the database's system user could reach, so that its home lies within."""
    folder = Path(tempfile.mkdtemp(prefix="gongshi-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_database_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_KEEPER_URL"):
        monkeypatch.delenv(name, raising=False)


def settings_of(var: Path, **given: object) -> Environment:
    secrets = dict.fromkeys(("secret_key", "field_key", "media_secret", "hook_secret"), "ab" * 32)
    return Environment.model_validate({"var": var, **secrets, **given})


def with_data(var: Path) -> Path:
    """A file where the embedded database keeps its data."""
    server = installation(settings_of(var)).server
    assert server is not None
    server.data.mkdir(parents=True)
    row = server.data / "rows"
    row.write_text("rows")
    return row


def files_in(var: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in var.rglob("*") if path.is_file()}


# --- whose folder it is -----------------------------------------------------------------------


def test_an_empty_folder_becomes_the_demonstration_s_and_stays_so(var: Path) -> None:
    claim(settings_of(var))
    row = with_data(var)
    claim(settings_of(var))
    assert (var / MARK).exists() and row.exists()


@pytest.mark.parametrize("act", [claim, forget])
def test_a_real_installation_is_refused_and_keeps_every_file(act: type[object], var: Path) -> None:
    with_data(var)
    before = files_in(var)
    with pytest.raises(
        NotADemonstrationError, match="已有正式数据，请用 GONGSHI_VAR 为演示另选目录"
    ) as refusal:
        act(settings_of(var))
    assert str(var.resolve()) in str(refusal.value)
    assert files_in(var) == before


@pytest.mark.parametrize("act", [claim, forget])
def test_a_database_elsewhere_is_refused_and_nothing_is_made(act: type[object], var: Path) -> None:
    elsewhere = settings_of(var, DATABASE_URL="postgresql://app@db/g")
    with pytest.raises(NotADemonstrationError, match="请先取消 DATABASE_URL"):
        act(elsewhere)
    assert files_in(var) == {}


def test_the_command_refuses_to_reset_a_real_installation_in_one_sentence(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_data(var)
    before = files_in(var)
    monkeypatch.setenv("GONGSHI_VAR", str(var))
    command = [sys.executable, "-m", "gongshi.cli", "demo", "--reset"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert answer.stderr == f"{var.resolve()} 中已有正式数据，请用 GONGSHI_VAR 为演示另选目录。\n"
    assert {path: content for path, content in files_in(var).items() if path.name != "secrets.json"} == before


# --- from the beginning -----------------------------------------------------------------------


@pytest.fixture
def used(var: Path) -> Path:
    """The folder of a demonstration that has data and clips."""
    claim(settings_of(var))
    with_data(var)
    (var / "clips").mkdir()
    (var / "clips" / "road.mp4").write_bytes(b"a film")
    return var


def test_forgetting_removes_the_data_and_keeps_the_clips(used: Path) -> None:
    forget(settings_of(used))
    assert not (used / "postgres").exists()
    assert (used / "clips" / "road.mp4").read_bytes() == b"a film"
    # It may begin, and be forgotten, again.
    claim(settings_of(used))
    forget(settings_of(used))


def test_a_demonstration_that_runs_is_not_forgotten(used: Path) -> None:
    with single_instance(used), pytest.raises(AlreadyRunningError):
        forget(settings_of(used))
    assert (used / "postgres" / "data" / "rows").exists()


@pytest.mark.parametrize(("reset", "is_kept"), [(True, False), (False, True)])
def test_the_command_forgets_before_it_starts_and_only_when_told(
    reset: bool, is_kept: bool, used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = used / "postgres" / "data" / "rows"
    monkeypatch.setattr(cli, "run", lambda *_, **__: 0 if row.exists() is is_kept else 9)
    monkeypatch.setenv("GONGSHI_DEMO", "0")  # the command sets it for its processes
    monkeypatch.setattr(cli, "environment", lambda: settings_of(used))
    with pytest.raises(typer.Exit) as ended:
        cli.demo(reset=reset)
    assert ended.value.exit_code == 0
    assert (used / "clips" / "road.mp4").exists()


# --- what a visitor reads ---------------------------------------------------------------------


@pytest.fixture
def said(tmp_path: Path) -> str:
    return welcome(Installation(settings_of(tmp_path, port=18000), server=None))


def test_the_welcome_names_the_address_with_the_port_really_used(said: str) -> None:
    assert "http://localhost:18000\n" in said


def test_the_welcome_names_every_account_and_the_password_of_all(said: str) -> None:
    assert f"密码均为 {PASSWORD}" in said
    lines = [line.split(maxsplit=1) for line in said.splitlines() if line.startswith("  ")]
    assert [[entry.account, entry.who] for entry in ACCOUNTS] == lines[: len(ACCOUNTS)]


def test_the_welcome_tells_what_to_try_as_accounts_that_exist(said: str) -> None:
    assert TRY_THIS in said and "--reset" in said
    named = set(re.findall(r"[a-z]+(?:-[a-z]+)*", TRY_THIS))
    assert named and named <= {entry.account for entry in ACCOUNTS}


def test_the_welcome_is_what_the_smoke_run_waits_for(said: str) -> None:
    assert READY in said
