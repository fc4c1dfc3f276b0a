"""Keeps passwords, tickets and secrets out of logs and answers, and camera addresses out of logs."""

import logging
import re

CAMERA_ADDRESS = re.compile(r"(?i)\brtsps?://[^\s'\"]+")
USER_INFO = re.compile(r"(?<=://)[^/\s'\"]+@")
SECRET_PARAMETER = re.compile(
    r"(?i)\b(secret|ticket|token|password|passwd|passwort|pwd|pass|auth)=[^&\s'\"]+"
)


def redact(text: str) -> str:
    """`rtsp://admin:12345@10.0.0.1/a?token=x` → `rtsp://***@10.0.0.1/a?token=***`."""
    return SECRET_PARAMETER.sub(r"\1=***", USER_INFO.sub("***@", text))


class RedactingFormatter(logging.Formatter):
    """Redacts the whole line, tracebacks included: no caller has to remember. The stream's name is enough."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(CAMERA_ADDRESS.sub("rtsp://***", super().format(record)))
