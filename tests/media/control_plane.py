"""A small real control plane for tests: records every hook and answers by a table."""

import asyncio
from typing import Any

from aiohttp import encode_basic_auth, web

USER, PASSWORD = "node", "p@ss word"


class ControlPlane:
    """`answers[hook]` is the JSON to answer; a number is a status instead, None is silence."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, dict[str, Any] | int | None] = {}
        self.url = ""
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> "ControlPlane":
        app = web.Application()
        app.router.add_post("/media-hooks/{hook}", self._hook)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://{USER}:p%40ss%20word@127.0.0.1:{port}/media-hooks"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    def of(self, hook: str) -> list[dict[str, Any]]:
        """What was said by one hook so far."""
        return [body for name, body in self.calls if name == hook]

    async def wait_for(self, hook: str, number: int = 1, timeout_s: float = 10.0) -> dict[str, Any]:
        """The `number`th call of a hook, as soon as it has come."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(lambda: len(self.of(hook)) >= number)
        return self.of(hook)[number - 1]

    async def _hook(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != encode_basic_auth(USER, PASSWORD):
            raise web.HTTPUnauthorized
        hook = request.match_info["hook"]
        async with self._news:
            self.calls.append((hook, await request.json()))
            self._news.notify_all()
        answer = self.answers.get(hook, {"code": 0, "msg": "success"})
        if answer is None:
            await asyncio.sleep(60)
        if isinstance(answer, int):
            return web.json_response({"code": 0, "msg": "success"}, status=answer)
        return web.json_response(answer)
