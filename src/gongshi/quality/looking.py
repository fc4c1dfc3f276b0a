"""Looks at many cameras at once: waiting takes no core, judging takes all. Knows no database (ADR 0031)."""

import asyncio
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import cv2
from av.video.frame import VideoFrame

from gongshi.media.probe import ProbeResult
from gongshi.quality.codes import Trouble
from gongshi.quality.diagnosis.verdicts import Diagnosis, diagnose
from gongshi.quality.receiving import Received, decoded, receive

log = logging.getLogger(__name__)

THUMBNAIL_WIDTH: Final = 320
THUMBNAIL_QUALITY: Final = 70
_END: Final = None


@dataclass(frozen=True)
class Target:
    """A camera, and where its pictures come from; the address stays in this process."""

    camera_id: int
    url: str

    def __repr__(self) -> str:
        return f"Target({self.camera_id})"


@dataclass(frozen=True)
class Seen:
    """What was found. Without `diagnosis` there was nothing to judge, and `trouble` says why."""

    camera_id: int
    trouble: str = ""
    measures: ProbeResult | None = None
    diagnosis: Diagnosis | None = None
    thumbnail: bytes = b""


Receive = Callable[[str, float], Received]


def look(
    targets: Sequence[Target],
    *,
    at_once: int,
    window_s: float,
    thresholds: Mapping[str, float],
    receiving: Receive = receive,
) -> Iterator[Seen]:
    """Look at cameras, `at_once` beside each other, each for `window_s` seconds; gives each as it is done."""
    done: queue.SimpleQueue[Seen | None] = queue.SimpleQueue()
    round_ = _Round(at_once, window_s, thresholds, receiving, done.put)
    thread = threading.Thread(target=round_.run, args=(targets,), name="inspection", daemon=True)
    thread.start()
    try:
        while (seen := done.get()) is not _END:
            yield seen
    finally:
        round_.stop()
        thread.join()


class _Round:
    """One call of `look`, in a thread of its own."""

    def __init__(
        self,
        at_once: int,
        window_s: float,
        thresholds: Mapping[str, float],
        receiving: Receive,
        tell: Callable[[Seen | None], None],
    ) -> None:
        self._at_once, self._window_s, self._thresholds = at_once, window_s, thresholds
        self._receiving, self._tell = receiving, tell
        self._stopped = False

    def run(self, targets: Sequence[Target]) -> None:
        try:
            with (
                ThreadPoolExecutor(self._at_once, "camera") as waiting,
                ThreadPoolExecutor(os.cpu_count(), "diagnosis") as judging,
            ):
                asyncio.run(self._all(targets, waiting, judging))
        finally:
            self._tell(_END)

    def stop(self) -> None:
        """Begin no further camera."""
        self._stopped = True

    async def _all(self, targets: Sequence[Target], waiting: Executor, judging: Executor) -> None:
        gate = asyncio.Semaphore(self._at_once)
        async with asyncio.TaskGroup() as group:
            for target in targets:
                group.create_task(self._one(target, gate, waiting, judging))

    async def _one(
        self, target: Target, gate: asyncio.Semaphore, waiting: Executor, judging: Executor
    ) -> None:
        loop = asyncio.get_running_loop()
        # Judged within the gate too: so many cameras' pictures are in memory, and no more.
        async with gate:
            if self._stopped:
                return
            try:
                received = await loop.run_in_executor(waiting, self._receiving, target.url, self._window_s)
                seen = await loop.run_in_executor(
                    judging, judge, target.camera_id, received, self._thresholds
                )
            except Exception:
                # Whatever a camera sends, the others are to be looked at.
                log.exception("camera %d cannot be judged", target.camera_id)
                seen = Seen(target.camera_id, Trouble.UNREADABLE)
        self._tell(seen)


def judge(camera_id: int, received: Received, thresholds: Mapping[str, float]) -> Seen:
    """Decode and diagnose what was received of a camera."""
    frames = decoded(received.watched) if received.watched else []
    if not frames:
        trouble = received.trouble or Trouble.UNREADABLE
        return Seen(camera_id, trouble, received.measures)
    diagnosis = diagnose(frames, thresholds)
    return Seen(camera_id, "", received.measures, diagnosis, thumbnail_of(frames[-1]))


def thumbnail_of(frame: VideoFrame) -> bytes:
    """A JPEG, at most 320 pixels wide."""
    width = min(THUMBNAIL_WIDTH, frame.width)
    height = max(round(frame.height * width / frame.width), 1)
    small = frame.reformat(width=width, height=height, format="bgr24").to_ndarray()
    written, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY])
    return data.tobytes() if written else b""
