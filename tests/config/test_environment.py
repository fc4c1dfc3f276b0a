"""Where browsers reach the portal and the media node."""

from pathlib import Path

from gongshi.config.environment import Environment

SECRETS = dict.fromkeys(("secret_key", "field_key", "media_secret", "hook_secret"), "ab" * 32)


def _environment(tmp_path: Path, **given: object) -> Environment:
    return Environment.model_validate({"var": tmp_path, **SECRETS, **given})


def test_without_a_proxy_browsers_use_the_ports_of_the_processes(tmp_path: Path) -> None:
    own = _environment(tmp_path, port=8000, media_port=8081, public_hosts="localhost,127.0.0.1")
    assert own.portal_origins == ["http://localhost:8000", "http://127.0.0.1:8000"]
    assert own.socket_url == "ws://{host}:8081"


def test_behind_a_proxy_portal_and_pictures_have_one_origin(tmp_path: Path) -> None:
    own = _environment(
        tmp_path, public_origin="https://portal.example", media_public_url="wss://portal.example"
    )
    assert own.portal_origins == ["https://portal.example"]
    assert own.socket_url == "wss://portal.example"
