"""Looks at one source: does it answer, and what does it send?"""

import time
from dataclasses import dataclass

from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from gongshi.media.source import open_source, video_of

# Enough to tell whether a picture changes; more of one camera is not kept.
MOST_KEY_FRAMES = 4
# A camera that sends few key frames is given so many times as long.
PATIENCE = 3
MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class ProbeResult:
    """What was seen. Times in seconds, `bitrate` in bits per second; None: not seen within the time."""

    codec: str
    width: int
    height: int
    fps: float
    gop_s: float | None
    bitrate: float
    first_frame_s: float
    # How far the camera's clock is ahead of ours, by its RTCP sender report (RFC 3550, 6.4.1).
    clock_error_s: float | None = None


@dataclass(frozen=True)
class Watched:
    """What a source is, and its latest key frames as they came, with what a decoder needs before them."""

    result: ProbeResult
    packets: int
    key_frames: tuple[bytes, ...]
    extradata: bytes


def probe(url: str, seconds: float = 6.0, rtp_type: int = 0, timeout_s: float = 5.0) -> ProbeResult:
    """Watch an RTSP source until its second key frame, at most `seconds`. Blocking.

    Raises FFmpegError when it does not answer, `NoVideo` when it has nothing to show.
    """
    began = time.monotonic()
    with open_source(url, rtp_type, timeout_s) as container:
        return _Reading(container, began).until(seconds, key_frames=2, patience=1).result


def watch(url: str, seconds: float = 6.0, rtp_type: int = 0, timeout_s: float = 5.0) -> Watched:
    """Receive an RTSP source for `seconds`, and keep its key frames. Blocking, without work for a core.

    Waits longer for the second key frame. What came of a source that then falls silent is told. Raises
    FFmpegError when it does not answer, `NoVideo` when it has nothing to show.
    """
    began = time.monotonic()
    with open_source(url, rtp_type, timeout_s) as container:
        return _Reading(container, began).until(seconds, key_frames=None, patience=PATIENCE)


def clock_error(said_us: int | None, since: float, until: float) -> float | None:
    """How far what a camera said between these moments lies outside of them; all since 1970.

    None where it said nothing, or has no clock: the years before 1970 are counts of seconds.
    """
    if said_us is None or said_us < 0:
        return None
    said = said_us / MICROSECONDS
    return round(max(said - until, 0.0) + min(said - since, 0.0), 3)


class _Reading:
    """Counts the packets of one source."""

    def __init__(self, container: InputContainer, began: float) -> None:
        self._container = container
        self._began = began
        self._video: VideoStream
        self._video, self._codec = video_of(container)
        self._times: list[float] = []
        self._key_times: list[float] = []
        self._key_frames: list[bytes] = []
        self._size = 0
        self._first_frame_s = 0.0
        self._clock_error_s: float | None = None

    def until(self, seconds: float, *, key_frames: int | None, patience: int) -> Watched:
        """Read for so long, or until so many key frames have come."""
        since = time.time() - (time.monotonic() - self._began)
        try:
            for packet in self._container.demux(self._video):
                if self._clock_error_s is None:
                    self._clock_error_s = clock_error(self._container.start_time_realtime, since, time.time())
                ticks = packet.dts if packet.dts is not None else packet.pts
                if ticks is None or not packet.size:
                    continue
                self._times.append(float(ticks * packet.time_base))
                self._size += packet.size
                if packet.is_keyframe:
                    self._note_key_frame(bytes(packet))
                elapsed = time.monotonic() - self._began - self._first_frame_s
                is_enough = elapsed > seconds and len(self._key_times) > 1
                if is_enough or len(self._key_times) == key_frames or elapsed > seconds * patience:
                    break
        except FFmpegError:
            if not self._times:
                raise
        return self._told()

    def _note_key_frame(self, data: bytes) -> None:
        if not self._key_times:
            self._first_frame_s = time.monotonic() - self._began
        self._key_times.append(self._times[-1])
        self._key_frames = [*self._key_frames, data][-MOST_KEY_FRAMES:]

    def _told(self) -> Watched:
        context, keys = self._video.codec_context, self._key_times
        span = self._times[-1] - self._times[0] if self._times else 0.0
        result = ProbeResult(
            codec=self._codec.name,
            width=context.width,
            height=context.height,
            fps=round((len(self._times) - 1) / span, 2) if span > 0 else 0.0,
            gop_s=round((keys[-1] - keys[0]) / (len(keys) - 1), 3) if len(keys) > 1 else None,
            bitrate=round(self._size * 8 / span) if span > 0 else 0.0,
            first_frame_s=round(self._first_frame_s, 3),
            clock_error_s=self._clock_error_s,
        )
        return Watched(result, len(self._times), tuple(self._key_frames), bytes(context.extradata or b""))
