"""Receives one camera for some seconds, and decodes its key frames. Blocking, but no work for a core."""

from collections.abc import Callable
from dataclasses import dataclass

import av
from av import error
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from gongshi.media.probe import ProbeResult, Watched, watch
from gongshi.media.source import NoVideo
from gongshi.quality.codes import Trouble

# The device answers, and does not give the stream.
REFUSALS = (
    error.HTTPBadRequestError,
    error.HTTPUnauthorizedError,
    error.HTTPForbiddenError,
    error.HTTPNotFoundError,
    error.HTTPOtherClientError,
    error.HTTPServerError,
)


@dataclass(frozen=True)
class Received:
    """What came of a camera within the time; `trouble` says why nothing did."""

    trouble: str = ""
    watched: Watched | None = None

    @property
    def measures(self) -> ProbeResult | None:
        return self.watched.result if self.watched else None


def receive(url: str, window_s: float, watching: Callable[..., Watched] = watch) -> Received:
    """Receive a camera. Its address is in nothing that is given back."""
    try:
        watched = watching(url, window_s)
    except NoVideo:
        return Received(Trouble.OTHER_CODEC)
    except REFUSALS:
        return Received(Trouble.REFUSED)
    except error.FFmpegError:
        return Received(Trouble.UNREACHABLE)
    if not watched.packets:
        return Received(Trouble.SILENT)
    return Received("" if watched.key_frames else Trouble.UNREADABLE, watched)


def decoded(watched: Watched) -> list[VideoFrame]:
    """The key frames that can be decoded, in order."""
    decoder = av.CodecContext.create(watched.result.codec, "r")
    assert isinstance(decoder, VideoCodecContext)  # noqa: S101 - what PyAV makes of a video codec's name
    decoder.extradata = watched.extradata or None
    decoder.thread_count = 1
    frames: list[VideoFrame] = []
    for data in watched.key_frames:
        try:
            # Drained after each: a decoder else waits for the frames between.
            frames += [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
            decoder.flush_buffers()
        except error.FFmpegError:
            decoder.flush_buffers()
    return frames
