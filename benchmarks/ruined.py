"""What goes wrong with a camera's picture, at three strengths, made by code on any scene of `scenes`."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Final

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

from benchmarks.scenery import HEIGHT, WIDTH, Pixels, Random, Shot, on_screen

# The key frames of one look at a camera, in seconds.
MOMENTS: Final = (0.0, 2.0)
Ruin = Callable[[Random, list[Pixels], int], list[Pixels]]


class Strength(StrEnum):
    WEAK = "weak"
    MIDDLE = "middle"
    STRONG = "strong"


STEP: Final = {Strength.WEAK: 0, Strength.MIDDLE: 1, Strength.STRONG: 2}


def _screen(random: Random, frames: list[Pixels], step: int) -> list[Pixels]:
    """The blue or grey picture that a recorder sends for a camera it has lost."""
    colour = ((200, 40, 10), (160, 60, 20), (128, 128, 128))[random.integers(3)]
    ruined = []
    for _ in frames:
        screen = np.empty_like(frames[0])
        screen[:] = colour
        screen += random.standard_normal(screen.shape[:2], np.float32)[..., None] * (1.5, 0.5, 0.0)[step]
        printed = np.clip(screen, 0, 255).astype(np.uint8)
        if step < 2:
            cv2.putText(printed, "NO SIGNAL", (400, 380), cv2.FONT_HERSHEY_SIMPLEX, 3, (250, 250, 250), 6)
        ruined.append(printed.astype(np.float32))
    return ruined


def _black(random: Random, frames: list[Pixels], step: int) -> list[Pixels]:
    level, grain = ((9.0, 3.0), (4.0, 1.5), (0.0, 0.0))[step]
    noise = [random.standard_normal(frame.shape[:2], np.float32)[..., None] * grain for frame in frames]
    return [
        np.clip(frame * 0.01 * (2 - step) + level + each, 0, 255)
        for frame, each in zip(frames, noise, strict=True)
    ]


def _frozen(_: Random, frames: list[Pixels], __: int) -> list[Pixels]:
    return [frames[0]] * len(frames)


def _exposed(frame: Pixels, mean: float) -> Pixels:
    """As if the sensor had taken more or less light, until the picture has this mean."""
    low, high = 0.0, 60.0
    for _ in range(22):
        gain = (low + high) / 2
        low, high = (gain, high) if np.clip(frame * gain, 0, 255).mean() < mean else (low, gain)
    return np.clip(frame * high, 0, 255)


def _dark(random: Random, frames: list[Pixels], step: int) -> list[Pixels]:
    ruined = [_exposed(frame, (32.0, 22.0, 14.0)[step]) for frame in frames]
    return [
        np.clip(each + random.standard_normal(each.shape[:2], np.float32)[..., None] * 2, 0, 255)
        for each in ruined
    ]


def _bright(_: Random, frames: list[Pixels], step: int) -> list[Pixels]:
    return [_exposed(np.maximum(frame, 2), (212.0, 232.0, 246.0)[step]) for frame in frames]


def _blurred(_: Random, frames: list[Pixels], step: int) -> list[Pixels]:
    spread = (2.6, 4.5, 8.0)[step]
    grain = np.random.default_rng(7)
    return [
        np.clip(
            cv2.GaussianBlur(frame, (0, 0), spread)
            + grain.standard_normal((HEIGHT, WIDTH), np.float32)[..., None] * 1.5,
            0,
            255,
        )
        for frame in frames
    ]


def _cast(random: Random, frames: list[Pixels], step: int) -> list[Pixels]:
    gains = np.full(3, 1.12, np.float32)
    weak, other = random.permutation(3)[:2]
    gains[weak] = (0.7, 0.5, 0.25)[step]
    if random.random() < 0.5:
        gains[other] = (0.85, 0.7, 0.5)[step]
    return [np.clip(frame * gains, 0, 255) for frame in frames]


def _noise(random: Random, frames: list[Pixels], step: int) -> list[Pixels]:
    spread, snow = ((14, 0.01), (26, 0.04), (46, 0.15))[step]
    is_snow = random.random() < 0.4
    ruined = []
    for frame in frames:
        grain = random.standard_normal(frame.shape[:2], np.float32)
        each = frame + grain[..., None] * spread * (0.6 if is_snow else 1)
        if is_snow:
            flakes = random.random(frame.shape[:2], np.float32)
            each[flakes < snow] = 250
            each[flakes > 1 - snow] = 5
        ruined.append(np.clip(each, 0, 255))
    return ruined


def _stripes(random: Random, frames: list[Pixels], step: int) -> list[Pixels]:
    height = (13.0, 26.0, 48.0)[step]
    kind = random.integers(4)
    ruined = []
    period, slope = random.uniform(10, 48), random.uniform(-0.8, 0.8)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    for number, frame in enumerate(frames):
        start = number * random.uniform(0, 6)
        if kind == 0:
            bands = np.sin((rows / period + start) * 2 * np.pi)
        elif kind == 1:
            bands = np.sin((columns / period + start) * 2 * np.pi)
        elif kind == 2:
            bands = np.sin(((rows + slope * columns) / period + start) * 2 * np.pi)
        else:
            lines = random.standard_normal(HEIGHT // 3 + 1).astype(np.float32)
            bands = np.repeat(lines, 3)[:HEIGHT, None] * np.ones((1, WIDTH), np.float32) * 0.8
        ruined.append(np.clip(frame + height * bands[..., None], 0, 255))
    return ruined


def _occluded(random: Random, frames: list[Pixels], step: int) -> list[Pixels]:
    """Something close before the lens, out of focus: a leaf, tape, a bag, a web of dirt."""
    share = (0.4, 0.6, 0.85)[step]
    colour = ((30, 32, 34), (46, 70, 52), (70, 92, 122), (120, 124, 126))[random.integers(4)]
    side, mask = random.integers(4), np.zeros((HEIGHT, WIDTH), np.float32)
    along = np.linspace(0, 1, WIDTH if side < 2 else HEIGHT)
    edge = share + 0.06 * np.sin(along * random.uniform(3, 9) + random.uniform(0, 6))
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    if side < 2:
        reach = rows / HEIGHT if side == 0 else 1 - rows / HEIGHT
        mask[reach < edge[None, :]] = 1
    else:
        reach = columns / WIDTH if side == 2 else 1 - columns / WIDTH
        mask[reach < edge[:, None]] = 1
    mask = cv2.GaussianBlur(mask, (0, 0), 22)[..., None]
    light = 0.25 + 0.75 * min(float(np.mean([frame.mean() for frame in frames])) / 110, 1)
    cover = np.asarray(colour, np.float32) * light + (rows[..., None] / HEIGHT - 0.5) * 12
    grain = np.random.default_rng(3)
    return [
        np.clip(
            frame * (1 - mask)
            + (cover + grain.standard_normal((HEIGHT, WIDTH), np.float32)[..., None] * 2) * mask,
            0,
            255,
        )
        for frame in frames
    ]


RUINS: Final[dict[str, Ruin]] = {
    "no_signal": _screen,
    "black": _black,
    "frozen": _frozen,
    "too_dark": _dark,
    "too_bright": _bright,
    "blurred": _blurred,
    "colour_cast": _cast,
    "noise": _noise,
    "stripes": _stripes,
    "occluded": _occluded,
}
# Here the recorder, not the camera, makes the picture: nothing is written on it.
_WITHOUT_WRITING: Final = {"no_signal"}


def clean(shot: Shot, moments: Sequence[float] = MOMENTS) -> list[Pixels]:
    return [on_screen(shot(moment), moment) for moment in moments]


def ruined(
    shot: Shot, fault: str, strength: Strength, seed: int, moments: Sequence[float] = MOMENTS
) -> list[Pixels]:
    """The pictures of these moments with a fault. A weak freeze leaves the clock on the picture running."""
    random, step = np.random.default_rng((seed, *fault.encode())), STEP[strength]
    frames = RUINS[fault](random, [shot(moment) for moment in moments], step)
    if fault in _WITHOUT_WRITING:
        return frames
    runs = fault != "frozen" or step == 0
    return [on_screen(frame, moment if runs else 0.0) for frame, moment in zip(frames, moments, strict=True)]


def through_encoder(frames: Sequence[Pixels], quality: int = 26) -> list[VideoFrame]:
    """The key frames as a camera would send them in H.264 and we decode them; `quality` as x264's CRF.

    The first goes in twice: a camera's encoder has long found its pace when we come.
    """
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.framerate = WIDTH, HEIGHT, "yuv420p", 1  # type: ignore[attr-defined]
    encoder.time_base = Fraction(1, 25)  # type: ignore[attr-defined]
    encoder.options = {"preset": "ultrafast", "crf": str(quality), "g": "1", "tune": "zerolatency"}
    decoder = av.CodecContext.create("h264", "r")
    decoded: list[VideoFrame] = []
    for number, frame in enumerate([frames[0], *frames]):
        picture = VideoFrame.from_ndarray(frame.astype(np.uint8), "bgr24").reformat(format="yuv420p")
        picture.pts = number
        for packet in encoder.encode(picture):  # type: ignore[attr-defined]
            decoded += decoder.decode(packet)  # type: ignore[attr-defined]
    for packet in encoder.encode(None):  # type: ignore[attr-defined]
        decoded += decoder.decode(packet)  # type: ignore[attr-defined]
    return (decoded + decoder.decode(None))[1:]  # type: ignore[attr-defined]
