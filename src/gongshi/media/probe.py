"""Looks at one source: does it answer, and what does it send?"""

import time
from dataclasses import dataclass

from gongshi.media.source import open_source, video_of


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


def probe(url: str, seconds: float = 6.0, rtp_type: int = 0, timeout_s: float = 5.0) -> ProbeResult:
    """Watch an RTSP source until its second key frame, at most `seconds`. Blocking.

    Raises FFmpegError when it does not answer, `NoVideo` when it has nothing to show.
    """
    began = time.monotonic()
    key_times: list[float] = []
    frames = size = 0
    first_frame_s = 0.0
    with open_source(url, rtp_type, timeout_s) as container:
        video, codec = video_of(container)
        context = video.codec_context
        first_time = last_time = 0.0
        for packet in container.demux(video):
            ticks = packet.dts if packet.dts is not None else packet.pts
            if ticks is None or not packet.size:
                continue
            last_time = float(ticks * packet.time_base)
            if not frames:
                first_time, first_frame_s = last_time, time.monotonic() - began
            frames += 1
            size += packet.size
            if packet.is_keyframe:
                key_times.append(last_time)
            if len(key_times) > 1 or time.monotonic() - began > seconds:
                break
        span = last_time - first_time
        return ProbeResult(
            codec=codec.name,
            width=context.width,
            height=context.height,
            fps=round((frames - 1) / span, 2) if span else 0.0,
            gop_s=round(key_times[1] - key_times[0], 3) if len(key_times) > 1 else None,
            bitrate=round(size * 8 / span) if span else 0.0,
            first_frame_s=round(first_frame_s, 3),
        )
