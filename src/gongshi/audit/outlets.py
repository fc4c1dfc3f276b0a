"""Places outside the database to which the record is told: a file, a syslog server (RFC 5424), a mailbox.

An address is `file:///var/log/gongshi.jsonl`, `syslog+tcp://10.33.0.9:514`, `syslog+udp://10.33.0.9:514` or
`mailto:audit@example.gov.cn`, which goes through the mail server of the settings.
By UDP nothing tells whether a message arrived; where none may be lost, use TCP.
"""

import os
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from enum import IntEnum
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

# RFC 5424: facility 13 is “log audit”.
FACILITY: Final = 13
APP: Final = "gongshi"
SYSLOG_PORT: Final = 514
TIMEOUT_S: Final = 5.0
# RFC 5426: more does not fit into a datagram.
DATAGRAM_BYTES: Final = 65_000
NO_TLS: Final = (
    "邮件服务器不支持加密（STARTTLS），未登录、未发送；请启用该服务器的加密，"
    "或在 GONGSHI_MAIL_SERVER 改用 smtps:// 地址，或改用无需密码的服务器"
)
BAD_CERTIFICATE: Final = (
    "邮件服务器的证书不可信，未登录、未发送；"
    "请检查 GONGSHI_MAIL_SERVER 的主机名，或把签发机构加入系统信任的证书"
)
BOM: Final = b"\xef\xbb\xbf"
FORMS: Final = "file:///路径、syslog+tcp://主机:端口、syslog+udp://主机:端口 或 mailto:邮箱"


class Severity(IntEnum):
    """As RFC 5424 counts them."""

    WARNING = 4
    NOTICE = 5


@dataclass(frozen=True)
class Message:
    """One thing to tell; `kind` in ASCII, up to 32 letters, says what the text is about."""

    at: datetime
    kind: str
    text: str
    severity: Severity = Severity.NOTICE


class Outlet(Protocol):
    """Somewhere outside. `send` returns when all messages have arrived there; else it raises OSError."""

    @property
    def address(self) -> str: ...

    def send(self, messages: Sequence[Message]) -> None: ...


@dataclass(frozen=True)
class FileOutlet:
    """A file that grows by one line for each message; each batch is on the disk before `send` returns."""

    address: str

    def send(self, messages: Sequence[Message]) -> None:
        path = Path(urlsplit(self.address).path)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(b"".join(message.text.encode() + b"\n" for message in messages))
            file.flush()
            os.fsync(file.fileno())


@dataclass(frozen=True)
class SyslogOutlet:
    """A syslog server. There is no receipt, so by TCP a batch counts when the server has read to its end."""

    address: str

    def send(self, messages: Sequence[Message]) -> None:
        parts = urlsplit(self.address)
        place = (parts.hostname or "", parts.port or SYSLOG_PORT)
        deliver = _by_tcp if parts.scheme == "syslog+tcp" else _by_udp
        deliver(place, [syslog_line(message) for message in messages])


@dataclass(frozen=True)
class MailOutlet:
    """A mailbox that gets one letter a message; the mail server has taken them when `send` returns."""

    address: str

    def send(self, messages: Sequence[Message]) -> None:
        server = urlsplit(settings.MAIL_SERVER)
        if not server.hostname:
            raise OSError("没有设置邮件服务器，请填写 GONGSHI_MAIL_SERVER")
        try:
            with _connected(server) as connection:
                if server.username:
                    _log_in(connection, server)
                for message in messages:
                    connection.send_message(self._letter(message, unquote(server.username or "")))
        except ssl.SSLCertVerificationError as error:
            raise OSError(f"{BAD_CERTIFICATE}（{error.verify_message}）") from None

    def _letter(self, message: Message, account: str) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = account if "@" in account else f"{APP}@{_host()}"
        letter["To"] = urlsplit(self.address).path
        letter["Subject"] = f"{APP} {message.kind} {message.at:%Y-%m-%d}"
        letter.set_content(message.text)
        return letter


def _connected(server: SplitResult) -> smtplib.SMTP:
    """A connection to the mail server of the settings. Raises OSError."""
    place = (server.hostname or "", server.port or 0)
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(*place, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return smtplib.SMTP(*place, timeout=TIMEOUT_S)


def _log_in(connection: smtplib.SMTP, server: SplitResult) -> None:
    """Over TLS only, with a server that has shown who it is (RFC 3207). Raises OSError."""
    if not isinstance(connection, smtplib.SMTP_SSL):
        connection.ehlo_or_helo_if_needed()
        if not connection.has_extn("starttls"):
            raise OSError(NO_TLS)
        connection.starttls(context=ssl.create_default_context())
    connection.login(unquote(server.username or ""), unquote(server.password or ""))


def _by_tcp(place: tuple[str, int], lines: Iterable[bytes]) -> None:
    """Octet counting after RFC 6587; the server closes when it has read our end."""
    with socket.create_connection(place, TIMEOUT_S) as connection:
        for line in lines:
            connection.sendall(b"%d %b" % (len(line), line))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            continue


def _by_udp(place: tuple[str, int], lines: Iterable[bytes]) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as connection:
        connection.settimeout(TIMEOUT_S)
        connection.connect(address)
        for line in lines:
            connection.send(line[:DATAGRAM_BYTES])


def syslog_line(message: Message) -> bytes:
    """A message in the form of RFC 5424, without structured data, its text marked as UTF-8."""
    at = message.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    priority, kind = FACILITY * 8 + message.severity, message.kind[:32] or "-"
    head = f"<{priority}>1 {at} {_host()} {APP} {os.getpid()} {kind} - "
    return head.encode("ascii", "replace") + BOM + message.text.encode()


def _host() -> str:
    with suppress(OSError):
        return socket.gethostname() or "-"
    return "-"


NAMED_BY_PATH: Final = frozenset({"file", "mailto"})
KINDS: Final[dict[str, Callable[[str], Outlet]]] = {
    "file": FileOutlet,
    "syslog+tcp": SyslogOutlet,
    "syslog+udp": SyslogOutlet,
    "mailto": MailOutlet,
}


def outlets(addresses: str) -> list[Outlet]:
    """The outlets of a setting, separated by commas. Raises ValueError for what is no such address."""
    given = [address.strip() for address in addresses.split(",") if address.strip()]
    for address in given:
        parts = urlsplit(address)
        if parts.scheme not in KINDS or not (parts.path if parts.scheme in NAMED_BY_PATH else parts.hostname):
            raise ValueError(f"{address} 不是可用的去处，请写成 {FORMS}。")
    return [KINDS[urlsplit(address).scheme](address) for address in given]
