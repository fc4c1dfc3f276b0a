"""The day's seal in a mailbox, handed to a mail server that really listens."""

import base64
import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import BufferedRWPair
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from gongshi.audit.daily_seals import send_daily_seals
from gongshi.audit.models import DailySeal
from gongshi.audit.outlets import Message, outlets
from gongshi.kernel import clock
from tests.audit.sealed import write_events

ANSWERS = {b"DATA": b"354 go on", b"QUIT": b"221 bye", b"AUTH": b"235 welcome"}
PASSWORD = "gs-mi-ma-2026"
LOGIN = base64.b64encode(f"\0gongshi\0{PASSWORD}".encode())


class MailServer:
    """Takes letters by SMTP (RFC 5321), one connection after another; refuses recipients when told to.

    With a certificate it offers STARTTLS (RFC 3207), and a login behind it or, when careless, before.
    """

    def __init__(self) -> None:
        self.letters: list[str] = []
        # Each line that came, and whether it came through TLS.
        self.heard: list[tuple[bytes, bool]] = []
        self.refuses = False
        self.careless = False
        self.certificate: Path | None = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.url = f"smtp://{self.place}"
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        """Closing alone would still take the connection for which `accept` waits."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self._greet(connection)

    def _greet(self, connection: socket.socket) -> None:
        with connection.makefile("rwb") as wire:
            self._say(wire, b"220 here")
            if not self._converse(wire, encrypted=False):
                return
        assert self.certificate is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        with context.wrap_socket(connection, server_side=True) as secret, secret.makefile("rwb") as wire:
            self._converse(wire, encrypted=True)

    def _say(self, wire: BufferedRWPair, line: bytes) -> None:
        wire.write(line + b"\r\n")
        wire.flush()

    def _converse(self, wire: BufferedRWPair, encrypted: bool) -> bool:
        """Until the end, or until the other side wants TLS: then True."""
        for line in wire:
            self.heard.append((line, encrypted))
            verb = line[:4].upper()
            if verb == b"STAR":
                self._say(wire, b"220 go ahead")
                return True
            refused = self.refuses and verb == b"RCPT"
            said = self._offers(encrypted) if verb == b"EHLO" else ANSWERS.get(verb, b"250 ok")
            self._say(wire, b"550 nobody of this name" if refused else said)
            if verb == b"DATA":
                letter = b""
                while (part := wire.readline()) != b".\r\n":
                    letter += part
                self.letters.append(letter.decode())
                self._say(wire, b"250 taken")
            if verb == b"QUIT":
                return False
        return False

    def _offers(self, encrypted: bool) -> bytes:
        offered = [b"here"]
        if self.certificate and not encrypted:
            offered.append(b"STARTTLS")
        if encrypted or self.careless:
            offered.append(b"AUTH PLAIN")
        *first, last = offered
        return b"".join(b"250-%b\r\n" % each for each in first) + b"250 " + last


def write_certificate(path: Path) -> Path:
    """A certificate of this machine, signed by itself, with its key in the same file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(hours=1))
        .not_valid_after(clock.now() + timedelta(hours=1))
        .add_extension(address, critical=True)
        .sign(key, hashes.SHA256())
    )
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(kept + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    made = MailServer()
    settings.MAIL_SERVER = made.url
    yield made
    made.stop()


@pytest.fixture
def guarded(server: MailServer, settings: Settings, tmp_path: Path) -> MailServer:
    """A server with a certificate, to which one logs in."""
    server.certificate = write_certificate(tmp_path / "mail.pem")
    settings.MAIL_SERVER = f"smtp://gongshi:{PASSWORD}@{server.place}"
    return server


def send() -> None:
    (outlet,) = outlets("mailto:shenji@example.gov.cn")
    outlet.send([Message(clock.now(), "seal.daily", '{"number": 7}')])


def logins(server: MailServer) -> list[tuple[bytes, bool]]:
    """What was told of a password, and whether through TLS."""
    return [(line, encrypted) for line, encrypted in server.heard if line[:4] == b"AUTH" or LOGIN in line]


def test_the_letter_arrives_with_its_text(server: MailServer) -> None:
    send()
    (letter,) = server.letters
    assert "To: shenji@example.gov.cn" in letter and '{"number": 7}' in letter


def test_a_refusal_is_an_error_that_is_told(server: MailServer) -> None:
    server.refuses = True
    with pytest.raises(OSError, match="nobody of this name"):
        send()
    assert server.letters == []


def test_a_silent_server_and_a_missing_setting_are_errors_too(server: MailServer, settings: Settings) -> None:
    server.stop()
    with pytest.raises(OSError):
        send()
    settings.MAIL_SERVER = ""
    with pytest.raises(OSError, match="GONGSHI_MAIL_SERVER"):
        send()


def test_the_password_goes_through_tls(guarded: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(guarded.certificate))
    guarded.careless = True
    send()
    assert len(guarded.letters) == 1
    assert logins(guarded) == [(b"AUTH PLAIN " + LOGIN + b"\r\n", True)]


def test_a_server_that_cannot_show_who_it_is_gets_neither_password_nor_letter(guarded: MailServer) -> None:
    with pytest.raises(OSError, match="证书不可信"):
        send()
    assert logins(guarded) == [] and guarded.letters == []


@pytest.mark.django_db(transaction=True)
def test_without_tls_there_is_no_login_and_the_failure_says_what_to_do(
    guarded: MailServer, settings: Settings
) -> None:
    guarded.certificate, guarded.careless = None, True
    settings.SEAL_OUTLETS = outlets("mailto:shenji@example.gov.cn")
    write_events(1)
    (failure,) = send_daily_seals()
    assert "STARTTLS" in failure and "smtps://" in failure and PASSWORD not in failure
    assert logins(guarded) == [] and guarded.letters == []
    assert not DailySeal.objects.exists()
