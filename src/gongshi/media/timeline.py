"""One clock per stream, whatever its source does."""

from dataclasses import dataclass

from gongshi.media.fmp4 import TIMESCALE

LONGEST_GAP = 2 * TIMESCALE
LONGEST_FRAME = TIMESCALE


@dataclass(frozen=True)
class Place:
    """Where a frame lies on the stream's clock, in 1/90000 s."""

    dts: int
    pts: int
    duration: int


class Timeline:
    """Times start at 0, always grow, and go on without a gap when the source jumps or is opened again.

    Without that, a browser would stand still at each gap of the buffered range.
    """

    def __init__(self) -> None:
        self._offset: int | None = None
        self._last_dts = -1
        self._duration = TIMESCALE // 25

    def source_opened(self, frame_rate: float) -> None:
        """The next frame is the first one of a source; `frame_rate` in 1/s, 0 if not known."""
        self._offset = None
        if frame_rate > 0:
            self._duration = self._plausible(round(TIMESCALE / frame_rate))

    def place(self, dts: int | None, pts: int | None) -> Place:
        """Place a frame with the source's times in 1/90000 s; either or both may be missing."""
        source_dts = dts if dts is not None else pts
        due = self._last_dts + self._duration if self._last_dts >= 0 else 0
        if source_dts is None:
            placed = due
        else:
            if self._offset is None or abs(source_dts + self._offset - due) > LONGEST_GAP:
                self._offset = due - source_dts
            placed = max(source_dts + self._offset, self._last_dts + 1)
            if self._last_dts >= 0:
                self._duration = self._plausible(placed - self._last_dts)
        self._last_dts = placed
        return Place(placed, self._shown(placed, pts), self._duration)

    def _shown(self, placed: int, pts: int | None) -> int:
        """When the frame is shown: not when it is decoded, if frames are reordered."""
        if pts is None or self._offset is None or abs(pts + self._offset - placed) > LONGEST_GAP:
            return placed
        return pts + self._offset

    @staticmethod
    def _plausible(duration: int) -> int:
        return min(max(duration, TIMESCALE // 240), LONGEST_FRAME)
