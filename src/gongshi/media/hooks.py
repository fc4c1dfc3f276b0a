"""Asks and tells the control plane."""

import asyncio
import logging
from collections import Counter
from http import HTTPStatus
from typing import Any

import aiohttp
from pydantic import ValidationError

from gongshi.media.redaction import redact
from gongshi.media.settings import MediaSettings
from gongshi.wire.hooks import Hook, HookAnswer, HookMessage

log = logging.getLogger(__name__)

TRIES = 2
RETRY_DELAY_S = 0.3


class HookUnanswered(Exception):  # noqa: N818
    """The control plane did not answer, or not as it should. Whoever asked for leave has none."""


class Hooks:
    """The control plane's hooks. `results` counts (hook, "agreed" | "refused" | "unanswered")."""

    def __init__(self, settings: MediaSettings, boot: str) -> None:
        self.results: Counter[tuple[str, str]] = Counter()
        self._base = settings.hook_base
        self._identity = {"media_server_id": settings.node_id, "boot": boot}
        timeout = aiohttp.ClientTimeout(total=settings.hook_timeout_s)
        self._http = aiohttp.ClientSession(headers=settings.hook_headers, timeout=timeout)
        self._told: set[asyncio.Task[None]] = set()

    async def ask(self, hook: Hook, message: HookMessage, extra: dict[str, str] | None = None) -> HookAnswer:
        """Send a hook and give its answer; tried twice with the same message. Raises `HookUnanswered`."""
        body = (extra or {}) | message.model_copy(update=self._identity).to_wire()
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(RETRY_DELAY_S)
            try:
                reply = await self._post(hook, body)
            except (TimeoutError, aiohttp.ClientError, ValidationError) as error:
                first_line = f"{type(error).__name__} {error}".splitlines()[0]
                log.warning("%s is not answered: %s", hook, redact(first_line))
                continue
            self.results[hook, "agreed" if reply.code == 0 else "refused"] += 1
            return reply
        self.results[hook, "unanswered"] += 1
        raise HookUnanswered(hook)

    async def _post(self, hook: Hook, body: dict[str, Any]) -> HookAnswer:
        url = f"{self._base}/{hook}"
        async with self._http.post(url, json=body, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                raise aiohttp.ClientResponseError(answer.request_info, (), status=answer.status)
            return HookAnswer.model_validate_json(await answer.read())

    def tell(
        self,
        hook: Hook,
        message: HookMessage,
        extra: dict[str, str] | None = None,
        after: asyncio.Task[Any] | None = None,
    ) -> asyncio.Task[None]:
        """Send a hook whose answer does not matter, in the background; not before `after` is done."""

        async def send() -> None:
            if after is not None:
                await asyncio.wait({after})
            try:
                await self.ask(hook, message, extra)
            except HookUnanswered:
                log.error("%s is lost", hook)

        task = asyncio.create_task(send())
        self._told.add(task)
        task.add_done_callback(self._told.discard)
        return task

    async def close(self, patience_s: float = 3.0) -> None:
        """Wait a moment for what is still being told, then close."""
        if self._told:
            await asyncio.wait(self._told, timeout=patience_s)
        await self._http.close()
