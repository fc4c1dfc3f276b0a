"""A camera server with a clean, a frozen and a black camera."""

from collections.abc import Iterator

import pytest

from tests.media.camera import Camera
from tests.quality.making import write_clips


@pytest.fixture(scope="session")
def rtsp_camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Camera]:
    directory = tmp_path_factory.mktemp("pictures")
    write_clips(directory)
    camera = Camera(directory)
    camera.switch_on()
    yield camera
    camera.scrap()
