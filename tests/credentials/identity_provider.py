"""An OpenID Connect provider in a process of its own, and one who stands before it and lies."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

Claims = dict[str, Any]
DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Provider:
    url: str

    def knows(self, subject: str, **claims: str) -> None:
        httpx.put(f"{self.url}/users/{subject}", json=claims).raise_for_status()

    def signs_in(self, subject: str, address: str) -> str:
        """What the person does at the provider; gives the address to which his browser is sent back."""
        answer = httpx.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]


@contextmanager
def provider_process() -> Iterator[Provider]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "-n", "True"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    try:
        _wait_for(port)
        yield Provider(f"http://localhost:{port}")
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "the provider did not start"
            time.sleep(0.05)
        else:
            return


def own_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Impostor:
    """Passes on what the provider says, but signs tokens himself, as `forge` wants them.

    `published` is the key that he gives out as the provider's; None gives out the provider's own.
    """

    provider: Provider
    published: rsa.RSAPrivateKey | None = None
    forge: Callable[[Claims], str] = lambda claims: ""
    about: Claims | None = None

    def document(self, path: str, url: str) -> Claims | None:
        """What he answers himself."""
        if path == DISCOVERY:
            told: Claims = httpx.get(f"{self.provider.url}{DISCOVERY}").json()
            mine = {name: f"{url}/{name}" for name in ("token_endpoint", "jwks_uri", "userinfo_endpoint")}
            return told | mine
        if path == "/jwks_uri":
            if self.published is None:
                return dict(httpx.get(f"{self.provider.url}/jwks").json())
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key()))
            return {"keys": [key | {"kid": "impostor", "alg": "RS256", "use": "sig"}]}
        return None

    def tokens(self, body: bytes, headers: dict[str, str]) -> Claims:
        real: Claims = httpx.post(f"{self.provider.url}/oauth2/token", content=body, headers=headers).json()
        claims = jwt.decode(real["id_token"], options={"verify_signature": False})
        return real | {"id_token": self.forge(claims)}


@contextmanager
def standing_before(impostor: Impostor) -> Iterator[str]:
    """The address under which the impostor answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = f"http://{self.headers['Host']}"
            answer = impostor.document(self.path, host)
            if answer is None:
                headers = {"Authorization": self.headers["Authorization"]}
                answer = httpx.get(f"{impostor.provider.url}/userinfo", headers=headers).json()
                answer |= impostor.about or {}
            self._send(answer)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            wanted = {"Content-Type", "Authorization"}
            self._send(impostor.tokens(body, {k: v for k, v in self.headers.items() if k in wanted}))

        def _send(self, answer: Claims) -> None:
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
