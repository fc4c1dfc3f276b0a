"""Looking at one source."""

import pytest
from av.error import FFmpegError

from gongshi.media.probe import probe
from gongshi.media.source import NoVideo
from tests.media.camera import Camera


def test_a_source_is_described(camera: Camera) -> None:
    result = probe(camera.url())
    assert (result.codec, result.width, result.height) == ("h264", 320, 180)
    assert result.fps == pytest.approx(25, abs=1)
    assert result.gop_s == pytest.approx(1.0, abs=0.1)
    assert result.bitrate > 1000
    assert result.first_frame_s > 0


def test_a_source_that_is_not_there_is_an_error(camera: Camera) -> None:
    with pytest.raises(FFmpegError):
        probe(camera.url("nothing"))


def test_only_rtsp_is_opened() -> None:
    with pytest.raises(NoVideo):
        probe("/etc/passwd")
