"""Whether something stands close before the lens."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from gongshi.quality.diagnosis.pictures import BLOCK, HEIGHT, WIDTH, Picture, Pixels, latest

# What is in a block, in steps of light, below which there is nothing to be seen.
SMOOTH: Final = 2.0
# Blur takes what is fine from a place, but not what is as wide as this, in pixels.
WIDE: Final = 33
# Smooth and light down from the upper edge is sky, and counts only where it reaches into the lower half.
SKY_LIGHT: Final = 130
MIDDLE: Final = HEIGHT // BLOCK // 2


def covered_share(pictures: Sequence[Picture]) -> float:
    """Percent of the picture taken by the largest part in which nothing is in focus, and which is no sky."""
    return min(_covered(picture) for picture in latest(pictures))


def _covered(picture: Picture) -> float:
    shape = picture.light - cv2.blur(picture.light, (WIDE, WIDE))
    size = (WIDTH // BLOCK, HEIGHT // BLOCK)
    detail = np.sqrt(cv2.resize(shape * shape, size, interpolation=cv2.INTER_AREA))
    smooth = (detail < SMOOTH).astype(np.uint8)
    count, labels = cv2.connectedComponents(smooth, connectivity=4)
    sizes = (_counted(labels == label, picture.block_light) for label in range(1, count))
    return max((100 * size / smooth.size for size in sizes), default=0.0)


def _counted(part: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", light: Pixels) -> int:
    """How many blocks of a part count."""
    is_sky = part[0].any() and float(light[part].mean()) > SKY_LIGHT
    return int(part[MIDDLE:].sum() if is_sky else part.sum())
