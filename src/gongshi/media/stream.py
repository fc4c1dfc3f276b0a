"""One stream on the node: its last group of pictures, and who watches."""

import time

from gongshi.media.fmp4 import InitSegment
from gongshi.media.frame import Frame, Opening
from gongshi.media.viewer import Viewer


class Stream:
    """Fans the frames of one source out to its viewers. Lives in the event loop."""

    def __init__(self, app: str, name: str, gop_cache: int) -> None:
        """`gop_cache`: most bytes to keep for new viewers; a longer group of pictures is not kept."""
        self.app = app
        self.name = name
        self.is_online = False
        self.opening: Opening | None = None
        self.frame_rate = 0.0
        self.created = time.time()
        self.viewers: set[Viewer] = set()
        self.frames = 0
        self.key_frames = 0
        self.frames_sent = 0
        self.bytes_sent = 0
        self.frames_skipped = 0
        self._gop_cache = gop_cache
        self._gop: list[Frame] = []
        self._gop_bytes = 0

    def open(self, init: InitSegment, frame_rate: float) -> None:
        """The source is there. Viewers of before go on, with a new init segment when it has changed."""
        opening = Opening(init)
        has_changed = opening != self.opening
        self.opening = opening
        self.frame_rate = frame_rate
        self.is_online = True
        self._forget_gop()
        if has_changed:
            for viewer in self.viewers:
                viewer.open(opening)

    def lose(self) -> None:
        """The source is gone for now. Viewers stay and see the last picture."""
        self.is_online = False
        self._forget_gop()

    def show(self, frame: Frame) -> None:
        """Give a frame to all viewers. None waits for another."""
        self._keep(frame)
        sent = sum(viewer.show(frame) for viewer in self.viewers)
        self.frames_sent += sent
        self.bytes_sent += sent * len(frame.wire)
        self.frames_skipped += len(self.viewers) - sent

    def admit(self, viewer: Viewer) -> None:
        """Start a viewer with codec, init segment and the frames since the last key frame."""
        if self.opening is not None:
            viewer.open(self.opening)
        for frame in self._gop:
            viewer.show(frame)
        self.viewers.add(viewer)

    def _keep(self, frame: Frame) -> None:
        self.frames += 1
        if frame.is_key:
            self.key_frames += 1
            self._forget_gop()
        elif not self._gop:
            return
        self._gop.append(frame)
        self._gop_bytes += len(frame.wire)
        if self._gop_bytes > self._gop_cache:
            self._forget_gop()

    def _forget_gop(self) -> None:
        self._gop.clear()
        self._gop_bytes = 0
