"""All streams of the node: pulls that start, are lost, come back, are left by everybody, and stop."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from gongshi.media.fmp4 import InitSegment
from gongshi.media.frame import Frame
from gongshi.media.hooks import Hooks, HookUnanswered
from gongshi.media.redaction import redact
from gongshi.media.settings import MediaSettings
from gongshi.media.source import Source
from gongshi.media.stream import Stream
from gongshi.media.viewer import CLOSED_GOING, Viewer
from gongshi.wire.hooks import Hook, OnStreamChanged, OnStreamNoneReader, OnStreamNotFound

log = logging.getLogger(__name__)

StreamKey = tuple[str, str]


class StreamExists(Exception):  # noqa: N818
    """A stream of this name is being pulled."""


class SourceSilent(Exception):  # noqa: N818
    """The source did not answer; says why, without password."""


class Pull:
    """A stream and what feeds it: brings the source's news from its thread into the event loop."""

    def __init__(self, stream: Stream, url: str, rtp_type: int, timeout_s: float, streams: "Streams") -> None:
        self.stream = stream
        self.first_answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.none_reader_timer: asyncio.TimerHandle | None = None
        self.source = Source(url, rtp_type, timeout_s, self)
        self._streams = streams
        self._loop = asyncio.get_running_loop()

    @property
    def key(self) -> StreamKey:
        return self.stream.app, self.stream.name

    def opened(self, init: InitSegment, frame_rate: float) -> None:
        self._in_loop(self._streams.opened, self, init, frame_rate)

    def frame(self, frame: Frame) -> None:
        self._in_loop(self.stream.show, frame)

    def lost(self, reason: str) -> None:
        self._in_loop(self._streams.lost, self, reason)

    def _in_loop(self, call: Callable[..., None], *args: Any) -> None:
        # A source may outlive the loop by one packet.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *args)


class Wait:
    """Viewers of a stream that is not there yet. `arrival` gives it, or None: nobody will bring it."""

    def __init__(self) -> None:
        self.arrival: asyncio.Future[Stream | None] = asyncio.get_running_loop().create_future()
        self.viewers = 0

    def end(self, stream: Stream | None) -> None:
        if not self.arrival.done():
            self.arrival.set_result(stream)


class Streams:
    """The streams by (app, stream)."""

    def __init__(self, settings: MediaSettings, hooks: Hooks) -> None:
        self.pulls: dict[StreamKey, Pull] = {}
        self._settings = settings
        self._hooks = hooks
        self._waits: dict[StreamKey, Wait] = {}
        self._announcements: dict[StreamKey, asyncio.Task[None]] = {}
        self._questions: set[asyncio.Task[None]] = set()

    def online(self, app: str, name: str) -> Stream | None:
        """The stream, when frames come."""
        pull = self.pulls.get((app, name))
        return pull.stream if pull and pull.stream.is_online else None

    async def add(self, app: str, name: str, url: str, rtp_type: int, timeout_s: float) -> None:
        """Pull `url`; returns when it has answered. Raises `StreamExists`, `SourceSilent`."""
        if (app, name) in self.pulls:
            raise StreamExists(f"{app}/{name}")
        stream = Stream(app, name, self._settings.gop_cache)
        pull = Pull(stream, url, rtp_type, self._settings.source_timeout_s, self)
        self.pulls[pull.key] = pull
        log.info("%s/%s: pulling %s", app, name, redact(url))
        pull.source.start()
        try:
            await asyncio.wait_for(pull.first_answer, timeout_s)
        except TimeoutError:
            self._forget(pull)
            raise SourceSilent("the source did not answer in time") from None
        except SourceSilent:
            self._forget(pull)
            raise

    def remove(self, app: str, name: str) -> bool:
        """Stop a pull and let its viewers go; False when there is none."""
        pull = self.pulls.get((app, name))
        if pull is None:
            return False
        self._forget(pull)
        return True

    async def wait_for(self, viewer: Viewer, not_found: OnStreamNotFound) -> Stream | None:
        """The viewer's stream as soon as it is there, None after the longest wait.

        The first of those who wait has `not_found` sent; the control plane may end the wait of all.
        """
        key = viewer.key
        if key in self.pulls:
            self.pulls[key].source.hurry()
        wait = self._waits.get(key)
        if wait is None:
            wait = self._waits[key] = Wait()
            self._question(self._ask_for_missing(wait, not_found))
        wait.viewers += 1
        try:
            await asyncio.wait({wait.arrival}, timeout=self._settings.max_stream_wait_s)
            return wait.arrival.result() if wait.arrival.done() else None
        finally:
            wait.viewers -= 1
            if not wait.viewers and self._waits.get(key) is wait:
                del self._waits[key]

    def admit(self, viewer: Viewer, stream: Stream) -> None:
        """Let a viewer watch."""
        stream.admit(viewer)
        self._rest(self.pulls.get((stream.app, stream.name)))

    def dismiss(self, viewer: Viewer, stream: Stream) -> None:
        """A viewer has gone."""
        stream.viewers.discard(viewer)
        self._watch_over(self.pulls.get((stream.app, stream.name)))

    async def close(self) -> None:
        """Stop all pulls and wait a moment for their threads."""
        sources = [pull.source for pull in self.pulls.values()]
        for pull in list(self.pulls.values()):
            self._forget(pull)
        await asyncio.gather(*(asyncio.to_thread(source.join, 1.0) for source in sources))

    def opened(self, pull: Pull, init: InitSegment, frame_rate: float) -> None:
        """News of a source: it is there, or has changed its format."""
        if not self._is_current(pull):
            return
        was_online = pull.stream.is_online
        pull.stream.open(init, frame_rate)
        if not pull.first_answer.done():
            pull.first_answer.set_result(None)
        if was_online:
            return
        log.info("%s/%s: online, %s %dx%d", *pull.key, init.mime, init.width, init.height)
        self._announce(pull, is_there=True)
        self._watch_over(pull)
        wait = self._waits.pop(pull.key, None)
        if wait is not None:
            wait.end(pull.stream)

    def lost(self, pull: Pull, reason: str) -> None:
        """News of a source: it is gone, and will be tried again."""
        if not self._is_current(pull):
            return
        log.warning("%s/%s: %s", *pull.key, reason)
        if not pull.first_answer.done():
            pull.first_answer.set_exception(SourceSilent(reason))
        if pull.stream.is_online:
            pull.stream.lose()
            self._announce(pull, is_there=False)

    def _forget(self, pull: Pull) -> None:
        if not self._is_current(pull):
            return
        del self.pulls[pull.key]
        pull.source.stop()
        self._rest(pull)
        if not pull.first_answer.done():
            pull.first_answer.set_exception(SourceSilent("the pull was stopped"))
        for viewer in pull.stream.viewers:
            viewer.close(CLOSED_GOING)
        if pull.stream.is_online:
            pull.stream.lose()
            self._announce(pull, is_there=False)
        log.info("%s/%s: stopped", *pull.key)

    def _is_current(self, pull: Pull) -> bool:
        return self.pulls.get(pull.key) is pull

    def _announce(self, pull: Pull, *, is_there: bool) -> None:
        """Tell that a stream came or went, in the order in which it happened."""
        app, name = key = pull.key
        message = OnStreamChanged(app=app, stream=name, regist=is_there)
        task = self._hooks.tell(Hook.STREAM_CHANGED, message, after=self._announcements.get(key))
        self._announcements[key] = task

        def forget(done: asyncio.Task[None]) -> None:
            if self._announcements.get(key) is done:
                del self._announcements[key]

        task.add_done_callback(forget)

    def _watch_over(self, pull: Pull | None) -> None:
        """Have a stream without viewers looked at after the delay."""
        if pull and not pull.stream.viewers and pull.none_reader_timer is None:
            pull.none_reader_timer = asyncio.get_running_loop().call_later(
                self._settings.none_reader_delay_s, lambda: self._question(self._ask_whether_to_stop(pull))
            )

    def _rest(self, pull: Pull | None) -> None:
        if pull and pull.none_reader_timer:
            pull.none_reader_timer.cancel()
            pull.none_reader_timer = None

    async def _ask_whether_to_stop(self, pull: Pull) -> None:
        """Nobody watches: a lost source is given up, for a living one the control plane is asked."""
        may_stop = not pull.stream.is_online
        if not may_stop:
            app, name = pull.key
            message = OnStreamNoneReader(app=app, stream=name)
            with contextlib.suppress(HookUnanswered):
                may_stop = bool((await self._hooks.ask(Hook.STREAM_NONE_READER, message)).close)
        pull.none_reader_timer = None
        if pull.stream.viewers or not self._is_current(pull):
            return
        if may_stop:
            self._forget(pull)
        else:
            self._watch_over(pull)

    async def _ask_for_missing(self, wait: Wait, not_found: OnStreamNotFound) -> None:
        # Unanswered is no verdict: somebody may have asked for the pull before.
        with contextlib.suppress(HookUnanswered):
            if (await self._hooks.ask(Hook.STREAM_NOT_FOUND, not_found)).close:
                wait.end(None)

    def _question(self, question: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(question)
        self._questions.add(task)
        task.add_done_callback(self._questions.discard)
