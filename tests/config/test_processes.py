"""The list of processes: ports, rights, and one supervisor per installation."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongshi.config.environment import Environment
from gongshi.config.processes import Installation, NoPortError, everything, with_free_ports
from gongshi.config.supervisor import AlreadyRunningError, single_instance


@pytest.fixture
def busy_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def _environment(var: Path, **given: object) -> Environment:
    secrets = dict.fromkeys(("secret_key", "field_key", "media_secret", "hook_secret"), "ab" * 32)
    return Environment.model_validate({"var": var, **secrets, **given})


def test_busy_port_becomes_the_next_and_is_said_aloud(tmp_path: Path, busy_port: int) -> None:
    said: list[str] = []
    found = with_free_ports(_environment(tmp_path, port=busy_port), said.append)
    assert found.port > busy_port
    assert said[0].startswith(f"端口 {busy_port} 已被占用，改用 {found.port}")


def test_portal_and_media_node_never_share_a_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    found = with_free_ports(_environment(tmp_path, port=port, media_port=port), lambda _: None)
    assert found.port != found.media_port


def test_port_that_needs_root_is_refused_with_advice(tmp_path: Path) -> None:
    first_free_for_all = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if os.geteuid() == 0 or first_free_for_all <= 80:
        pytest.skip("we may listen anywhere")
    with pytest.raises(NoPortError, match="GONGSHI_PORT"):
        with_free_ports(_environment(tmp_path, port=80), lambda _: None)


def _external(tmp_path: Path) -> Installation:
    urls = {"DATABASE_URL": "postgresql://app@db/g", "DATABASE_OWNER_URL": "postgresql://owner@db/g"}
    return Installation(_environment(tmp_path, port=18000, media_port=18081, **urls), server=None)


def test_every_process_learns_the_ports_that_were_chosen(tmp_path: Path) -> None:
    for process in everything(_external(tmp_path)):
        assert process.env["GONGSHI_PORT"] == "18000"
        assert process.env["GONGSHI_MEDIA_PORT"] == "18081"


def test_media_node_calls_the_port_where_the_portal_really_is(tmp_path: Path) -> None:
    media = next(process for process in everything(_external(tmp_path)) if process.name == "media")
    assert media.env["GONGSHI_MEDIA_HOOK_URL"].endswith("@127.0.0.1:18000/media-hooks")


def test_only_migrations_connect_as_the_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/g")
    with_owner = {
        process.name
        for process in everything(_external(tmp_path))
        if any("owner@" in value for value in process.env.values())
    }
    assert with_owner == {"migrate"}


def test_only_background_jobs_connect_as_the_keeper_of_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_KEEPER_URL", "postgresql://keeper@db/g")
    with_keeper = {
        process.name
        for process in everything(_external(tmp_path))
        if any("keeper@" in value for value in process.env.values())
    }
    assert with_keeper == {"worker-prompt", "worker-bulk"}


def test_media_node_gets_no_database(tmp_path: Path) -> None:
    media = next(process for process in everything(_external(tmp_path)) if process.name == "media")
    assert "DATABASE_URL" not in media.env


def test_external_database_needs_no_db_process(tmp_path: Path) -> None:
    assert "db" not in {process.name for process in everything(_external(tmp_path))}


def test_second_supervisor_of_one_installation_is_refused(tmp_path: Path) -> None:
    refusal = pytest.raises(AlreadyRunningError, match=str(os.getpid()))
    with single_instance(tmp_path), refusal, single_instance(tmp_path):
        pass


def test_lock_of_a_killed_supervisor_is_free(tmp_path: Path) -> None:
    hold = (
        "import pathlib, signal, sys; from gongshi.config.supervisor import single_instance\n"
        "with single_instance(pathlib.Path(sys.argv[1])): print('held', flush=True); signal.pause()"
    )
    argv = [sys.executable, "-c", hold, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunningError), single_instance(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
    with single_instance(tmp_path):
        pass


def test_second_start_says_one_sentence_and_exits_with_three(tmp_path: Path) -> None:
    environment = {**os.environ, "GONGSHI_VAR": str(tmp_path), "DATABASE_URL": "", "DATABASE_OWNER_URL": ""}
    with single_instance(tmp_path):
        second = subprocess.run(
            [sys.executable, "-m", "gongshi.cli", "up"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 3
    assert second.stderr == f"共视已在 {tmp_path} 中运行（进程 {os.getpid()}），无需再启动。\n"
