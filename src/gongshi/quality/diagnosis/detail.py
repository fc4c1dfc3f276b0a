"""How much fine detail the picture has: blur, and grain that no place has."""

from collections.abc import Sequence

import cv2
import numpy as np

from gongshi.quality.diagnosis.pictures import Picture, Pixels, latest

# The blocks of a band in which grain is measured, in pixels.
GRAIN_BLOCK = 8
# Most of a block must be neither black nor white: there grain is cut off.
SEEN = (16, 240)
# Immerkær (1996): the response to this kernel is free of edges and ramps; of noise it is 6 deviations.
KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
TO_DEVIATION = float(np.sqrt(np.pi / 2) / 6)
# Where blur is measured: blocks with the strongest edges.
EDGE_BLOCK = 20
EDGE_SHARE = 25
BOX = 9


def grain(pictures: Sequence[Picture]) -> float:
    """The deviation of the grain in the smoothest parts of the picture, in steps of light."""
    return min(_grain(picture) for picture in latest(pictures))


def _grain(picture: Picture) -> float:
    found = []
    for band in picture.bands:
        response = np.abs(cv2.filter2D(band, cv2.CV_32F, KERNEL))
        size = (band.shape[1] // GRAIN_BLOCK, max(band.shape[0] // GRAIN_BLOCK, 1))
        mean = cv2.resize(band, size, interpolation=cv2.INTER_AREA)
        of_block = cv2.resize(response, size, interpolation=cv2.INTER_AREA)
        found.append(of_block[(mean > SEEN[0]) & (mean < SEEN[1])])
    seen = np.concatenate(found)
    return float(np.percentile(seen, 20)) * TO_DEVIATION if seen.size else 0.0


def sharpness(pictures: Sequence[Picture]) -> float:
    """Percent of the change from pixel to pixel that blurring would take away, along the strongest edges.

    A picture that is blurred already loses little by more of it (Crété-Roffet et al., 2007).
    """
    return max(min(_sharpness(each.scene, axis) for axis in (0, 1)) for each in latest(pictures))


def _sharpness(scene: Pixels, axis: int) -> float:
    box = (BOX, 1) if axis else (1, BOX)
    blurred = cv2.blur(scene, box)
    change, softer = _steps(scene, axis), _steps(blurred, axis)
    lost = cv2.subtract(change, softer)
    np.maximum(lost, 0, out=lost)
    size = (change.shape[1] // EDGE_BLOCK, change.shape[0] // EDGE_BLOCK)
    change = cv2.resize(change, size, interpolation=cv2.INTER_AREA)
    lost = cv2.resize(lost, size, interpolation=cv2.INTER_AREA)
    strongest = change >= np.percentile(change, 100 - EDGE_SHARE)
    return 100 * float(lost[strongest].sum() / max(float(change[strongest].sum()), 1e-3))


def _steps(scene: Pixels, axis: int) -> Pixels:
    """The change from each pixel to the next one."""
    return cv2.absdiff(scene[:, 1:], scene[:, :-1]) if axis else cv2.absdiff(scene[1:], scene[:-1])
