"""Pulls one camera, without transcoding: packets in, frames out. Blocking; runs in a thread of its own."""

import logging
import threading
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, repeat
from typing import Protocol

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from gongshi.media.bitstream import CODECS, VideoCodec, access_unit
from gongshi.media.fmp4 import TIMESCALE, InitSegment, UnknownFormat, fragment, init_segment
from gongshi.media.frame import BINARY, Frame, websocket_frame
from gongshi.media.redaction import redact
from gongshi.media.timeline import Timeline

log = logging.getLogger(__name__)

BACK_OFF_S = (1.0, 2.0, 4.0, 8.0, 15.0)
TRANSPORTS = ("tcp", "udp", "udp_multicast")


class NoVideo(Exception):  # noqa: N818
    """The source offers no video that a browser can show without transcoding."""


class Listener(Protocol):
    """Who wants a source's news. Called in the source's thread."""

    def opened(self, init: InitSegment, frame_rate: float) -> None:
        """A source has answered, or changed its format; frames follow, the first a key frame."""

    def frame(self, frame: Frame) -> None:
        """One more frame."""

    def lost(self, reason: str) -> None:
        """The source has gone, or did not answer. `reason` holds no password."""


def open_source(url: str, rtp_type: int, timeout_s: float) -> InputContainer:
    """Open an RTSP source. Raises FFmpegError, `NoVideo`.

    No `fflags=nobuffer`: it throws away what was read to know the format, and with it the first key frame.
    """
    if not url.lower().startswith(("rtsp://", "rtsps://")):
        # FFmpeg would open files and any other protocol as gladly.
        raise NoVideo("only rtsp:// and rtsps:// sources are pulled")
    options = {
        "rtsp_transport": TRANSPORTS[rtp_type],
        "timeout": str(int(timeout_s * 1_000_000)),
        "analyzeduration": "1000000",
        "fpsprobesize": "0",
    }
    return av.open(url, options=options, timeout=(timeout_s, timeout_s))


def video_of(container: InputContainer) -> tuple[VideoStream, VideoCodec]:
    """The first video stream and its codec. Raises `NoVideo`."""
    for stream in container.streams.video:
        codec = CODECS.get(stream.codec_context.name)
        if codec:
            return stream, codec
    raise NoVideo("no H.264 or H.265 video in the source")


class Source:
    """One pull: opens, reads, and opens again with growing pauses until it is stopped."""

    def __init__(self, url: str, rtp_type: int, timeout_s: float, listener: Listener) -> None:
        self.url = url
        self.codec_name = ""
        self.bytes = 0
        self.losses = 0
        self._rtp_type = rtp_type
        self._timeout_s = timeout_s
        self._listener = listener
        self._timeline = Timeline()
        self._sequence = 0
        self._stopped = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"source {redact(url)}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it does so at the next packet or time-out."""
        self._stopped.set()
        self._hurry.set()

    def hurry(self) -> None:
        """Somebody waits: cut the present pause short."""
        self._hurry.set()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _run(self) -> None:
        pauses = back_off()
        while not self._stopped.is_set():
            frames_before = self._sequence
            reason = self._pull()
            self._hurry.clear()
            if self._stopped.is_set():
                return
            self.losses += 1
            if self._sequence > frames_before:
                pauses = back_off()
            self._listener.lost(reason)
            self._hurry.wait(next(pauses))

    def _pull(self) -> str:
        """Read the source until it ends; gives the reason."""
        try:
            with open_source(self.url, self._rtp_type, self._timeout_s) as container:
                self._read(container)
            return "the source has ended"
        except (FFmpegError, NoVideo, UnknownFormat) as error:
            return redact(str(error))
        except Exception:
            # Whatever a camera sends, its thread must live to try again.
            log.exception("%s cannot be read", redact(self.url))
            return "the source cannot be read"

    def _read(self, container: InputContainer) -> None:
        video, codec = video_of(container)
        self.codec_name = codec.name
        frame_rate = float(video.average_rate or 0)
        in_force = access_unit(codec, video.codec_context.extradata or b"").parameter_sets
        init: InitSegment | None = None
        self._timeline.source_opened(frame_rate)
        for packet in container.demux(video):
            if self._stopped.is_set():
                return
            if not packet.size or packet.is_corrupt:
                continue
            self.bytes += packet.size
            data = bytes(packet)
            unit = access_unit(codec, data)
            if not unit.sample:
                in_force = unit.parameter_sets or in_force
                continue
            is_new_format = bool(unit.parameter_sets) and unit.parameter_sets != in_force
            if packet.is_keyframe and (init is None or is_new_format):
                in_force = unit.parameter_sets or in_force
                init = init_segment(codec, in_force + data)
                self._listener.opened(init, frame_rate)
            if init is not None:
                self._listener.frame(self._frame(packet, unit.sample))

    def _frame(self, packet: "Packet[VideoStream]", sample: bytes) -> Frame:
        scale = packet.time_base * TIMESCALE
        place = self._timeline.place(_scaled(packet.dts, scale), _scaled(packet.pts, scale))
        self._sequence += 1
        data = fragment(self._sequence, place.dts, place.pts, place.duration, sample, packet.is_keyframe)
        return Frame(websocket_frame(BINARY, data), packet.is_keyframe)


def back_off() -> Iterator[float]:
    """Pauses in seconds before the next try."""
    return chain(BACK_OFF_S, repeat(BACK_OFF_S[-1]))


def _scaled(ticks: int | None, scale: Fraction) -> int | None:
    return None if ticks is None else int(ticks * scale)
