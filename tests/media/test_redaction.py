"""No password and no camera address in a log."""

import logging

import pytest

from gongshi.media.redaction import RedactingFormatter, redact


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("rtsp://admin:12345@10.0.0.1:554/a", "rtsp://***@10.0.0.1:554/a"),
        ("rtsp://admin:p@ss@10.0.0.1/a", "rtsp://***@10.0.0.1/a"),
        ("'rtsp://10.0.0.1/a?user=x&password=12345'", "'rtsp://10.0.0.1/a?user=x&password=***'"),
        ("GET /live/1.live.mp4?ticket=abc HTTP/1.1", "GET /live/1.live.mp4?ticket=*** HTTP/1.1"),
        ("http://127.0.0.1/index/api/x?secret=abc&id=1", "http://127.0.0.1/index/api/x?secret=***&id=1"),
        ("two rtsp://a:b@c/ and rtsp://d:e@f/", "two rtsp://***@c/ and rtsp://***@f/"),
        ("nobody@example.org is no secret", "nobody@example.org is no secret"),
    ],
)
def test_secrets_are_struck_out(text: str, safe: str) -> None:
    assert redact(text) == safe


def test_a_traceback_is_redacted_too() -> None:
    try:
        raise OSError("cannot open rtsp://admin:12345@10.0.0.1/")
    except OSError as error:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "failed", None, (type(error), error, None))
    line = RedactingFormatter().format(record)
    assert "12345" not in line
    assert "10.0.0.1" not in line


@pytest.mark.parametrize("address", ["rtsp://10.0.0.1:554/a", "RTSPS://a:b@camera.example/x?y=z"])
def test_no_camera_address_is_logged(address: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "x", 1, "live/1: pulling %s", (address,), None)
    assert RedactingFormatter().format(record) == "live/1: pulling rtsp://***"
