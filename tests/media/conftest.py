"""A camera for all tests; a control plane and a node for each."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from gongshi.media.node import MediaNode
from gongshi.media.settings import MediaSettings
from tests.media.camera import ENCODERS, Camera, write_clip
from tests.media.control_plane import ControlPlane

SECRET = "a-shared-secret"


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("clips")
    for kind in ENCODERS:
        write_clip(directory / f"{kind}.mp4", kind)
    write_clip(directory / "other.mp4", "h264", width=640, height=360)
    return directory


@pytest.fixture(scope="session")
def lasting_camera(clips: Path) -> Iterator[Camera]:
    camera = Camera(clips)
    camera.switch_on()
    yield camera
    camera.scrap()


@pytest.fixture
def camera(lasting_camera: Camera) -> Camera:
    """The camera, switched on."""
    if lasting_camera.server is None:
        lasting_camera.switch_on()
    return lasting_camera


@pytest.fixture
async def control_plane() -> AsyncIterator[ControlPlane]:
    async with ControlPlane() as plane:
        yield plane


def settings_for(control_plane: ControlPlane) -> MediaSettings:
    """Short times, so that tests need not wait."""
    return MediaSettings(
        port=0,
        secret=SECRET,
        node_id="node-1",
        hook_url=control_plane.url,
        hook_timeout_s=1.0,
        none_reader_delay_s=30.0,
        max_stream_wait_s=1.0,
        source_timeout_s=2.0,
    )


@pytest.fixture
def node_settings(control_plane: ControlPlane) -> MediaSettings:
    """A test may change them before it starts a node."""
    return settings_for(control_plane)


@pytest.fixture
async def node(node_settings: MediaSettings) -> AsyncIterator[MediaNode]:
    async with MediaNode(node_settings) as node:
        yield node


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
