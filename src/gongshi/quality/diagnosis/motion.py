"""Whether the picture changes at all."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from gongshi.quality.diagnosis.pictures import BLOCK, HEIGHT, WIDTH, Picture

# Mean change of a block, in steps of light, below which it is the same: grain alone changes it more.
SAME = 0.12


def unchanged_share(pictures: Sequence[Picture]) -> float | None:
    """Percent of the blocks that are the same in two key frames in a row; None of a single picture."""
    if len(pictures) < 2:
        return None
    size = (WIDTH // BLOCK, HEIGHT // BLOCK)
    changes = (
        cv2.resize(np.abs(after.light - before.light), size, interpolation=cv2.INTER_AREA)
        for before, after in pairwise(pictures)
    )
    return max(100 * float((change < SAME).mean()) for change in changes)
