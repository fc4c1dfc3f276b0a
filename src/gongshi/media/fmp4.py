"""Fragmented MP4 for Media Source Extensions: an init segment per source, a fragment per frame.

FFmpeg writes the init segment. The fragments are ours: FFmpeg's muxer holds each frame back until the next
tells its duration, a whole frame of delay for every viewer, and the boxes of a one-frame fragment are fixed
(ISO/IEC 14496-12 §8.8).
"""

import io
import struct
from dataclasses import dataclass

import av
from av.error import FFmpegError

from gongshi.media.bitstream import VideoCodec

TIMESCALE = 90_000
MUXER_OPTIONS = {
    "movflags": "empty_moov+default_base_moof+frag_custom",
    "video_track_timescale": str(TIMESCALE),
}

MFHD_SIZE, TFHD_SIZE, TFDT_SIZE, TRUN_SIZE = 16, 16, 20, 36
TRAF_SIZE = 8 + TFHD_SIZE + TFDT_SIZE + TRUN_SIZE
MOOF_SIZE = 8 + MFHD_SIZE + TRAF_SIZE
# moof, mfhd, traf, tfhd, tfdt (64 bit), trun (one sample, signed composition offset), header of mdat.
FRAGMENT_HEAD = struct.Struct(">I4s I4sII I4s I4sIII4sIQ I4sIIiIIIi I4s".replace(" ", ""))
DEFAULT_BASE_IS_MOOF = 0x020000
TFDT_VERSION_1 = 0x01000000
# Version 1; data offset, and for the sample: duration, size, flags, composition offset.
TRUN_VERSION_FLAGS = 0x01000F01
KEY_SAMPLE = 0x02000000
DELTA_SAMPLE = 0x01010000


class UnknownFormat(Exception):  # noqa: N818
    """A key frame and its parameter sets do not say how to decode the video."""


@dataclass(frozen=True)
class InitSegment:
    """`ftyp` and `moov` of one source; `mime` is what MediaSource.isTypeSupported wants. Size in pixels."""

    data: bytes
    mime: str
    width: int
    height: int


def init_segment(codec: VideoCodec, key_frame: bytes) -> InitSegment:
    """Make the init segment from an Annex B key frame that has its parameter sets in front.

    Raises `UnknownFormat`.
    """
    try:
        with av.open(io.BytesIO(key_frame), format=codec.name) as source:
            video = source.streams.video[0]
            sink = io.BytesIO()
            muxer = av.open(sink, "w", format="mp4", options=MUXER_OPTIONS)
            muxer.add_stream_from_template(video).codec_tag = codec.sample_entry
            muxer.start_encoding()
            data = sink.getvalue()
            muxer.close()
            width, height = video.codec_context.width, video.codec_context.height
    except (FFmpegError, IndexError) as error:
        raise UnknownFormat(str(error)) from error
    mime = f'video/mp4; codecs="{CODEC_STRINGS[codec.name](data)}"'
    return InitSegment(data, mime, width, height)


def fragment(sequence: int, dts: int, pts: int, duration: int, sample: bytes, is_key: bool) -> bytes:
    """`moof` and `mdat` with one frame. Times in 1/90000 s; `sample` is length-prefixed NAL units."""
    head = FRAGMENT_HEAD.pack(
        *(MOOF_SIZE, b"moof"),
        *(MFHD_SIZE, b"mfhd", 0, sequence & 0xFFFFFFFF),
        *(TRAF_SIZE, b"traf"),
        *(TFHD_SIZE, b"tfhd", DEFAULT_BASE_IS_MOOF, 1),
        *(TFDT_SIZE, b"tfdt", TFDT_VERSION_1, dts),
        *(TRUN_SIZE, b"trun", TRUN_VERSION_FLAGS, 1, MOOF_SIZE + 8),
        *(duration, len(sample), KEY_SAMPLE if is_key else DELTA_SAMPLE, pts - dts),
        *(8 + len(sample), b"mdat"),
    )
    return head + sample


def avc_codec_string(init: bytes) -> str:
    """`avc1.PPCCLL` (RFC 6381 §3.3) from the AVCDecoderConfigurationRecord."""
    record = _box_payload(init, b"avcC")
    return f"avc1.{record[1:4].hex()}"


def hevc_codec_string(init: bytes) -> str:
    """`hvc1.1.6.L93.B0` (ISO/IEC 14496-15 Annex E) from the HEVCDecoderConfigurationRecord."""
    record = _box_payload(init, b"hvcC")
    space, tier, profile = record[1] >> 6, (record[1] >> 5) & 1, record[1] & 0x1F
    compatibility = int(f"{int.from_bytes(record[2:6], 'big'):032b}"[::-1], 2)
    constraints = [f"{byte:X}" for byte in record[6:12].rstrip(b"\x00")]
    level = f"{'LH'[tier]}{record[12]}"
    return ".".join(
        ["hvc1", f"{['', 'A', 'B', 'C'][space]}{profile}", f"{compatibility:X}", level, *constraints]
    )


CODEC_STRINGS = {"h264": avc_codec_string, "hevc": hevc_codec_string}


def _box_payload(data: bytes, name: bytes) -> bytes:
    at = data.find(name)
    if at < 0:
        raise UnknownFormat(f"no {name.decode()} in the init segment")
    size = int.from_bytes(data[at - 4 : at], "big")
    return data[at + 4 : at - 4 + size]
