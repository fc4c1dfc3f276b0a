"""Init segments and fragments."""

import io
from itertools import pairwise
from pathlib import Path

import av
import pytest
from av.bitstream import BitStreamFilterContext

from gongshi.media.bitstream import CODECS, access_unit, nal_units
from gongshi.media.fmp4 import TIMESCALE, UnknownFormat, fragment, init_segment
from gongshi.media.timeline import Timeline


def annex_b(clip: Path) -> list[av.Packet]:
    """The frames of a clip as a camera sends them."""
    with av.open(str(clip)) as container:
        video = container.streams.video[0]
        convert = BitStreamFilterContext(f"{video.codec_context.name}_mp4toannexb", video)
        return [out for packet in container.demux(video) if packet.size for out in convert.filter(packet)]


@pytest.mark.parametrize(
    ("clip", "codec", "mime"), [("h264", "h264", "avc1."), ("hevc", "hevc", "hvc1.1.6.L")]
)
def test_a_key_frame_and_fragments_make_a_film_that_decodes(
    clip: str, codec: str, mime: str, clips: Path
) -> None:
    packets = annex_b(clips / f"{clip}.mp4")
    init = init_segment(CODECS[codec], bytes(packets[0]))
    assert (init.width, init.height) == (320, 180)
    assert f'video/mp4; codecs="{mime}' in init.mime
    film = init.data
    for number, packet in enumerate(packets):
        sample = access_unit(CODECS[codec], bytes(packet)).sample
        film += fragment(number + 1, number * 3600, number * 3600, 3600, sample, packet.is_keyframe)
    with av.open(io.BytesIO(film), format="mp4") as container:
        pictures = list(container.decode(video=0))
    assert [picture.pts for picture in pictures] == [number * 3600 for number in range(len(packets))]


def test_reordered_frames_are_shown_in_order(clips: Path) -> None:
    # The camera server of these tests sends decoding times only, so this cannot be seen through a socket.
    codec = CODECS["h264"]
    packets = annex_b(clips / "reordered.mp4")
    line = Timeline()
    line.source_opened(25.0)
    film = init_segment(codec, bytes(packets[0])).data
    for number, packet in enumerate(packets):
        scale = packet.time_base * TIMESCALE
        place = line.place(int(packet.dts * scale), int(packet.pts * scale))
        sample = access_unit(codec, bytes(packet)).sample
        film += fragment(number, place.dts, place.pts, place.duration, sample, packet.is_keyframe)
    assert any(packet.pts != packet.dts for packet in packets)
    with av.open(io.BytesIO(film), format="mp4") as container:
        times = [picture.pts for picture in container.decode(video=0)]
    assert {after - before for before, after in pairwise(times)} == {3600}
    assert len(times) == len(packets)


def test_samples_hold_no_parameter_sets_and_no_delimiters(clips: Path) -> None:
    codec = CODECS["h264"]
    unit = access_unit(codec, b"\x00\x00\x00\x01\x09\xf0" + bytes(annex_b(clips / "h264.mp4")[0]))
    kinds = [codec.nal_type(nal) for nal in nal_units(unit.parameter_sets)]
    assert kinds == [7, 8]
    size = int.from_bytes(unit.sample[:4], "big")
    assert codec.nal_type(unit.sample[4 : 4 + size]) in (5, 6)


def test_a_frame_without_parameter_sets_gives_no_init_segment(clips: Path) -> None:
    with pytest.raises(UnknownFormat):
        init_segment(CODECS["h264"], bytes(annex_b(clips / "h264.mp4")[1]))


@pytest.mark.parametrize("data", [b"", b"\x00\x00\x01", b"garbage", b"\x00\x00\x00\x01\x00\x00\x00"])
def test_broken_frames_give_no_samples_and_no_error(data: bytes) -> None:
    assert access_unit(CODECS["h264"], data).sample == b""
