"""Renders the demonstration's clips: H.264, 720p25, 2 Mb/s, a key frame every two seconds, ready to loop."""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gongshi.demo.painting import HEIGHT, WIDTH, Font, chinese_font
from gongshi.demo.scenes import SCENES, Scene

FRAME_RATE = 25
GOP = 2 * FRAME_RATE
BITRATE = 2_000_000
SECONDS = 20
X264 = {
    # Two thirds of the time of `veryfast`, and at this bitrate no eye sees the difference.
    "preset": "superfast",
    "g": str(GOP),
    "keyint_min": str(GOP),
    "sc_threshold": "0",
    "bf": "0",
    "maxrate": str(BITRATE * 5 // 4),
    "bufsize": str(BITRATE),
}
# A little grain, as every sensor has: it makes flat shapes look filmed and gives the encoder honest work.
GRAIN = 2.2
GRAINS = 5
FONT_SIZE = 30
MARGIN = 24
EDGE = 2
MARK, ASCII_MARK = "演示画面 / SYNTHETIC", "SYNTHETIC"

Pixels = NDArray[np.uint8]


def render_clip(path: Path, code: str, scene: Scene, seconds: int = SECONDS) -> None:
    """Render a scene as seen by the camera `code` into an MP4 file. The file appears whole or not at all."""
    draft = path.with_name(f".{path.stem}.{os.getpid()}.mp4")
    font = chinese_font(FONT_SIZE)
    plain = font or ImageFont.load_default(FONT_SIZE)
    title = _written(f"{code}  {scene.title}" if font else code, plain)
    mark = _written(MARK if font else ASCII_MARK, plain)
    grounds = _grained(scene.background())
    move = scene.movement()
    frames = seconds * FRAME_RATE
    try:
        with av.open(str(draft), "w") as clip:
            video = clip.add_stream("libx264", rate=FRAME_RATE, options=X264)
            video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            video.bit_rate = BITRATE
            video.thread_count = 1
            for number in range(frames):
                picture = Image.fromarray(grounds[number % GRAINS])
                move(picture, number / frames)
                clock = _written(f"{number / FRAME_RATE:05.2f} s", plain)
                picture.paste(title, (MARGIN, MARGIN), title)
                picture.paste(clock, (WIDTH - MARGIN - clock.width, MARGIN), clock)
                picture.paste(mark, (MARGIN, HEIGHT - MARGIN - mark.height), mark)
                clip.mux(video.encode(_frame(picture)))
            clip.mux(video.encode())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def render_missing_clips(
    directory: Path, codes: Mapping[str, str] = MappingProxyType({}), scenes: Iterable[Scene] = SCENES
) -> list[Path]:
    """Render `{scene}.mp4` for each scene that the directory lacks, on all cores; gives the new files.

    `codes`: the camera's code by the scene's name; without one it is DEMO-01 and so on.
    """
    directory.mkdir(parents=True, exist_ok=True)
    jobs = [
        (directory / f"{scene.name}.mp4", codes.get(scene.name, f"DEMO-{number:02d}"), scene)
        for number, scene in enumerate(scenes, start=1)
    ]
    missing = [job for job in jobs if not job[0].exists()]
    if missing:
        # Not fork: whoever calls may have threads.
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
            for done in [pool.submit(render_clip, *job) for job in missing]:
                done.result()
    return [path for path, _, _ in missing]


def _grained(picture: Image.Image) -> list[Pixels]:
    """The background under a few different grains."""
    pixels = np.asarray(picture, np.float32)
    noise = np.random.default_rng(1)
    return [
        np.clip(pixels + noise.normal(0, GRAIN, (HEIGHT, WIDTH, 1)), 0, 255).astype(np.uint8)
        for _ in range(GRAINS)
    ]


def _written(text: str, font: Font) -> Image.Image:
    """White words with a dark edge, on nothing."""
    left, top, right, bottom = font.getbbox(text, stroke_width=EDGE)
    words = Image.new("RGBA", (round(right - left), round(bottom - top)))
    ImageDraw.Draw(words).text(
        (-left, -top), text, font=font, fill=(255, 255, 255), stroke_width=EDGE, stroke_fill=(20, 24, 30)
    )
    return words


def _frame(picture: Image.Image) -> av.VideoFrame:
    # Neither a copy nor a filter for the colours: together a fifth of the time of a frame.
    rgb = av.VideoFrame.from_numpy_buffer(np.asarray(picture), "rgb24")
    return rgb.reformat(format="yuv420p", interpolation=Interpolation.POINT)
