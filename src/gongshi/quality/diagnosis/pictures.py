"""A decoded frame made ready for measuring: what several measures need is worked out once."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from av.video.frame import VideoFrame
from cv2.typing import MatLike

# Light and colour in float32, and planes in bytes, as OpenCV takes and gives them.
Pixels = MatLike
Bytes = MatLike

# Everything but the grain is measured at one size, whatever the camera sends.
WIDTH, HEIGHT = 640, 360
BLOCK: Final = 8
FINE: Final = 13
# Above and below this share of the height cameras write time and name, sharp and bright whatever is wrong.
WRITING: Final = 0.11
PLANAR: Final = {"yuv420p": False, "yuvj420p": True}
# So many bands of so many rows show the grain at the camera's own size.
BANDS, BAND_ROWS = 4, 40
# What a value of light means, from 0 to 255.
AS_IT_IS: Final[Pixels] = np.arange(256, dtype=np.float32)
STRETCHED: Final[Pixels] = np.clip((AS_IT_IS - 16) * np.float32(255 / 219), 0, 255)

# Many cameras are looked at beside each other: each takes one core.
cv2.setNumThreads(1)


class Picture:
    """Light (0–255) in 640 × 360, colour as distance from grey in 160 × 90, and some bands of full size."""

    def __init__(self, light: Bytes, blue: Bytes, red: Bytes, *, is_full_range: bool) -> None:
        """Planes of YUV 4:2:0; unless `is_full_range`, light runs from 16 to 235."""
        self._scale = AS_IT_IS if is_full_range else STRETCHED
        small = cv2.resize(light, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        self.light: Pixels = self._stretched(small)
        self.blue = self._colour(blue)
        self.red = self._colour(red)
        margin = int(len(light) * WRITING)
        starts = np.linspace(margin, max(len(light) - margin - BAND_ROWS, margin), BANDS).astype(int)
        self.bands: list[Pixels] = [self._stretched(light[start : start + BAND_ROWS]) for start in starts]

    def _stretched(self, light: Bytes) -> Pixels:
        return cv2.LUT(light, self._scale)

    def _colour(self, plane: Bytes) -> Pixels:
        small = cv2.resize(plane, (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_AREA)
        return small.astype(np.float32) - 128

    @cached_property
    def scene(self) -> Pixels:
        """The light without the strips in which cameras write."""
        margin = int(HEIGHT * WRITING)
        return np.ascontiguousarray(self.light[margin : HEIGHT - margin])

    @cached_property
    def block_light(self) -> Pixels:
        """Mean light of blocks of 8 × 8, in 80 × 45."""
        return cv2.resize(self.light, (WIDTH // BLOCK, HEIGHT // BLOCK), interpolation=cv2.INTER_AREA)

    @cached_property
    def block_detail(self) -> Pixels:
        """What is finer than a dozen pixels in each block of 8 × 8, as a deviation in steps of light."""
        fine = self.light - cv2.blur(self.light, (FINE, FINE))
        size = (WIDTH // BLOCK, HEIGHT // BLOCK)
        return np.sqrt(cv2.resize(fine * fine, size, interpolation=cv2.INTER_AREA))


def latest(pictures: Sequence[Picture]) -> Sequence[Picture]:
    """What lasts is to be seen in each of the last two; what only passes by is not."""
    return pictures[-2:]


def picture_of(frame: VideoFrame) -> Picture:
    """Make a decoded frame of any size and format ready."""
    if frame.format.name not in PLANAR:
        frame = frame.reformat(format="yuv420p")
    planes = [_array(frame, number) for number in range(3)]
    return Picture(*planes, is_full_range=PLANAR[frame.format.name] or frame.color_range == 2)


def _array(frame: VideoFrame, number: int) -> Bytes:
    plane = frame.planes[number]
    rows: Bytes = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
