"""The clips of the demonstration's cameras, and the cameras that play them."""

import asyncio
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from gongshi.demo import clips
from gongshi.demo.cameras import CameraServer, CameraSession
from gongshi.demo.clips import GOP, render_clip, render_missing_clips
from gongshi.demo.scenes import SCENES, Scene


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "forest.mp4"
    render_clip(path, "33110213101320000001", SCENES[-1], seconds=3)
    return path


def test_a_clip_is_720p25_h264_with_a_key_frame_every_two_seconds(clip: Path) -> None:
    with av.open(str(clip)) as container:
        video = container.streams.video[0]
        packets = [packet for packet in container.demux(video) if packet.size]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 1280, 720)
        assert (video.average_rate, video.pix_fmt) == (25, "yuv420p")
    assert [number for number, packet in enumerate(packets) if packet.is_keyframe] == [0, GOP]
    assert all(packet.pts == packet.dts for packet in packets)


def test_a_clip_has_about_two_megabits_a_second(clip: Path) -> None:
    with av.open(str(clip)) as container:
        video = container.streams.video[0]
        sizes = [packet.size for packet in container.demux(video) if packet.size]
    assert 1e6 <= sum(sizes) * 8 / (len(sizes) / 25) <= 3e6


def test_the_pictures_of_a_clip_move_and_carry_a_clock(clip: Path) -> None:
    with av.open(str(clip)) as container:
        first, *_, last = [frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)]
    clock = (slice(20, 60), slice(1100, 1260))
    assert np.abs(first - last)[100:].max() > 60
    assert np.abs(first[clock] - last[clock]).max() > 60


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_ends_as_it_began(scene: Scene) -> None:
    move = scene.movement()
    begin, end = Image.new("RGB", (1280, 720)), Image.new("RGB", (1280, 720))
    move(begin, 0.0)
    move(end, 1.0)
    assert np.abs(np.asarray(begin, int) - np.asarray(end, int)).mean() < 0.05


def test_without_a_chinese_font_only_ascii_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(clips, "chinese_font", lambda size: None)
    render_clip(tmp_path / "road.mp4", "DEMO-01", SCENES[0], seconds=1)
    assert (tmp_path / "road.mp4").exists()


def test_only_missing_clips_are_rendered_and_no_draft_stays(tmp_path: Path) -> None:
    for scene in SCENES:
        (tmp_path / f"{scene.name}.mp4").write_bytes(b"there")
    assert render_missing_clips(tmp_path) == []
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(scene.name for scene in SCENES)


def test_a_clip_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def break_down() -> Image.Image:
        raise RuntimeError("no paint")

    with pytest.raises(RuntimeError):
        render_clip(tmp_path / "x.mp4", "X", Scene("x", "x", break_down, SCENES[0].movement))
    assert list(tmp_path.iterdir()) == []


async def test_a_frame_is_sent_once_even_if_the_server_is_late() -> None:
    queue: asyncio.Queue[str] = asyncio.Queue()
    put = partial(CameraSession._threadsafe_queue_put, None, asyncio.get_running_loop(), queue)
    handing_over = asyncio.create_task(asyncio.to_thread(put, "frame", threading.Event()))
    await asyncio.sleep(0)
    time.sleep(0.2)  # the loop is late
    assert await handing_over
    assert queue.qsize() == 1


@pytest.fixture
def camera_url(clip: Path) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = CameraServer(clip.parent, "127.0.0.1", 0)
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(5)
    yield f"rtsp://127.0.0.1:{server._server.sockets[0].getsockname()[1]}/{clip.name}"

    async def stop() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(server.close(), loop)
    asyncio.run_coroutine_threadsafe(stop(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def test_a_camera_goes_on_over_the_end_of_its_clip(camera_url: str) -> None:
    times = []
    with av.open(camera_url, options={"rtsp_transport": "tcp"}, timeout=(5, 5)) as container:
        for packet in container.demux(video=0):
            # FFmpeg does not know the time of the very first frame.
            if packet.pts is not None:
                times.append(packet.pts)
            if len(times) > 110:
                break
    steps = {after - before for before, after in pairwise(times)}
    assert steps == {90_000 // 25}
