"""Bands and lines across the whole picture: interference on the way of the signal."""

from collections.abc import Sequence

import cv2
import numpy as np

from gongshi.quality.diagnosis.pictures import Picture, Pixels, latest

# Bands go through the whole picture, things in it do not: each part must show them.
PARTS = 8
NEIGHBOURS = 7
SQUARE = 256
HALF = SQUARE // 2
# Fewer waves in half of the picture are things in it.
FEWEST = 5
BESIDE = 7
# Lines of no order are told in the same measure as waves.
OF_LINES = 1.6


def bands(pictures: Sequence[Picture]) -> float:
    """The height of the strongest bands, in steps of light."""
    return min(_bands(picture.scene) for picture in latest(pictures))


def _bands(scene: Pixels) -> float:
    lines = max(_lines(scene), _lines(np.ascontiguousarray(scene.T)))
    return max(OF_LINES * lines, _wave(scene))


def _lines(scene: Pixels) -> float:
    """How much the rows differ from their neighbours in the same way in all parts of the width."""
    parts = cv2.resize(scene, (PARTS, scene.shape[0]), interpolation=cv2.INTER_AREA)
    fine = parts - cv2.blur(parts, (1, NEIGHBOURS))
    low, high = np.sort(fine, axis=1)[:, [1, PARTS - 2]].T
    # What nearly all parts agree on, nearer to nothing.
    agreed = np.where(low > 0, low, np.where(high < 0, high, 0))
    # A shore or a row of trunks is but a few lines: most rows differ in nothing.
    return float(np.sqrt(2) * np.median(np.abs(agreed)))


def _wave(scene: Pixels) -> float:
    """The height of one wave through the whole picture, of any direction."""
    square = cv2.resize(scene, (SQUARE, SQUARE), interpolation=cv2.INTER_AREA)
    square = cv2.subtract(square, cv2.blur(square, (31, 31)))
    heights = []
    for top in (0, HALF):
        for left in (0, HALF):
            part = square[top : top + HALF, left : left + HALF] * _WINDOW
            spectrum = cv2.dft(part, flags=cv2.DFT_COMPLEX_OUTPUT)
            heights.append(cv2.magnitude(spectrum[..., 0], spectrum[..., 1]))
    # A wave of height 1 gives half the sum of the window in each quarter.
    common = np.min(heights, axis=0) / (_WINDOW.sum() / 2)
    # An edge is many waves beside each other; what stands alone is none.
    alone = common - 2 * cv2.blur(common, (BESIDE, BESIDE))
    return float(alone[_MANY].max())


_WINDOW = np.outer(np.hanning(HALF), np.hanning(HALF)).astype(np.float32)
_WAVES = np.abs(np.fft.fftfreq(HALF, 1 / HALF))
_MANY = np.hypot(_WAVES[:, None], _WAVES[None, :]) >= FEWEST
