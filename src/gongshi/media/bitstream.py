"""H.264 and H.265 byte streams: NAL units and parameter sets (ITU-T H.264 §7, Annex B; H.265 §7, Annex B)."""

from collections.abc import Iterator
from dataclasses import dataclass

START_CODE = b"\x00\x00\x01"


@dataclass(frozen=True)
class VideoCodec:
    """What the two codecs have different."""

    name: str
    sample_entry: str
    header_shift: int
    type_mask: int
    parameter_sets: frozenset[int]
    # Access unit delimiters and end of sequence: meaningless in MP4, and some cameras send them.
    ignored: frozenset[int]

    def nal_type(self, nal: bytes) -> int:
        return (nal[0] >> self.header_shift) & self.type_mask


H264 = VideoCodec("h264", "avc1", 0, 0x1F, frozenset({7, 8}), frozenset({9, 10, 11, 12}))
H265 = VideoCodec("hevc", "hvc1", 1, 0x3F, frozenset({32, 33, 34}), frozenset({35, 36, 37, 38}))
CODECS = {codec.name: codec for codec in (H264, H265)}


def nal_units(data: bytes) -> Iterator[bytes]:
    """The NAL units of an Annex B byte stream, without start codes and padding."""
    start = data.find(START_CODE)
    while start >= 0:
        start += len(START_CODE)
        end = data.find(START_CODE, start)
        nal = data[start:] if end < 0 else data[start:end]
        # A four byte start code, or trailing zeros: a NAL unit never ends with a zero byte (§7.4.1).
        nal = nal.rstrip(b"\x00")
        if nal:
            yield nal
        start = end


@dataclass(frozen=True)
class AccessUnit:
    """One frame: its picture as length-prefixed NAL units, and the parameter sets beside it (Annex B)."""

    sample: bytes
    parameter_sets: bytes


def access_unit(codec: VideoCodec, data: bytes) -> AccessUnit:
    """Take an Annex B frame apart: `avc1` and `hvc1` have no parameter sets in samples (ISO 14496-15)."""
    sample: list[bytes] = []
    parameter_sets: list[bytes] = []
    for nal in nal_units(data):
        kind = codec.nal_type(nal)
        if kind in codec.parameter_sets:
            parameter_sets += (b"\x00" + START_CODE, nal)
        elif kind not in codec.ignored:
            sample += (len(nal).to_bytes(4, "big"), nal)
    return AccessUnit(b"".join(sample), b"".join(parameter_sets))
