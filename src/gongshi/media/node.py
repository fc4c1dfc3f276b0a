"""A media node: one process, one port for REST interface and sockets."""

import asyncio
import logging
import signal
from typing import Any

import uvloop
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from gongshi.media import metrics, rest
from gongshi.media.hooks import Hooks
from gongshi.media.playing import SOCKET_PATH, Playing
from gongshi.media.redaction import RedactingFormatter
from gongshi.media.settings import MediaSettings, new_boot
from gongshi.media.streams import Streams
from gongshi.wire.hooks import Hook, OnServerKeepalive, OnServerStarted

log = logging.getLogger(__name__)


class MediaNode:
    """Use as an asynchronous context manager; `port` is known once it has been entered."""

    def __init__(self, settings: MediaSettings) -> None:
        self.settings = settings
        self.boot = new_boot()
        self.port = settings.port
        self.hooks: Hooks
        self.streams: Streams
        self.playing: Playing
        self._registry: CollectorRegistry
        self._runner: web.AppRunner
        self._keepalive: asyncio.Task[None]

    @property
    def config(self) -> dict[str, str]:
        """What getServerConfig shows and on_server_started posts: flat, and without the secret."""
        settings = self.settings
        return {
            "gongshi.boot": self.boot,
            "general.mediaServerId": settings.node_id,
            "general.flowThreshold": "0",
            "general.maxStreamWaitMS": str(int(settings.max_stream_wait_s * 1000)),
            "general.streamNoneReaderDelayMS": str(int(settings.none_reader_delay_s * 1000)),
            "hook.alive_interval": str(settings.keepalive_s),
            "hook.enable": "1",
            "hook.timeoutSec": str(settings.hook_timeout_s),
            "http.port": str(self.port),
        }

    def statistic(self) -> dict[str, Any]:
        """Counters of what lives now, with ZLMediaKit's names where it has one."""
        pulls = self.streams.pulls.values()
        return {
            "MediaSource": sum(pull.stream.is_online for pull in pulls),
            "StreamProxy": len(pulls),
            "TcpSession": len(self.playing.viewers),
        }

    async def __aenter__(self) -> "MediaNode":
        self.hooks = Hooks(self.settings, self.boot)
        self.streams = Streams(self.settings, self.hooks)
        self.playing = Playing(self.settings, self.hooks, self.streams)
        self._registry = metrics.registry(self)
        app = web.Application()
        app.router.add_route("*", "/index/api/{name}", rest.handler(self))
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get(SOCKET_PATH, self.playing.handle)
        # No access log: addresses hold tickets and secrets.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.settings.host, self.settings.port).start()
        self.port = self._runner.addresses[0][1]
        log.info("media node %s listens on %s:%d", self.settings.node_id, self.settings.host, self.port)
        self._keepalive = asyncio.create_task(self._tell_that_we_live())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._keepalive.cancel()
        self.playing.close()
        await self.streams.close()
        await self._runner.cleanup()
        await self.hooks.close()

    async def _tell_that_we_live(self) -> None:
        self.hooks.tell(Hook.SERVER_STARTED, OnServerStarted(), extra=self.config)
        while True:
            await asyncio.sleep(self.settings.keepalive_s)
            self.hooks.tell(Hook.SERVER_KEEPALIVE, OnServerKeepalive(data=self.statistic()))

    async def _metrics(self, request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not rest.is_secret(self, token.strip()):
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        body = generate_latest(self._registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def run(settings: MediaSettings) -> None:
    """Run a node until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with MediaNode(settings):
        await stop.wait()


def main() -> None:
    """Entry point: a node with the settings of the environment."""
    console = logging.StreamHandler()
    console.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[console])
    uvloop.run(run(MediaSettings()))  # type: ignore[call-arg]
