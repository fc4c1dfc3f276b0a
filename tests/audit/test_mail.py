"""The day's seal in a mailbox, handed to a mail server that really listens."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from gongshi.audit.outlets import Message, outlets
from gongshi.kernel import clock

ANSWERS = {b"DATA": b"354 go on", b"QUIT": b"221 bye"}


class MailServer:
    """Takes letters by SMTP (RFC 5321), one connection after another; refuses recipients when told to."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.refuses = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.listener.getsockname()[1]}"
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
            with connection, connection.makefile("rwb") as wire:
                self._converse(wire)

    def _converse(self, wire) -> None:  # type: ignore[no-untyped-def]
        def say(line: bytes) -> None:
            wire.write(line + b"\r\n")
            wire.flush()

        say(b"220 here")
        for line in wire:
            verb = line[:4].upper()
            refused = self.refuses and verb == b"RCPT"
            say(b"550 nobody of this name" if refused else ANSWERS.get(verb, b"250 ok"))
            if verb == b"DATA":
                letter = b""
                while (part := wire.readline()) != b".\r\n":
                    letter += part
                self.letters.append(letter.decode())
                say(b"250 taken")
            if verb == b"QUIT":
                return


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    made = MailServer()
    settings.MAIL_SERVER = made.url
    yield made
    made.stop()


def send() -> None:
    (outlet,) = outlets("mailto:shenji@example.gov.cn")
    outlet.send([Message(clock.now(), "seal.daily", '{"number": 7}')])


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
